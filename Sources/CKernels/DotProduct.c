#include "DotProduct.h"
