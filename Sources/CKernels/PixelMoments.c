// Sums over grey planes: how bright, how rich in contrast, and whether one is a blend of two others.
#include "PixelMoments.h"
#include "Processor.h"

#if defined(__clang__)
#define REEL_NO_VECTORS _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define REEL_NO_VECTORS
#endif

// A block's sums of products of bytes stay below 2^31, so the inner loops add 32-bit numbers.
enum { REEL_BLOCK = 16384 };

#define REEL_MOMENTS_BODY(LOOP)                                                                    \
    reel_pixel_moments total = {0, 0};                                                             \
    for (size_t start = 0; start < count; start += REEL_BLOCK) {                                   \
        size_t end = count - start < REEL_BLOCK ? count : start + REEL_BLOCK;                      \
        uint32_t sum = 0, squares = 0;                                                             \
        LOOP                                                                                       \
        for (size_t i = start; i < end; i++) {                                                     \
            uint32_t pixel = pixels[i];                                                            \
            sum += pixel;                                                                          \
            squares += pixel * pixel;                                                              \
        }                                                                                          \
        total.sum += sum;                                                                          \
        total.squares += squares;                                                                  \
    }                                                                                              \
    return total;

#define REEL_BLEND_BODY(LOOP)                                                                      \
    reel_blend_products total = {0, 0, 0};                                                         \
    for (size_t start = 0; start < count; start += REEL_BLOCK) {                                   \
        size_t end = count - start < REEL_BLOCK ? count : start + REEL_BLOCK;                      \
        int32_t along = 0, whole = 0, moved = 0;                                                   \
        LOOP                                                                                       \
        for (size_t i = start; i < end; i++) {                                                     \
            int32_t way = last[i] - first[i];                                                      \
            int32_t step = middle[i] - first[i];                                                   \
            along += step * way;                                                                   \
            whole += way * way;                                                                    \
            moved += step * step;                                                                  \
        }                                                                                          \
        total.along += along;                                                                      \
        total.whole += whole;                                                                      \
        total.moved += moved;                                                                      \
    }                                                                                              \
    return total;

// Left without vectors, so that a fault of the vector variants shows.
reel_pixel_moments reel_moments_of_pixels_scalar(const uint8_t *pixels, size_t count) {
    REEL_MOMENTS_BODY(REEL_NO_VECTORS)
}

reel_blend_products reel_blend_products_of_pixels_scalar(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count) {
    REEL_BLEND_BODY(REEL_NO_VECTORS)
}

static reel_pixel_moments moments_plain(const uint8_t *pixels, size_t count) {
    REEL_MOMENTS_BODY()
}

static reel_blend_products blend_plain(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count) {
    REEL_BLEND_BODY()
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static reel_pixel_moments moments_avx2(
    const uint8_t *pixels, size_t count) {
    REEL_MOMENTS_BODY()
}

__attribute__((target("avx2"))) static reel_blend_products blend_avx2(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count) {
    REEL_BLEND_BODY()
}
#endif

reel_pixel_moments reel_moments_of_pixels(const uint8_t *pixels, size_t count) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2) return moments_avx2(pixels, count);
#endif
    return moments_plain(pixels, count);
}

reel_blend_products reel_blend_products_of_pixels(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2) return blend_avx2(first, middle, last, count);
#endif
    return blend_plain(first, middle, last, count);
}

// Four counts for each range, so that like neighbours do not wait for each other; no vectors help.
void reel_grey_histogram(const uint8_t *pixels, size_t count, uint32_t counts[32]) {
    uint32_t parts[4][32] = {{0}};
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        parts[0][pixels[i] >> 3]++;
        parts[1][pixels[i + 1] >> 3]++;
        parts[2][pixels[i + 2] >> 3]++;
        parts[3][pixels[i + 3] >> 3]++;
    }
    for (; i < count; i++) parts[0][pixels[i] >> 3]++;
    for (size_t range = 0; range < 32; range++) {
        counts[range] += parts[0][range] + parts[1][range] + parts[2][range] + parts[3][range];
    }
}
