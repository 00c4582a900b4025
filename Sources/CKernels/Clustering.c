#include "Clustering.h"
#include "DotProduct.h"
#include "SketchDots.h"
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE __attribute__((always_inline)) static inline

INLINE void nearest_centres(
    const int32_t *dots, const reel_row_sketch *rows, size_t rowCount, const float *scales,
    const float *penalties, size_t centreCount, uint32_t first, float *best, uint32_t *centres
) {
    for (size_t r = 0; r < rowCount; r++) {
        float top = best[r];
        uint32_t found = centres[r];
        float scores[REEL_QUERY_GROUP], largest = -__builtin_inff();
        if (centreCount == REEL_QUERY_GROUP) {
            for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
                scores[q] = rows[r].scale * (scales[q] * (float)dots[r * REEL_QUERY_GROUP + q])
                    - penalties[q];
            }
            for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
                largest = scores[q] > largest ? scores[q] : largest;
            }
            if (!(largest > top)) continue;
        }
        for (size_t q = 0; q < centreCount; q++) {
            float score = rows[r].scale * (scales[q] * (float)dots[r * REEL_QUERY_GROUP + q])
                - penalties[q];
            if (score > top) {
                top = score;
                found = first + (uint32_t)q;
            }
        }
        best[r] = top;
        centres[r] = found;
    }
}

#define PARAMETERS                                                                             \
    const int32_t *dots, const reel_row_sketch *rows, size_t rowCount, const float *scales,    \
    const float *penalties, size_t centreCount, uint32_t first, float *best, uint32_t *centres
#define ARGUMENTS dots, rows, rowCount, scales, penalties, centreCount, first, best, centres

void reel_nearest_centres_scalar(PARAMETERS) { nearest_centres(ARGUMENTS); }

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void nearest_centres_avx2(PARAMETERS) {
    nearest_centres(ARGUMENTS);
}

// The scores of a row fill one register, and hardly any is better than what is known.
__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))) static void
nearest_centres_avx512(PARAMETERS) {
    const __mmask16 real = (__mmask16)((1u << centreCount) - 1);
    const __m512 scale = _mm512_maskz_loadu_ps(real, scales);
    const __m512 penalty = _mm512_maskz_loadu_ps(real, penalties);
    for (size_t r = 0; r < rowCount; r++) {
        __m512 dot = _mm512_cvtepi32_ps(_mm512_loadu_si512(dots + r * REEL_QUERY_GROUP));
        __m512 product = _mm512_mul_ps(_mm512_set1_ps(rows[r].scale), _mm512_mul_ps(scale, dot));
        __m512 score = _mm512_sub_ps(product, penalty);
        __mmask16 better =
            _mm512_mask_cmp_ps_mask(real, score, _mm512_set1_ps(best[r]), _CMP_GT_OQ);
        if (better == 0) continue;
        float top = _mm512_mask_reduce_max_ps(better, score);
        unsigned equal =
            _mm512_mask_cmp_ps_mask(better, score, _mm512_set1_ps(top), _CMP_EQ_OQ);
        best[r] = top;
        centres[r] = first + (uint32_t)__builtin_ctz(equal);
    }
}
#else
#define nearest_centres_avx2 nearest_centres
#define nearest_centres_avx512 nearest_centres
#endif

void reel_nearest_centres(PARAMETERS) {
    if (reel_has_vnni()) nearest_centres_avx512(ARGUMENTS);
    else if (reel_dot_has_avx2()) nearest_centres_avx2(ARGUMENTS);
    else nearest_centres(ARGUMENTS);
}

void reel_mean_of_chosen(
    const float *rows, const uint32_t *numbers, size_t count, size_t dimension, float *mean
) {
    memset(mean, 0, dimension * sizeof *mean);
    for (size_t n = 0; n < count; n++) {
        const float *row = rows + numbers[n] * dimension;
        for (size_t i = 0; i < dimension; i++) mean[i] += row[i];
    }
    float share = count > 0 ? 1 / (float)count : 0;
    for (size_t i = 0; i < dimension; i++) mean[i] *= share;
}

float reel_rest(const float *row, const float *centre, size_t dimension, float *rest) {
    enum { LANES = 16 };
    float lanes[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= dimension; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            float value = row[i + lane] - centre[i + lane];
            rest[i + lane] = value;
            lanes[lane] += value * value;
        }
    }
    for (size_t lane = 0; i < dimension; i++, lane++) {
        rest[i] = row[i] - centre[i];
        lanes[lane] += rest[i] * rest[i];
    }
    float sum = 0;
    for (size_t lane = 0; lane < LANES; lane++) sum += lanes[lane];
    return sum;
}

void reel_add_parts(
    const float *rows, const uint8_t *codes, size_t rowCount, size_t dimension, size_t codeCount,
    float *sums, uint32_t *counts
) {
    memset(sums, 0, codeCount * dimension * sizeof *sums);
    memset(counts, 0, codeCount * sizeof *counts);
    for (size_t r = 0; r < rowCount; r++) {
        float *restrict sum = sums + codes[r] * dimension;
        for (size_t i = 0; i < dimension; i++) sum[i] += rows[r * dimension + i];
        counts[codes[r]]++;
    }
}

void reel_estimate_scores(
    const int32_t *dots, const reel_row_sketch *sketches, size_t count, float scale,
    reel_metric metric, float *scores
) {
    bool euclidean = metric == reel_metric_euclidean;
    for (size_t i = 0; i < count; i++) {
        float product = sketches[i].scale * (scale * (float)dots[i]);
        scores[i] = euclidean ? 2 * product - sketches[i].norm * sketches[i].norm : product;
    }
}
