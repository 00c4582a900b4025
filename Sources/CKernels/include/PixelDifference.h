#ifndef REEL_PIXELDIFFERENCE_H
#define REEL_PIXELDIFFERENCE_H
#include <stddef.h>
#include <stdint.h>
#endif
