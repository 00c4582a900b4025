#include "Int8Sketch.h"
#include "DotProduct.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LANES = 16, ALIGNMENT = 64 };

size_t reel_sketch_width(size_t dimension) {
    return (dimension + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

// ---- Rounding -------------------------------------------------------------------------------

// Written for the compiler's vectorizer: sixteen sums side by side.
#define INLINE __attribute__((always_inline)) static inline

INLINE float largest(const float *values, size_t count) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            float size = fabsf(values[i + lane]);
            lanes[lane] = size > lanes[lane] ? size : lanes[lane];
        }
    }
    float found = 0;
    for (; i < count; i++) found = fabsf(values[i]) > found ? fabsf(values[i]) : found;
    for (size_t lane = 0; lane < LANES; lane++) found = lanes[lane] > found ? lanes[lane] : found;
    return found;
}

// codes = values / scale, rounded; adds up the squares of the values and of what rounding left.
INLINE void round_values(
    const float *values, size_t count, float scale, float inverse, int32_t *codes, float *square,
    float *rest
) {
    float squares[LANES] = {0}, rests[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            float value = values[i + lane];
            float whole = rintf(value * inverse);
            float left = value - scale * whole;
            codes[i + lane] = (int32_t)whole;
            squares[lane] += value * value;
            rests[lane] += left * left;
        }
    }
    for (size_t lane = 0; i < count; i++, lane++) {
        float value = values[i], whole = rintf(value * inverse), left = value - scale * whole;
        codes[i] = (int32_t)whole;
        squares[lane] += value * value;
        rests[lane] += left * left;
    }
    for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) {
            squares[lane] += squares[lane + half];
            rests[lane] += rests[lane + half];
        }
    }
    *square = squares[0];
    *rest = rests[0];
}

typedef struct {
    float scale, rest, norm;
} rounding;

// Rounds to whole numbers of at most `range`. The lengths are rounded up by more than the sums of
// `dimension` squares can have lost, underflow included.
INLINE rounding round_vector(const float *values, size_t dimension, float range, int32_t *codes) {
    float top = largest(values, dimension);
    // Below this the quotient would overflow: everything is left to the rest.
    float scale = top > 1e-30f ? top / range : 0;
    float inverse = scale > 0 ? 1 / scale : 0;
    float square, rest;
    round_values(values, dimension, scale, inverse, codes, &square, &rest);
    float slack = 1 + (float)(dimension + 16) * 0x1p-23f;
    float tiny = 1e-18f * sqrtf((float)dimension);
    rounding result = {.scale = scale, .norm = sqrtf(square) * slack + tiny};
    result.rest = sqrtf(rest) * slack + result.norm * 0x1p-22f + tiny;
    return result;
}

INLINE void sketch_rows(
    const float *rows, size_t rowCount, size_t dimension, int8_t *codes, reel_row_sketch *sketches
) {
    enum { PIECE = 4096 };
    size_t width = reel_sketch_width(dimension);
    int32_t wide[PIECE];
    for (size_t r = 0; r < rowCount; r++) {
        const float *row = rows + r * dimension;
        int8_t *code = codes + r * width;
        memset(code + dimension, 0, width - dimension);
        if (dimension <= PIECE) {
            rounding found = round_vector(row, dimension, 127, wide);
            for (size_t i = 0; i < dimension; i++) code[i] = (int8_t)wide[i];
            sketches[r] = (reel_row_sketch){found.scale, found.rest, found.norm};
            continue;
        }
        float top = largest(row, dimension);
        float scale = top > 1e-30f ? top / 127 : 0, inverse = scale > 0 ? 1 / scale : 0;
        double square = 0, rest = 0;
        for (size_t start = 0; start < dimension; start += PIECE) {
            size_t count = dimension - start < PIECE ? dimension - start : PIECE;
            float partSquare, partRest;
            round_values(row + start, count, scale, inverse, wide, &partSquare, &partRest);
            square += partSquare;
            rest += partRest;
            for (size_t i = 0; i < count; i++) code[start + i] = (int8_t)wide[i];
        }
        float slack = 1 + (float)(dimension + 16) * 0x1p-23f;
        float tiny = 1e-18f * sqrtf((float)dimension);
        float norm = sqrtf((float)square) * slack + tiny;
        sketches[r] = (reel_row_sketch){
            scale, sqrtf((float)rest) * slack + norm * 0x1p-22f + tiny, norm};
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c")))

AVX2 static void sketch_rows_avx2(
    const float *rows, size_t rowCount, size_t dimension, int8_t *codes, reel_row_sketch *sketches
) {
    sketch_rows(rows, rowCount, dimension, codes, sketches);
}
#else
#define sketch_rows_avx2 sketch_rows
#endif

void reel_sketch_rows(
    const float *rows, size_t rowCount, size_t dimension, int8_t *codes, reel_row_sketch *sketches
) {
    if (reel_dot_has_avx2()) sketch_rows_avx2(rows, rowCount, dimension, codes, sketches);
    else sketch_rows(rows, rowCount, dimension, codes, sketches);
}

void reel_sketch_measure(
    const int8_t *codes, size_t rowCount, size_t width, reel_row_sketch *sketches
) {
    for (size_t r = 0; r < rowCount; r++) {
        int64_t square = 0;
        for (size_t i = 0; i < width; i++) {
            int32_t code = codes[r * width + i];
            square += code * code;
        }
        float norm = sketches[r].scale * sqrtf((float)square) * (1 + 0x1p-20f) + 1e-30f;
        sketches[r].norm = norm;
        sketches[r].residual = norm * 0x1p-22f;
    }
}

void reel_sketch_to_float(const int8_t *codes, float scale, size_t dimension, float *row) {
    for (size_t i = 0; i < dimension; i++) row[i] = scale * (float)codes[i];
}

// ---- One query ------------------------------------------------------------------------------

INLINE void set_fine_query(reel_fine_query *query, const float *values, size_t dimension) {
    enum { STEP = 8 };
    size_t width = reel_sketch_width(dimension);
    // Products of shifted bytes, up to 255, must add up within 31 bits.
    float range = fminf(8191, floorf(2147483647.0f / (255.0f * (float)width)) - 1);
    int16_t *whole = (int16_t *)(void *)query->codes;
    int8_t *upper = query->codes + 2 * width, *lower = query->codes + 3 * width;
    memset(query->codes, 0, 4 * width);
    float top = largest(values, dimension);
    float scale = top > 1e-30f ? top / range : 0, inverse = scale > 0 ? 1 / scale : 0;
    double squares[STEP] = {0}, rests[STEP] = {0};
    int32_t sums[STEP] = {0};
    for (size_t start = 0; start < dimension; start += STEP) {
        float eight[STEP] = {0};
        size_t count = dimension - start < STEP ? dimension - start : STEP;
        if (count == STEP) memcpy(eight, values + start, sizeof eight);
        else memcpy(eight, values + start, count * sizeof *eight);
        // Behind the last element there is room, and zeros stay zeros.
        for (size_t i = 0; i < STEP; i++) {
            float rounded = rintf(eight[i] * inverse);
            double left = (double)eight[i] - (double)scale * rounded;
            squares[i] += (double)eight[i] * eight[i];
            rests[i] += left * left;
            int32_t code = (int32_t)rounded;
            sums[i] += code;
            // Rounds to the nearest multiple of 128: the lower part is −64…63.
            int32_t top_part = (code + 64) >> 7;
            whole[start + i] = (int16_t)code;
            upper[start + i] = (int8_t)top_part;
            lower[start + i] = (int8_t)(code - 128 * top_part);
        }
    }
    double square = 0, rest = 0;
    int32_t sum = 0;
    for (size_t i = 0; i < STEP; i++) {
        square += squares[i];
        rest += rests[i];
        sum += sums[i];
    }
    query->scale = scale;
    query->norm = (float)sqrt(square) * (1 + 0x1p-20f) + 1e-30f;
    query->error = (float)sqrt(rest) * (1 + 0x1p-20f) + 1e-30f;
    query->correction = 128 * sum;
}

#if defined(__x86_64__)
AVX2 static void set_fine_query_avx2(
    reel_fine_query *query, const float *values, size_t dimension
) {
    set_fine_query(query, values, dimension);
}
#else
#define set_fine_query_avx2 set_fine_query
#endif

void reel_fine_query_set(reel_fine_query *query, const float *values, size_t dimension) {
    if (reel_dot_has_avx2()) set_fine_query_avx2(query, values, dimension);
    else set_fine_query(query, values, dimension);
}

// ---- Many queries ---------------------------------------------------------------------------

void reel_coarse_queries_pack(
    const float *queries, size_t count, size_t dimension, uint8_t zero, uint8_t *packed,
    float *scales, float *errors, float *norms
) {
    size_t width = reel_sketch_width(dimension);
    const float range = (float)zero - 1;
    memset(packed, zero, width * REEL_QUERY_GROUP);
    for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
        scales[q] = errors[q] = norms[q] = 0;
        if (q >= count) continue;
        const float *query = queries + q * dimension;
        float top = largest(query, dimension);
        float scale = top > 1e-30f ? top / range : 0, inverse = scale > 0 ? 1 / scale : 0;
        double square = 0, rest = 0;
        for (size_t i = 0; i < dimension; i++) {
            float rounded = rintf(query[i] * inverse);
            double left = (double)query[i] - (double)scale * rounded;
            square += (double)query[i] * query[i];
            rest += left * left;
            // Four elements of each of the sixteen queries after one another.
            packed[(i / 4 * REEL_QUERY_GROUP + q) * 4 + i % 4] = (uint8_t)((int)rounded + zero);
        }
        scales[q] = scale;
        errors[q] = (float)sqrt(rest) * (1 + 0x1p-20f) + 1e-30f;
        norms[q] = (float)sqrt(square) * (1 + 0x1p-20f) + 1e-30f;
    }
}

void reel_coarse_queries_spread(const uint8_t *packed, size_t width, uint8_t *spread) {
    for (size_t i = 0; i < width; i += 4) {
        for (size_t q = 0; q < REEL_QUERY_GROUP / 2; q++) {
            memcpy(spread + q * width + i, packed + (i * REEL_QUERY_GROUP + q * 4), 4);
        }
    }
}
