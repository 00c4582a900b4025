// Checkpoints come in 16-bit floats and index vectors are kept in them; Swift's own Float16
// conversion is ten times slower than the processor's instruction.
#include "HalfPrecision.h"
#include "Processor.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static float float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void reel_half_to_float_scalar(const void *halves, float *floats, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, (const char *)halves + 2 * i, 2);
        uint32_t sign = (uint32_t)(half >> 15) << 31;
        uint32_t exponent = (half >> 10) & 31, fraction = half & 1023;
        if (exponent == 31) {
            // A signalling NaN becomes quiet, as the instruction has it.
            uint32_t quiet = fraction ? 0x400000 : 0;
            floats[i] = float_from_bits(sign | 0x7f800000 | quiet | fraction << 13);
        } else if (exponent == 0) {
            float magnitude = (float)fraction * 0x1p-24f;
            floats[i] = sign ? -magnitude : magnitude;
        } else {
            floats[i] = float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
        }
    }
}

void reel_float_to_half_scalar(const float *floats, uint16_t *halves, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, floats + i, 4);
        uint32_t sign = bits >> 31 << 15, magnitude = bits & 0x7fffffff;
        uint32_t half;
        if (magnitude > 0x7f800000) {
            half = 0x7e00 | ((magnitude >> 13) & 0x3ff);
        } else if (magnitude >= 0x477ff000) {
            half = 0x7c00;  // 65520 and above round to infinity
        } else if (magnitude < 0x38800000) {
            // Below 2^-14: a count of 2^-24. Adding 0.5 makes the float's own rounding do it.
            float shifted = float_from_bits(magnitude) + 0.5f;
            uint32_t shifted_bits;
            memcpy(&shifted_bits, &shifted, 4);
            half = shifted_bits - 0x3f000000;
        } else {
            uint32_t odd = (magnitude >> 13) & 1;
            half = (magnitude - (112u << 23) + 0xfff + odd) >> 13;
        }
        halves[i] = (uint16_t)(sign | half);
    }
}

void reel_bfloat16_to_float(const void *bfloats, float *floats, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t top;
        memcpy(&top, (const char *)bfloats + 2 * i, 2);
        floats[i] = float_from_bits((uint32_t)top << 16);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) static void half_to_float_f16c(
    const void *halves, float *floats, size_t count
) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m128i eight = _mm_loadu_si128((const __m128i *)((const char *)halves + 2 * i));
        _mm256_storeu_ps(floats + i, _mm256_cvtph_ps(eight));
    }
    reel_half_to_float_scalar((const char *)halves + 2 * i, floats + i, count - i);
}

__attribute__((target("avx,f16c"))) static void float_to_half_f16c(
    const float *floats, uint16_t *halves, size_t count
) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m128i eight = _mm256_cvtps_ph(_mm256_loadu_ps(floats + i), _MM_FROUND_TO_NEAREST_INT);
        _mm_storeu_si128((__m128i *)(halves + i), eight);
    }
    reel_float_to_half_scalar(floats + i, halves + i, count - i);
}

bool reel_has_half_instructions(void) {
    return reel_best_vector_level() >= reel_level_avx2 && __builtin_cpu_supports("f16c");
}
#else
static void half_to_float_f16c(const void *halves, float *floats, size_t count) {
    reel_half_to_float_scalar(halves, floats, count);
}
static void float_to_half_f16c(const float *floats, uint16_t *halves, size_t count) {
    reel_float_to_half_scalar(floats, halves, count);
}
bool reel_has_half_instructions(void) { return false; }
#endif

void reel_half_to_float(const void *halves, float *floats, size_t count) {
    if (reel_has_half_instructions()) half_to_float_f16c(halves, floats, count);
    else reel_half_to_float_scalar(halves, floats, count);
}

void reel_float_to_half(const float *floats, uint16_t *halves, size_t count) {
    if (reel_has_half_instructions()) float_to_half_f16c(floats, halves, count);
    else reel_float_to_half_scalar(floats, halves, count);
}
