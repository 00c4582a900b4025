#include "HalfPrecision.h"
