// The processor multiplies unsigned bytes with signed ones: one side is shifted by 128, and
// 128 times the other side's sum is taken off again.
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
#define VNNI                                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")))
#define VNNI_INLINE                                                                               \
    __attribute__((                                                                               \
        target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"), always_inline))    \
    static inline

bool reel_has_vnni(void) {
    return reel_dot_has_avx512() && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vnni");
}

AVX2 static void sketch_rows_avx2(
    const float *rows, size_t rowCount, size_t dimension, int8_t *codes, reel_row_sketch *sketches
) {
    sketch_rows(rows, rowCount, dimension, codes, sketches);
}
#else
bool reel_has_vnni(void) { return false; }
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

void reel_fine_query_set(reel_fine_query *query, const float *values, size_t dimension) {
    size_t width = reel_sketch_width(dimension);
    // Products of shifted bytes, up to 255, must add up within 31 bits.
    float range = fminf(8191, floorf(2147483647.0f / (255.0f * (float)width)) - 1);
    int16_t *whole = (int16_t *)(void *)query->codes;
    int8_t *upper = query->codes + 2 * width, *lower = query->codes + 3 * width;
    memset(query->codes, 0, 4 * width);
    float top = largest(values, dimension);
    float scale = top > 1e-30f ? top / range : 0, inverse = scale > 0 ? 1 / scale : 0;
    double square = 0, rest = 0;
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) {
        float rounded = rintf(values[i] * inverse);
        double left = (double)values[i] - (double)scale * rounded;
        square += (double)values[i] * values[i];
        rest += left * left;
        int32_t code = (int32_t)rounded;
        sum += code;
        whole[i] = (int16_t)code;
        // Rounds to the nearest multiple of 128: the lower part is −64…63.
        int32_t top_part = (code + 64) >> 7;
        upper[i] = (int8_t)top_part;
        lower[i] = (int8_t)(code - 128 * top_part);
    }
    query->scale = scale;
    query->norm = (float)sqrt(square) * (1 + 0x1p-20f) + 1e-30f;
    query->error = (float)sqrt(rest) * (1 + 0x1p-20f) + 1e-30f;
    query->correction = 128 * sum;
}

void reel_fine_dot_scalar(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int16_t *codes = (const int16_t *)(const void *)query->codes;
    for (size_t r = 0; r < rowCount; r++) {
        const int8_t *row = rows + (positions ? positions[r] : r) * width;
        int32_t sum = 0;
        for (size_t i = 0; i < width; i++) sum += row[i] * codes[i];
        dots[r] = sum;
    }
}

#if defined(__x86_64__)
AVX2 void reel_fine_dot_avx2(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int16_t *codes = (const int16_t *)(const void *)query->codes;
    for (size_t r = 0; r < rowCount; r++) {
        const int8_t *row = rows + (positions ? positions[r] : r) * width;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t i = 0; i < width; i += 32) {
            __m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(row + i)));
            __m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(row + i + 16)));
            __m256i u = _mm256_loadu_si256((const __m256i *)(codes + i));
            __m256i v = _mm256_loadu_si256((const __m256i *)(codes + i + 16));
            first = _mm256_add_epi32(first, _mm256_madd_epi16(a, u));
            second = _mm256_add_epi32(second, _mm256_madd_epi16(b, v));
        }
        __m256i eight = _mm256_add_epi32(first, second);
        __m128i four = _mm_add_epi32(
            _mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
        four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
        four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
        dots[r] = _mm_cvtsi128_si32(four);
    }
}

VNNI_INLINE __m512i fine_row(
    const int8_t *row, size_t width, const int8_t *upper, const int8_t *lower
) {
    __m512i high = _mm512_setzero_si512(), low = high;
    const __m512i shift = _mm512_set1_epi8((char)0x80);
    for (size_t i = 0; i < width; i += 64) {
        __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(row + i), shift);  // + 128
        high = _mm512_dpbusd_epi32(high, bytes, _mm512_loadu_si512(upper + i));
        low = _mm512_dpbusd_epi32(low, bytes, _mm512_loadu_si512(lower + i));
    }
    return _mm512_add_epi32(_mm512_slli_epi32(high, 7), low);
}

VNNI void reel_fine_dot_vnni(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int8_t *upper = query->codes + 2 * width, *lower = query->codes + 3 * width;
    const int32_t correction = query->correction;
    const __m512i shift = _mm512_set1_epi8((char)0x80);
    size_t r = 0;
    for (; r + 4 <= rowCount; r += 4) {
        const int8_t *row[4];
        __m512i high[4], low[4];
        for (int n = 0; n < 4; n++) {
            row[n] = rows + (positions ? positions[r + n] : r + n) * width;
            high[n] = low[n] = _mm512_setzero_si512();
        }
        if (positions) {
            // Rows that lie apart: the next four are asked for while these are worked on.
            for (size_t n = r + 4; n < r + 8 && n < rowCount; n++) {
                const int8_t *next = rows + positions[n] * width;
                for (size_t i = 0; i < width; i += 64) _mm_prefetch(next + i, _MM_HINT_T0);
            }
        }
        for (size_t i = 0; i < width; i += 64) {
            __m512i u = _mm512_loadu_si512(upper + i), v = _mm512_loadu_si512(lower + i);
            for (int n = 0; n < 4; n++) {
                __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(row[n] + i), shift);
                // The processor by itself fetches ahead only up to the end of a page.
                if (!positions) _mm_prefetch(row[n] + 8 * width + i, _MM_HINT_T0);
                high[n] = _mm512_dpbusd_epi32(high[n], bytes, u);
                low[n] = _mm512_dpbusd_epi32(low[n], bytes, v);
            }
        }
        for (int n = 0; n < 4; n++) {
            __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(high[n], 7), low[n]);
            dots[r + n] = _mm512_reduce_add_epi32(sum) - correction;
        }
    }
    for (; r < rowCount; r++) {
        const int8_t *row = rows + (positions ? positions[r] : r) * width;
        dots[r] = _mm512_reduce_add_epi32(fine_row(row, width, upper, lower)) - correction;
    }
}
#else
#define reel_fine_dot_avx2 reel_fine_dot_scalar
#define reel_fine_dot_vnni reel_fine_dot_scalar
#endif

void reel_fine_dot(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    reel_fine_dot_function *function = reel_has_vnni() ? reel_fine_dot_vnni
        : reel_dot_has_avx2()                          ? reel_fine_dot_avx2
                                                       : reel_fine_dot_scalar;
    function(rows, positions, rowCount, width, query, dots);
}

// ---- Many queries ---------------------------------------------------------------------------

void reel_coarse_queries_pack(
    const float *queries, size_t count, size_t dimension, uint8_t *packed, float *scales,
    float *errors, float *norms
) {
    size_t width = reel_sketch_width(dimension);
    memset(packed, 128, width * REEL_QUERY_GROUP);  // 128 stands for zero
    for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
        scales[q] = errors[q] = norms[q] = 0;
        if (q >= count) continue;
        const float *query = queries + q * dimension;
        float top = largest(query, dimension);
        float scale = top > 1e-30f ? top / 127 : 0, inverse = scale > 0 ? 1 / scale : 0;
        double square = 0, rest = 0;
        for (size_t i = 0; i < dimension; i++) {
            float rounded = rintf(query[i] * inverse);
            double left = (double)query[i] - (double)scale * rounded;
            square += (double)query[i] * query[i];
            rest += left * left;
            // Four elements of each of the sixteen queries after one another.
            packed[(i / 4 * REEL_QUERY_GROUP + q) * 4 + i % 4] = (uint8_t)((int)rounded + 128);
        }
        scales[q] = scale;
        errors[q] = (float)sqrt(rest) * (1 + 0x1p-20f) + 1e-30f;
        norms[q] = (float)sqrt(square) * (1 + 0x1p-20f) + 1e-30f;
    }
}

void reel_code_sums(const int8_t *rows, size_t rowCount, size_t width, int32_t *sums) {
    for (size_t r = 0; r < rowCount; r++) {
        int32_t sum = 0;
        for (size_t i = 0; i < width; i++) sum += rows[r * width + i];
        sums[r] = sum;
    }
}

void reel_coarse_dot_scalar(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    size_t groupCount, int32_t *dots
) {
    for (size_t g = 0; g < groupCount; g++) {
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        for (size_t r = 0; r < rowCount; r++) {
            const int8_t *row = rows + r * width;
            int32_t *out = dots + (g * rowCount + r) * REEL_QUERY_GROUP;
            for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
                int32_t sum = 0;
                for (size_t i = 0; i < width; i++) {
                    sum += row[i] * group[(i / 4 * REEL_QUERY_GROUP + q) * 4 + i % 4];
                }
                out[q] = sum - 128 * sums[r];
            }
        }
    }
}

#if defined(__x86_64__)
// Without a byte product that cannot overflow: the seven lower bits and the top one apart.
AVX2 void reel_coarse_dot_avx2(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    size_t groupCount, int32_t *dots
) {
    const __m256i lower = _mm256_set1_epi8(0x7f), one = _mm256_set1_epi8(1);
    const __m256i ones = _mm256_set1_epi16(1), tops = _mm256_set1_epi16(128);
    for (size_t g = 0; g < groupCount; g++) {
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        for (size_t r = 0; r < rowCount; r++) {
            const int8_t *row = rows + r * width;
            __m256i sum[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
            for (size_t i = 0; i < width; i += 4) {
                int32_t four;
                memcpy(&four, row + i, 4);
                __m256i c = _mm256_set1_epi32(four);
                for (int half = 0; half < 2; half++) {
                    __m256i u = _mm256_loadu_si256(
                        (const __m256i *)(group + i * REEL_QUERY_GROUP + 32 * half));
                    __m256i low = _mm256_maddubs_epi16(_mm256_and_si256(u, lower), c);
                    __m256i top = _mm256_and_si256(_mm256_srli_epi16(u, 7), one);
                    __m256i high = _mm256_maddubs_epi16(top, c);
                    sum[half] = _mm256_add_epi32(
                        sum[half],
                        _mm256_add_epi32(
                            _mm256_madd_epi16(low, ones), _mm256_madd_epi16(high, tops)));
                }
            }
            __m256i correction = _mm256_set1_epi32(128 * sums[r]);
            int32_t *out = dots + (g * rowCount + r) * REEL_QUERY_GROUP;
            for (int half = 0; half < 2; half++) {
                _mm256_storeu_si256(
                    (__m256i *)(out + 8 * half), _mm256_sub_epi32(sum[half], correction));
            }
        }
    }
}

// R rows × G groups, both known when compiled: the sums live in registers.
VNNI_INLINE void coarse_tile(
    const int8_t *rows, const int32_t *sums, size_t width, const uint8_t *packed, int32_t *dots,
    size_t rowCount, const int R, const int G
) {
    __m512i sum[6][4];
    for (int r = 0; r < R; r++) {
        for (int g = 0; g < G; g++) sum[r][g] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < width; i += 4) {
        __m512i u[4];
        for (int g = 0; g < G; g++) {
            u[g] = _mm512_loadu_si512(packed + ((size_t)g * width + i) * REEL_QUERY_GROUP);
        }
        for (int r = 0; r < R; r++) {
            int32_t four;
            memcpy(&four, rows + (size_t)r * width + i, 4);
            __m512i c = _mm512_set1_epi32(four);
            for (int g = 0; g < G; g++) sum[r][g] = _mm512_dpbusd_epi32(sum[r][g], u[g], c);
        }
    }
    for (int r = 0; r < R; r++) {
        __m512i correction = _mm512_set1_epi32(128 * sums[r]);
        for (int g = 0; g < G; g++) {
            _mm512_storeu_si512(
                dots + ((size_t)g * rowCount + (size_t)r) * REEL_QUERY_GROUP,
                _mm512_sub_epi32(sum[r][g], correction));
        }
    }
}

VNNI void reel_coarse_dot_vnni(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    size_t groupCount, int32_t *dots
) {
    size_t g = 0;
    while (g < groupCount) {
        size_t taken = groupCount - g >= 4 ? 4 : 1;
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        int32_t *out = dots + g * rowCount * REEL_QUERY_GROUP;
        size_t r = 0;
        for (; r + 6 <= rowCount; r += 6) {
            const int8_t *row = rows + r * width;
            int32_t *to = out + r * REEL_QUERY_GROUP;
            if (taken == 4) coarse_tile(row, sums + r, width, group, to, rowCount, 6, 4);
            else coarse_tile(row, sums + r, width, group, to, rowCount, 6, 1);
        }
        for (; r < rowCount; r++) {
            const int8_t *row = rows + r * width;
            int32_t *to = out + r * REEL_QUERY_GROUP;
            if (taken == 4) coarse_tile(row, sums + r, width, group, to, rowCount, 1, 4);
            else coarse_tile(row, sums + r, width, group, to, rowCount, 1, 1);
        }
        g += taken;
    }
}
#else
#define reel_coarse_dot_avx2 reel_coarse_dot_scalar
#define reel_coarse_dot_vnni reel_coarse_dot_scalar
#endif

void reel_coarse_dot(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    size_t groupCount, int32_t *dots
) {
    reel_coarse_dot_function *function = reel_has_vnni() ? reel_coarse_dot_vnni
        : reel_dot_has_avx2()                            ? reel_coarse_dot_avx2
                                                         : reel_coarse_dot_scalar;
    function(rows, sums, rowCount, width, packed, groupCount, dots);
}
