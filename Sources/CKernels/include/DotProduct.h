#ifndef REEL_DOTPRODUCT_H
#define REEL_DOTPRODUCT_H
#include <stddef.h>
#include <stdint.h>
#endif
