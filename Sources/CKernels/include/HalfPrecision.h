#ifndef REEL_HALFPRECISION_H
#define REEL_HALFPRECISION_H
#include <stddef.h>
#include <stdint.h>
#endif
