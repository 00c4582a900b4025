#ifndef REEL_PIXELDIFFERENCE_H
#define REEL_PIXELDIFFERENCE_H
#include <stddef.h>
#include <stdint.h>

/// Sum of |a[i] − b[i]| over `count` bytes. Any alignment; the fastest variant the CPU has.
uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count);

/// The same in plain C: the oracle of the tests.
uint64_t reel_absolute_difference_sum_scalar(const uint8_t *a, const uint8_t *b, size_t count);
#endif
