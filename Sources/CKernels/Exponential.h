// e^x as a body without branches or calls, for loops that the compiler turns into vectors.
#ifndef REEL_EXPONENTIAL_H
#define REEL_EXPONENTIAL_H
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

// e^x after Cephes expf: x = n ln 2 + r, a polynomial in r, then n into the exponent.
// Relative error below 2e-7 for -87…88; outside, the value at the nearer end.
INLINE float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float n = __builtin_rintf(x * 1.44269504088896341f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    float y = p * r * r + r + 1.0f;
    int32_t exponent = ((int32_t)n + 127) << 23;
    float power;
    __builtin_memcpy(&power, &exponent, sizeof power);
    return y * power;
}
#endif
