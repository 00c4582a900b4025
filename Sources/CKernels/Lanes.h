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

/// As `exponential` in Exponential.h, of each; what is not a number stays so.
INLINE reel_sixteen exponentials(reel_sixteen x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    reel_sixteen n = __builtin_elementwise_rint(x * 1.44269504088896341f);
    reel_sixteen r = x - n * 0.693359375f + n * 2.12194440e-4f;
    reel_sixteen p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    reel_sixteen y = p * r * r + r + 1.0f;
    reel_sixteen_integers exponents = (__builtin_convertvector(n, reel_sixteen_integers) + 127) << 23;
    reel_sixteen powers;
    __builtin_memcpy(&powers, &exponents, sizeof powers);
    return y * powers;
}

INLINE float sum_of_sixteen(reel_sixteen all) {
    float lanes[16];
    store_sixteen(all, lanes);
    for (int half = 8; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    return lanes[0];
}

INLINE float largest_of_sixteen(reel_sixteen all) {
    float lanes[16];
    store_sixteen(all, lanes);
    for (int half = 8; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++)
            lanes[lane] = lanes[lane + half] > lanes[lane] ? lanes[lane + half] : lanes[lane];
    return lanes[0];
}
#endif
