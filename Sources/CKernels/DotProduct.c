// One query is limited by memory and reads each row once; many queries are limited by
// arithmetic and take tiles of rows × queries in registers. Every pair has one accumulator
// register of its own whatever the tile, so that the order of additions never changes.
#include "DotProduct.h"
#include "Processor.h"
#include "HalfPrecision.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// ---- Scalar ---------------------------------------------------------------------------------

enum { LANES = 16 };

static float dot_scalar(const float *row, const float *query, size_t dimension) {
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) lanes[lane] += row[i + lane] * query[i + lane];
    }
    for (size_t lane = 0; i < dimension; i++, lane++) lanes[lane] += row[i] * query[i];
    for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t lane = 0; lane < half; lane++) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

void reel_dot_f32_scalar(
    const float *rows, size_t rowCount, size_t dimension, const float *queries, size_t queryCount,
    float *scores, size_t stride
) {
    for (size_t q = 0; q < queryCount; q++) {
        for (size_t r = 0; r < rowCount; r++) {
            scores[q * stride + r] =
                dot_scalar(rows + r * dimension, queries + q * dimension, dimension);
        }
    }
}

void reel_dot_f16_scalar(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *queries,
    size_t queryCount, float *scores, size_t stride
) {
    enum { PIECE = 256 };  // a multiple of LANES
    float piece[PIECE];
    for (size_t r = 0; r < rowCount; r++) {
        for (size_t q = 0; q < queryCount; q++) {
            float sum = 0;
            for (size_t i = 0; i < dimension; i += PIECE) {
                size_t count = dimension - i < PIECE ? dimension - i : PIECE;
                reel_half_to_float_scalar(rows + r * dimension + i, piece, count);
                sum += dot_scalar(piece, queries + q * dimension + i, count);
            }
            scores[q * stride + r] = sum;
        }
    }
}

// ---- AVX2 and AVX-512 -----------------------------------------------------------------------

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX2_INLINE __attribute__((target("avx2,fma,f16c"), always_inline)) static inline
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx2,fma,f16c")))
#define AVX512_INLINE \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx2,fma,f16c"), always_inline)) static inline

bool reel_dot_has_avx2(void) {
    return reel_best_vector_level() >= reel_level_avx2 && __builtin_cpu_supports("f16c");
}

bool reel_dot_has_avx512(void) {
    return reel_dot_has_avx2() && reel_best_vector_level() == reel_level_avx512;
}

AVX2_INLINE __m256 load8_f32(const float *from) { return _mm256_loadu_ps(from); }
AVX2_INLINE __m256 load8_f16(const uint16_t *from) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from));
}
// The first `count` of eight, the others zero; nothing behind them is read.
AVX2_INLINE __m256 part8_f32(const float *from, size_t count) {
    __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(from, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lane));
}
AVX2_INLINE __m256 part8_f16(const uint16_t *from, size_t count) {
    uint16_t eight[8] = {0};
    memcpy(eight, from, 2 * count);
    return load8_f16(eight);
}
AVX2_INLINE __m256 add_product8(__m256 a, __m256 b, __m256 sum) {
    return _mm256_fmadd_ps(a, b, sum);
}
AVX2_INLINE float sum8(__m256 v) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

AVX512_INLINE __m512 load16_f32(const float *from) { return _mm512_loadu_ps(from); }
AVX512_INLINE __m512 load16_f16(const uint16_t *from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
}
AVX512_INLINE __m512 part16_f32(const float *from, size_t count) {
    return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
}
AVX512_INLINE __m512 part16_f16(const uint16_t *from, size_t count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16((__mmask16)((1u << count) - 1), from));
}
AVX512_INLINE __m512 add_product16(__m512 a, __m512 b, __m512 sum) {
    return _mm512_fmadd_ps(a, b, sum);
}
AVX512_INLINE float sum16(__m512 v) { return _mm512_reduce_add_ps(v); }

// A tile of R rows × Q queries, both known when compiled, so that `sum` lives in registers; and
// the walk over all rows and queries in tiles of 4 × MANY, 4 × 1, 1 × MANY and 1 × 1.
// For one query the rows two tiles on are fetched ahead, which the processor by itself does only
// up to the end of a page: a fifth of the time for 16-bit rows. Behind the last row there may be
// nothing, and then nothing happens.
#define DEFINE_DOT(NAME, TARGET, INLINE, ELEMENT, VECTOR, WIDTH, ZERO, LOAD, PART, LOAD_QUERY,   \
                   PART_QUERY, ADD_PRODUCT, SUM, MANY)                                            \
    INLINE void NAME##_tile(                                                                      \
        const ELEMENT *rows, size_t dimension, const float *queries, float *scores,               \
        size_t stride, const int R, const int Q                                                   \
    ) {                                                                                           \
        VECTOR sum[4][MANY];                                                                      \
        for (int r = 0; r < R; r++) {                                                             \
            for (int q = 0; q < Q; q++) sum[r][q] = ZERO();                                       \
        }                                                                                         \
        size_t i = 0;                                                                             \
        for (; i + WIDTH <= dimension; i += WIDTH) {                                              \
            VECTOR query[MANY];                                                                   \
            for (int q = 0; q < Q; q++) query[q] = LOAD_QUERY(queries + q * dimension + i);       \
            for (int r = 0; r < R; r++) {                                                         \
                VECTOR row = LOAD(rows + r * dimension + i);                                      \
                if (Q == 1) __builtin_prefetch(rows + (r + 2 * R) * dimension + i);                   \
                for (int q = 0; q < Q; q++) sum[r][q] = ADD_PRODUCT(row, query[q], sum[r][q]);    \
            }                                                                                     \
        }                                                                                         \
        if (i < dimension) {                                                                      \
            size_t left = dimension - i;                                                          \
            for (int r = 0; r < R; r++) {                                                         \
                VECTOR row = PART(rows + r * dimension + i, left);                                \
                for (int q = 0; q < Q; q++) {                                                     \
                    VECTOR query = PART_QUERY(queries + q * dimension + i, left);                 \
                    sum[r][q] = ADD_PRODUCT(row, query, sum[r][q]);                               \
                }                                                                                 \
            }                                                                                     \
        }                                                                                         \
        for (int r = 0; r < R; r++) {                                                             \
            for (int q = 0; q < Q; q++) scores[q * stride + r] = SUM(sum[r][q]);                  \
        }                                                                                         \
    }                                                                                             \
    TARGET void NAME(                                                                             \
        const ELEMENT *rows, size_t rowCount, size_t dimension, const float *queries,             \
        size_t queryCount, float *scores, size_t stride                                           \
    ) {                                                                                           \
        size_t q = 0;                                                                             \
        while (q < queryCount) {                                                                  \
            size_t taken = queryCount - q >= MANY ? MANY : 1;                                     \
            const float *query = queries + q * dimension;                                         \
            float *out = scores + q * stride;                                                     \
            size_t r = 0;                                                                         \
            for (; r + 4 <= rowCount; r += 4) {                                                   \
                const ELEMENT *row = rows + r * dimension;                                        \
                if (taken == MANY) NAME##_tile(row, dimension, query, out + r, stride, 4, MANY);  \
                else NAME##_tile(row, dimension, query, out + r, stride, 4, 1);                   \
            }                                                                                     \
            for (; r < rowCount; r++) {                                                           \
                const ELEMENT *row = rows + r * dimension;                                        \
                if (taken == MANY) NAME##_tile(row, dimension, query, out + r, stride, 1, MANY);  \
                else NAME##_tile(row, dimension, query, out + r, stride, 1, 1);                   \
            }                                                                                     \
            q += taken;                                                                           \
        }                                                                                         \
    }

// 16 registers hold 4 × 2 sums; 32 hold 4 × 4.
DEFINE_DOT(reel_dot_f32_avx2, AVX2, AVX2_INLINE, float, __m256, 8, _mm256_setzero_ps, load8_f32,
           part8_f32, load8_f32, part8_f32, add_product8, sum8, 2)
DEFINE_DOT(reel_dot_f16_avx2, AVX2, AVX2_INLINE, uint16_t, __m256, 8, _mm256_setzero_ps, load8_f16,
           part8_f16, load8_f32, part8_f32, add_product8, sum8, 2)
DEFINE_DOT(reel_dot_f32_avx512, AVX512, AVX512_INLINE, float, __m512, 16, _mm512_setzero_ps,
           load16_f32, part16_f32, load16_f32, part16_f32, add_product16, sum16, 4)
DEFINE_DOT(reel_dot_f16_avx512, AVX512, AVX512_INLINE, uint16_t, __m512, 16, _mm512_setzero_ps,
           load16_f16, part16_f16, load16_f32, part16_f32, add_product16, sum16, 4)

#else

bool reel_dot_has_avx2(void) { return false; }
bool reel_dot_has_avx512(void) { return false; }
#define reel_dot_f32_avx2 reel_dot_f32_scalar
#define reel_dot_f16_avx2 reel_dot_f16_scalar
#define reel_dot_f32_avx512 reel_dot_f32_scalar
#define reel_dot_f16_avx512 reel_dot_f16_scalar

#endif

void reel_dot_f32(
    const float *rows, size_t rowCount, size_t dimension, const float *queries, size_t queryCount,
    float *scores, size_t stride
) {
    reel_dot_f32_function *function = reel_dot_has_avx512() ? reel_dot_f32_avx512
        : reel_dot_has_avx2()                               ? reel_dot_f32_avx2
                                                            : reel_dot_f32_scalar;
    function(rows, rowCount, dimension, queries, queryCount, scores, stride);
}

void reel_dot_f16(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *queries,
    size_t queryCount, float *scores, size_t stride
) {
    reel_dot_f16_function *function = reel_dot_has_avx512() ? reel_dot_f16_avx512
        : reel_dot_has_avx2()                               ? reel_dot_f16_avx2
                                                            : reel_dot_f16_scalar;
    function(rows, rowCount, dimension, queries, queryCount, scores, stride);
}

// ---- What may be stored, and what is best ----------------------------------------------------

static bool is_beyond(float value, float limit) { return !(value > -limit && value < limit); }

size_t reel_first_beyond(const float *values, size_t count, float limit) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        int found = 0;
        for (size_t lane = 0; lane < LANES; lane++) found |= is_beyond(values[i + lane], limit);
        if (found) break;
    }
    while (i < count && !is_beyond(values[i], limit)) i++;
    return i;
}

static bool is_worse(reel_candidate a, reel_candidate b) {
    return a.score < b.score || (a.score == b.score && a.position > b.position);
}

static void sift_down(reel_candidate *heap, size_t size, size_t hole, reel_candidate value) {
    for (;;) {
        size_t child = 2 * hole + 1;
        if (child >= size) break;
        if (child + 1 < size && is_worse(heap[child + 1], heap[child])) child++;
        if (!is_worse(heap[child], value)) break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = value;
}

static void sift_up(reel_candidate *heap, size_t hole, reel_candidate value) {
    while (hole > 0) {
        size_t parent = (hole - 1) / 2;
        if (!is_worse(value, heap[parent])) break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = value;
}

size_t reel_offer_scores(
    reel_candidate *heap, size_t size, size_t capacity, const float *scores, size_t count,
    uint64_t first
) {
    if (capacity == 0) return 0;
    size_t i = 0;
    for (; i < count && size < capacity; i++) {
        if (scores[i] != scores[i]) continue;
        sift_up(heap, size++, (reel_candidate){scores[i], first + i});
    }
    while (i < count) {
        // Nearly all of a long scan is worse than the worst kept: look at many at once.
        if (i + LANES <= count) {
            float worst = heap[0].score;
            int any = 0;
            for (size_t lane = 0; lane < LANES; lane++) any |= scores[i + lane] >= worst;
            if (!any) {
                i += LANES;
                continue;
            }
        }
        size_t end = i + LANES < count ? i + LANES : count;
        for (; i < end; i++) {
            reel_candidate candidate = {scores[i], first + i};
            if (is_worse(heap[0], candidate)) sift_down(heap, size, 0, candidate);
        }
    }
    return size;
}
