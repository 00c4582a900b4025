// One body for every processor: sixteen sums side by side, which the compiler puts into registers
// as wide as the target has.
#include "SquaredDistance.h"
#include "DotProduct.h"
#include "HalfPrecision.h"

enum { LANES = 16, PIECE = 256 };  // PIECE is a multiple of LANES
#define INLINE __attribute__((always_inline)) static inline

INLINE void add_squares(
    const float *row, const float *query, size_t dimension, float *restrict lanes
) {
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            float difference = row[i + lane] - query[i + lane];
            lanes[lane] += difference * difference;
        }
    }
    for (size_t lane = 0; i < dimension; i++, lane++) {
        float difference = row[i] - query[i];
        lanes[lane] += difference * difference;
    }
}

INLINE float sum_of(float *lanes) {
    for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

INLINE void distances_f32(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    for (size_t r = 0; r < rowCount; r++) {
        float lanes[LANES] = {0};
        add_squares(rows + r * dimension, query, dimension, lanes);
        distances[r] = sum_of(lanes);
    }
}

INLINE void distances_f16(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query, float *distances,
    void (*widen)(const void *, float *, size_t)
) {
    for (size_t r = 0; r < rowCount; r++) {
        float lanes[LANES] = {0}, piece[PIECE];
        for (size_t i = 0; i < dimension; i += PIECE) {
            size_t count = dimension - i < PIECE ? dimension - i : PIECE;
            widen(rows + r * dimension + i, piece, count);
            add_squares(piece, query + i, count, lanes);
        }
        distances[r] = sum_of(lanes);
    }
}

void reel_squared_distance_f32_scalar(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    distances_f32(rows, rowCount, dimension, query, distances);
}

void reel_squared_distance_f16_scalar(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    distances_f16(rows, rowCount, dimension, query, distances, reel_half_to_float_scalar);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma,f16c"))) static void distances_f32_avx2(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    distances_f32(rows, rowCount, dimension, query, distances);
}

__attribute__((target("avx2,fma,f16c"))) static void distances_f16_avx2(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    distances_f16(rows, rowCount, dimension, query, distances, reel_half_to_float);
}
#else
#define distances_f32_avx2 reel_squared_distance_f32_scalar
#define distances_f16_avx2 reel_squared_distance_f16_scalar
#endif

void reel_squared_distance_f32(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    if (reel_dot_has_avx2()) distances_f32_avx2(rows, rowCount, dimension, query, distances);
    else reel_squared_distance_f32_scalar(rows, rowCount, dimension, query, distances);
}

void reel_squared_distance_f16(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query, float *distances
) {
    if (reel_dot_has_avx2()) distances_f16_avx2(rows, rowCount, dimension, query, distances);
    else reel_squared_distance_f16_scalar(rows, rowCount, dimension, query, distances);
}
