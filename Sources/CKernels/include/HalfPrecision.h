// 16-bit floats to 32-bit and back: IEEE 754 binary16 and bfloat16. Sources may be unaligned.
#ifndef REEL_HALFPRECISION_H
#define REEL_HALFPRECISION_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void reel_half_to_float(const void *halves, float *floats, size_t count);
void reel_bfloat16_to_float(const void *bfloats, float *floats, size_t count);
/// Nearest, ties to even; too large becomes infinity.
void reel_float_to_half(const float *floats, uint16_t *halves, size_t count);

/// The scalar twins.
void reel_half_to_float_scalar(const void *halves, float *floats, size_t count);
void reel_float_to_half_scalar(const float *floats, uint16_t *halves, size_t count);
/// Whether the processor converts halves itself (F16C).
bool reel_has_half_instructions(void);
#endif
