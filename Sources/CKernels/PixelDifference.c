#include "PixelDifference.h"
