// Sixteen floats, which the compiler keeps in one, two or four registers, as the level it compiles
// for allows.
#ifndef REEL_LANES_H
#define REEL_LANES_H
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

// Always inlined, so no vector crosses a call between code compiled at different levels.
#pragma clang diagnostic ignored "-Wpsabi"
typedef float reel_sixteen __attribute__((ext_vector_type(16)));
typedef int32_t reel_sixteen_integers __attribute__((ext_vector_type(16)));

INLINE reel_sixteen load_sixteen(const float *values) {
    reel_sixteen lanes;
    __builtin_memcpy(&lanes, values, sizeof lanes);
    return lanes;
}

INLINE void store_sixteen(reel_sixteen lanes, float *values) {
    __builtin_memcpy(values, &lanes, sizeof lanes);
}

/// 2^x of each, for x up to 0; below −126 the value there. What is not a number stays so. The rest
/// behind the whole number goes through the polynomial of degree 5 with the least relative error
/// (Remez); that of the result is below 2e-7.
INLINE reel_sixteen powers_of_two(reel_sixteen x) {
    x = x < -126.0f ? -126.0f : x;
    // Beside 1.5 · 2^23 a float has no room for fractions, and its last bits are the whole number.
    reel_sixteen shifted = x + 12582912.0f;
    reel_sixteen r = x - (shifted - 12582912.0f);
    reel_sixteen p = 1.3276472e-3f;
    p = p * r + 9.675542e-3f;
    p = p * r + 5.550713e-2f;
    p = p * r + 2.402212e-1f;
    p = p * r + 6.9314694e-1f;
    p = p * r + 1.0000001f;
    reel_sixteen_integers exponents, bits;
    __builtin_memcpy(&exponents, &shifted, sizeof exponents);
    __builtin_memcpy(&bits, &p, sizeof bits);
    bits += exponents << 23;
    __builtin_memcpy(&p, &bits, sizeof p);
    return p;
}

#define HALVES 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7
#define QUARTERS 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11
#define EIGHTHS 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13
#define SIXTEENTHS 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14

INLINE float sum_of_sixteen(reel_sixteen all) {
    all += __builtin_shufflevector(all, all, HALVES);
    all += __builtin_shufflevector(all, all, QUARTERS);
    all += __builtin_shufflevector(all, all, EIGHTHS);
    all += __builtin_shufflevector(all, all, SIXTEENTHS);
    return all[0];
}

INLINE reel_sixteen larger_of_each(reel_sixteen a, reel_sixteen b) { return b > a ? b : a; }

INLINE float largest_of_sixteen(reel_sixteen all) {
    all = larger_of_each(all, __builtin_shufflevector(all, all, HALVES));
    all = larger_of_each(all, __builtin_shufflevector(all, all, QUARTERS));
    all = larger_of_each(all, __builtin_shufflevector(all, all, EIGHTHS));
    all = larger_of_each(all, __builtin_shufflevector(all, all, SIXTEENTHS));
    return all[0];
}
#endif
