#include "PQCodes.h"
#include "DotProduct.h"
#include <math.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE __attribute__((always_inline)) static inline

// Products of one part with all its centres.
INLINE void part_products(
    const float *values, const float *centres, size_t partSize, size_t centreCount,
    float *restrict products
) {
    for (size_t start = 0; start < centreCount; start += 16) {
        float lanes[16] = {0};
        for (size_t i = 0; i < partSize; i++) {
            const float *centre = centres + i * centreCount + start;
            for (size_t lane = 0; lane < 16; lane++) lanes[lane] += values[i] * centre[lane];
        }
        for (size_t lane = 0; lane < 16; lane++) products[start + lane] = lanes[lane];
    }
}

INLINE void encode(reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes) {
    size_t dimension = codebook.partCount * codebook.partSize;
    for (size_t part = 0; part < codebook.partCount; part++) {
        const float *centres =
            codebook.centres + part * codebook.partSize * codebook.centreCount;
        const float *halves = codebook.halfSquares + part * codebook.centreCount;
        for (size_t r = 0; r < rowCount; r++) {
            float products[256];
            part_products(
                rows + r * dimension + part * codebook.partSize, centres, codebook.partSize,
                codebook.centreCount, products);
            // |x − c|² is smallest where ⟨x, c⟩ − |c|² / 2 is largest.
            float top = -INFINITY;
            size_t found = 0;
            for (size_t k = 0; k < codebook.centreCount; k++) {
                float score = products[k] - halves[k];
                found = score > top ? k : found;
                top = score > top ? score : top;
            }
            codes[r * codebook.partCount + part] = (uint8_t)found;
        }
    }
}

INLINE void tables_of(reel_codebook codebook, const float *query, float *tables) {
    for (size_t part = 0; part < codebook.partCount; part++) {
        part_products(
            query + part * codebook.partSize,
            codebook.centres + part * codebook.partSize * codebook.centreCount, codebook.partSize,
            codebook.centreCount, tables + part * codebook.centreCount);
    }
}

void reel_pq_encode_scalar(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes
) {
    encode(codebook, rows, rowCount, codes);
}

void reel_pq_tables_scalar(reel_codebook codebook, const float *query, float *tables) {
    tables_of(codebook, query, tables);
}

void reel_pq_sums_scalar(
    const uint8_t *codes, size_t rowCount, size_t partCount, size_t centreCount,
    const float *tables, float base, float *scores
) {
    for (size_t r = 0; r < rowCount; r++) {
        const uint8_t *code = codes + r * partCount;
        float lanes[4] = {0};
        for (size_t part = 0; part < partCount; part++) {
            lanes[part % 4] += tables[part * centreCount + code[part]];
        }
        scores[r] = base + (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")))

AVX2 static void encode_avx2(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes
) {
    encode(codebook, rows, rowCount, codes);
}

AVX2 static void tables_avx2(reel_codebook codebook, const float *query, float *tables) {
    tables_of(codebook, query, tables);
}

// Sixteen centres fill one register.
AVX512 static void encode16_avx512(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes
) {
    size_t size = codebook.partSize, dimension = codebook.partCount * size;
    for (size_t part = 0; part < codebook.partCount; part++) {
        const float *centres = codebook.centres + part * size * 16;
        const __m512 halves = _mm512_loadu_ps(codebook.halfSquares + part * 16);
        size_t r = 0;
        for (; r < rowCount; r++) {
            const float *values = rows + r * dimension + part * size;
            __m512 score = _mm512_sub_ps(_mm512_setzero_ps(), halves);
            for (size_t i = 0; i < size; i++) {
                score = _mm512_fmadd_ps(
                    _mm512_set1_ps(values[i]), _mm512_loadu_ps(centres + i * 16), score);
            }
            __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(score));
            unsigned equal = _mm512_cmp_ps_mask(score, top, _CMP_EQ_OQ);
            codes[r * codebook.partCount + part] =
                (uint8_t)(equal ? __builtin_ctz(equal) : 0);
        }
    }
}

AVX512 static void tables16_avx512(reel_codebook codebook, const float *query, float *tables) {
    size_t size = codebook.partSize;
    for (size_t part = 0; part < codebook.partCount; part++) {
        const float *centres = codebook.centres + part * size * 16;
        __m512 sum = _mm512_setzero_ps();
        for (size_t i = 0; i < size; i++) {
            sum = _mm512_fmadd_ps(
                _mm512_set1_ps(query[part * size + i]), _mm512_loadu_ps(centres + i * 16), sum);
        }
        _mm512_storeu_ps(tables + part * 16, sum);
    }
}

AVX512 static void sums_avx512(
    const uint8_t *codes, size_t rowCount, size_t partCount, size_t centreCount,
    const float *tables, float base, float *scores
) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i place = _mm512_mullo_epi32(lane, _mm512_set1_epi32((int)centreCount));
    for (size_t r = 0; r < rowCount; r++) {
        const uint8_t *code = codes + r * partCount;
        __m512 sum = _mm512_setzero_ps();
        for (size_t part = 0; part < partCount; part += 16) {
            size_t left = partCount - part;
            __mmask16 real = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
            __m512i index = _mm512_add_epi32(
                place, _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(real, code + part)));
            sum = _mm512_add_ps(
                sum,
                _mm512_mask_i32gather_ps(
                    _mm512_setzero_ps(), real, index, tables + part * centreCount, 4));
        }
        scores[r] = base + _mm512_reduce_add_ps(sum);
    }
}

static int has_avx512(void) {
    return reel_dot_has_avx512() && __builtin_cpu_supports("avx512dq");
}
#else
#define encode_avx2 reel_pq_encode_scalar
#define encode16_avx512 reel_pq_encode_scalar
#define tables_avx2 reel_pq_tables_scalar
#define tables16_avx512 reel_pq_tables_scalar
#define sums_avx512 reel_pq_sums_scalar
static int has_avx512(void) { return 0; }
#endif

void reel_pq_encode(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes
) {
    if (codebook.centreCount == 16 && has_avx512()) {
        encode16_avx512(codebook, rows, rowCount, codes);
    } else if (reel_dot_has_avx2()) encode_avx2(codebook, rows, rowCount, codes);
    else reel_pq_encode_scalar(codebook, rows, rowCount, codes);
}

void reel_pq_tables(reel_codebook codebook, const float *query, float *tables) {
    if (codebook.centreCount == 16 && has_avx512()) tables16_avx512(codebook, query, tables);
    else if (reel_dot_has_avx2()) tables_avx2(codebook, query, tables);
    else reel_pq_tables_scalar(codebook, query, tables);
}

void reel_pq_distance_tables(reel_codebook codebook, const float *rest, float *tables) {
    reel_pq_tables(codebook, rest, tables);
    size_t count = codebook.partCount * codebook.centreCount;
    for (size_t i = 0; i < count; i++) tables[i] = 2 * (tables[i] - codebook.halfSquares[i]);
}

void reel_pq_sums(
    const uint8_t *codes, size_t rowCount, size_t partCount, size_t centreCount,
    const float *tables, float base, float *scores
) {
    if (has_avx512()) sums_avx512(codes, rowCount, partCount, centreCount, tables, base, scores);
    else reel_pq_sums_scalar(codes, rowCount, partCount, centreCount, tables, base, scores);
}
