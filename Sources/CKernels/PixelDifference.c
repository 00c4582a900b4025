// Sum of absolute differences of two grey planes: what tells one shot from the next.
#include "PixelDifference.h"

// Left as the compiler finds it, without vectors, so that a fault of the vector variants shows.
#if defined(__clang__)
#define REEL_NO_VECTORS _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define REEL_NO_VECTORS
#endif

uint64_t reel_absolute_difference_sum_scalar(const uint8_t *a, const uint8_t *b, size_t count) {
    uint64_t sum = 0;
    REEL_NO_VECTORS
    for (size_t i = 0; i < count; i++) {
        sum += a[i] > b[i] ? (uint64_t)(a[i] - b[i]) : (uint64_t)(b[i] - a[i]);
    }
    return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>

// PSADBW adds eight absolute differences into one 64-bit lane: no lane can overflow.
__attribute__((target("avx2"))) static uint64_t sum_avx2(
    const uint8_t *a, const uint8_t *b, size_t count) {
    __m256i first = _mm256_setzero_si256();
    __m256i second = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        first = _mm256_add_epi64(
            first, _mm256_sad_epu8(
                       _mm256_loadu_si256((const __m256i *)(a + i)),
                       _mm256_loadu_si256((const __m256i *)(b + i))));
        second = _mm256_add_epi64(
            second, _mm256_sad_epu8(
                        _mm256_loadu_si256((const __m256i *)(a + i + 32)),
                        _mm256_loadu_si256((const __m256i *)(b + i + 32))));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, _mm256_add_epi64(first, second));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] +
           reel_absolute_difference_sum_scalar(a + i, b + i, count - i);
}

// Every x86-64 has SSE2.
static uint64_t sum_sse2(const uint8_t *a, const uint8_t *b, size_t count) {
    __m128i total = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        total = _mm_add_epi64(
            total, _mm_sad_epu8(
                       _mm_loadu_si128((const __m128i *)(a + i)),
                       _mm_loadu_si128((const __m128i *)(b + i))));
    }
    uint64_t lanes[2];
    _mm_storeu_si128((__m128i *)lanes, total);
    return lanes[0] + lanes[1] + reel_absolute_difference_sum_scalar(a + i, b + i, count - i);
}

uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count) {
    return __builtin_cpu_supports("avx2") ? sum_avx2(a, b, count) : sum_sse2(a, b, count);
}
#else
uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count) {
    return reel_absolute_difference_sum_scalar(a, b, count);
}
#endif
