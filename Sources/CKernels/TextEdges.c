// What text looks like from afar: brightness, and strong edges that follow each other closely.
#include "TextEdges.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Left as the compiler finds it, without vectors, so that a fault of the vector variants shows.
#if defined(__clang__)
#define REEL_NO_VECTORS _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define REEL_NO_VECTORS
#endif

static inline uint8_t grey_of(const uint8_t *pixel) {
    return (uint8_t)((38 * pixel[0] + 75 * pixel[1] + 15 * pixel[2] + 64) >> 7);
}

void reel_grey_from_rgb_scalar(const uint8_t *rgb, size_t count, uint8_t *grey) {
    REEL_NO_VECTORS
    for (size_t i = 0; i < count; i++) grey[i] = grey_of(rgb + 3 * i);
}

#if defined(__x86_64__)
// Sixteen pixels a step, 48 bytes, read as four overlapping quarters of four pixels each.
__attribute__((target("avx2"))) static void grey_avx2(
    const uint8_t *rgb, size_t count, uint8_t *grey) {
    // Green comes twice, with half its weight: each pair of products then fits 15 bits.
    const __m256i spread = _mm256_setr_epi8(
        0, 1, 2, 1, 3, 4, 5, 4, 6, 7, 8, 7, 9, 10, 11, 10,
        0, 1, 2, 1, 3, 4, 5, 4, 6, 7, 8, 7, 9, 10, 11, 10);
    const __m256i weights = _mm256_set1_epi32(38 | 37 << 8 | 15 << 16 | 38 << 24);
    const __m256i ones = _mm256_set1_epi16(1);
    const __m256i half = _mm256_set1_epi32(64);
    size_t i = 0;
    // The last read begins at pixel i + 12 and takes 16 bytes where 12 are meant.
    for (; i + 18 <= count; i += 16) {
        __m256i greys[2];
        for (int side = 0; side < 2; side++) {
            const uint8_t *from = rgb + 3 * i + 12 * side;
            __m256i bytes = _mm256_inserti128_si256(
                _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)from)),
                _mm_loadu_si128((const __m128i *)(from + 24)), 1);
            __m256i pairs = _mm256_maddubs_epi16(_mm256_shuffle_epi8(bytes, spread), weights);
            __m256i sums = _mm256_madd_epi16(pairs, ones);
            greys[side] = _mm256_srli_epi32(_mm256_add_epi32(sums, half), 7);
        }
        __m256i words = _mm256_packus_epi32(greys[0], greys[1]);  // 0-7 | 8-15
        __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(words, words), 0x08);
        _mm_storeu_si128((__m128i *)(grey + i), _mm256_castsi256_si128(packed));
    }
    reel_grey_from_rgb_scalar(rgb + 3 * i, count - i, grey + i);
}
#endif

void reel_grey_from_rgb(const uint8_t *rgb, size_t count, uint8_t *grey) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        grey_avx2(rgb, count, grey);
        return;
    }
#endif
    reel_grey_from_rgb_scalar(rgb, count, grey);
}
