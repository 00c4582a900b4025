// What text looks like from afar: brightness, and strong edges that follow each other closely.
#include "TextEdges.h"
#include "Processor.h"
#include <string.h>
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
    if (reel_best_vector_level() >= reel_level_avx2) {
        grey_avx2(rgb, count, grey);
        return;
    }
#endif
    reel_grey_from_rgb_scalar(rgb, count, grey);
}

static inline size_t stretches_of(size_t width) {
    return (width + reel_edge_stretch - 1) / reel_edge_stretch;
}

// One stretch, pixel by pixel.
static inline void count_stretch(
    const uint8_t *row, size_t width, size_t start, uint8_t threshold, uint8_t *rises,
    uint8_t *falls) {
    uint8_t up = 0, down = 0;
    size_t end = start + reel_edge_stretch < width ? start + reel_edge_stretch : width;
    REEL_NO_VECTORS
    for (size_t x = start; x < end; x++) {
        if (x < 1 || x + 1 >= width) continue;
        int step = row[x + 1] - row[x - 1];
        int before = x < 2 ? 0 : row[x] - row[x - 2];
        up += step > threshold && !(before > threshold);
        down += -step > threshold && !(-before > threshold);
    }
    *rises = up;
    *falls = down;
}

void reel_count_edges_scalar(
    const uint8_t *grey, size_t width, size_t height, uint8_t threshold, uint8_t *rises,
    uint8_t *falls) {
    size_t stretches = stretches_of(width);
    for (size_t y = 0; y < height; y++)
        for (size_t s = 0; s < stretches; s++)
            count_stretch(
                grey + y * width, width, s * reel_edge_stretch, threshold,
                rises + y * stretches + s, falls + y * stretches + s);
}

#if defined(__x86_64__)
// Two stretches a step: a bit a pixel tells where an edge is, and where its neighbour before is one.
__attribute__((target("avx2,popcnt"))) static void count_edges_avx2(
    const uint8_t *grey, size_t width, size_t height, uint8_t threshold, uint8_t *rises,
    uint8_t *falls) {
    size_t stretches = stretches_of(width);
    const __m256i limit = _mm256_set1_epi8((char)threshold);
    const __m256i zero = _mm256_setzero_si256();
    for (size_t y = 0; y < height; y++) {
        const uint8_t *row = grey + y * width;
        size_t s = 0;
        uint32_t rise_before = 0, fall_before = 0;
        // The first stretch lacks a pixel before it, and is left to single steps.
        if (stretches > 0) {
            count_stretch(
                row, width, 0, threshold, rises + y * stretches, falls + y * stretches);
            s = 1;
            if (width > reel_edge_stretch) {
                int step = row[reel_edge_stretch] - row[reel_edge_stretch - 2];
                rise_before = step > threshold;
                fall_before = -step > threshold;
            }
        }
        for (; (s + 2) * reel_edge_stretch + 1 <= width; s += 2) {
            const uint8_t *at = row + s * reel_edge_stretch;
            __m256i left = _mm256_loadu_si256((const __m256i *)(at - 1));
            __m256i right = _mm256_loadu_si256((const __m256i *)(at + 1));
            // What is left of a difference beyond the limit is zero unless there is an edge.
            __m256i up = _mm256_subs_epu8(_mm256_subs_epu8(right, left), limit);
            __m256i down = _mm256_subs_epu8(_mm256_subs_epu8(left, right), limit);
            uint32_t rise = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(up, zero));
            uint32_t fall = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(down, zero));
            uint32_t rise_starts = rise & ~(rise << 1 | rise_before);
            uint32_t fall_starts = fall & ~(fall << 1 | fall_before);
            rise_before = rise >> 31;
            fall_before = fall >> 31;
            size_t to = y * stretches + s;
            rises[to] = (uint8_t)__builtin_popcount(rise_starts & 0xffff);
            rises[to + 1] = (uint8_t)__builtin_popcount(rise_starts >> 16);
            falls[to] = (uint8_t)__builtin_popcount(fall_starts & 0xffff);
            falls[to + 1] = (uint8_t)__builtin_popcount(fall_starts >> 16);
        }
        for (; s < stretches; s++)
            count_stretch(
                row, width, s * reel_edge_stretch, threshold, rises + y * stretches + s,
                falls + y * stretches + s);
    }
}
#endif

void reel_count_edges(
    const uint8_t *grey, size_t width, size_t height, uint8_t threshold, uint8_t *rises,
    uint8_t *falls) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2 && __builtin_cpu_supports("popcnt")) {
        count_edges_avx2(grey, width, height, threshold, rises, falls);
        return;
    }
#endif
    reel_count_edges_scalar(grey, width, height, threshold, rises, falls);
}
