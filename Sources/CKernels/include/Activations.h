#ifndef REEL_ACTIVATIONS_H
#define REEL_ACTIVATIONS_H
#include <stddef.h>
#include <stdint.h>
#endif
