// What both fixed-point products share: finding the range of some numbers, rounding, and walking
// over the tiles of an output.
#ifndef REEL_QUANTIZING_H
#define REEL_QUANTIZING_H
#include "include/Int16Product.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))

/// Whether all are finite: as integers the bits of infinities and NaNs lie above all others.
INLINE int all_finite(const float *values, size_t count) {
    int32_t top = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7fffffff;
        top = bits > top ? bits : top;
    }
    return top < 0x7f800000;
}

INLINE float largest_magnitude(const float *values, size_t count) {
    int32_t top = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7fffffff;
        top = bits > top ? bits : top;
    }
    float value;
    memcpy(&value, &top, sizeof value);
    return value;
}

/// Rows of input that are multiplied while they lie in the second cache of a core.
INLINE size_t rows_at_once(size_t bytes_per_row) {
    size_t rows = ((size_t)192 << 10) / (bytes_per_row > 0 ? bytes_per_row : 1);
    return rows < 12 ? 12 : rows > 96 ? 96 : rows / 12 * 12;
}

/// The same with larger caches in mind: as many in each chunk, in whole tiles of `tall` rows.
INLINE size_t rows_in_a_chunk(size_t rows, size_t bytes_per_row, size_t tall, size_t limit) {
    size_t most = ((size_t)320 << 10) / (bytes_per_row > 0 ? bytes_per_row : 1);
    most = (most > limit ? limit : most) / tall * tall;
    if (most < tall) return tall;
    size_t chunks = (rows + most - 1) / most, even = (rows + chunks - 1) / (chunks > 0 ? chunks : 1);
    return (even + tall - 1) / tall * tall;
}

/// Tiles are functions of their own, one for each number of rows and panels: what the compiler puts
/// into one large function it does not keep in registers.
#define TILE_FUNCTION(level, target, body, rows, panels)                                       \
    target __attribute__((noinline)) static void level##_##rows##_##panels(const tile *t) {    \
        body(rows, panels, t);                                                                 \
    }
#define TWO_TILES(level, target, body, panels)                                                 \
    TILE_FUNCTION(level, target, body, 1, panels) TILE_FUNCTION(level, target, body, 2, panels)
#define SIX_TILES(level, target, body, panels)                                                 \
    TWO_TILES(level, target, body, panels)                                                     \
    TILE_FUNCTION(level, target, body, 3, panels) TILE_FUNCTION(level, target, body, 4, panels) \
    TILE_FUNCTION(level, target, body, 5, panels) TILE_FUNCTION(level, target, body, 6, panels)
#define TWELVE_TILES(level, target, body, panels)                                              \
    SIX_TILES(level, target, body, panels)                                                     \
    TILE_FUNCTION(level, target, body, 7, panels) TILE_FUNCTION(level, target, body, 8, panels) \
    TILE_FUNCTION(level, target, body, 9, panels) TILE_FUNCTION(level, target, body, 10, panels) \
    TILE_FUNCTION(level, target, body, 11, panels) TILE_FUNCTION(level, target, body, 12, panels)
/// Their addresses, by rows less one.
#define TWO_NAMES(level, panels) level##_1_##panels, level##_2_##panels
#define SIX_NAMES(level, panels)                                                               \
    TWO_NAMES(level, panels), level##_3_##panels, level##_4_##panels, level##_5_##panels,      \
    level##_6_##panels
#define TWELVE_NAMES(level, panels)                                                            \
    SIX_NAMES(level, panels), level##_7_##panels, level##_8_##panels, level##_9_##panels,      \
    level##_10_##panels, level##_11_##panels, level##_12_##panels

/// Asks for weights that are read in a moment: so far ahead of the product that memory keeps up even
/// where few rows use them. Behind the last weights a prefetch does nothing.
INLINE void fetch_ahead_of(const void *weights) {
    __builtin_prefetch((const char *)weights + 4096, 0, 3);
}

/// Asks for one of the parts of what lies at `start`, so that it is near when its turn comes.
INLINE void fetch_ahead(const void *start, size_t bytes, size_t part, size_t parts) {
    size_t end = bytes * (part + 1) / parts;
    for (size_t at = bytes * part / parts; at < end; at += 64)
        __builtin_prefetch((const char *)start + at, 0, 2);
}
#endif
