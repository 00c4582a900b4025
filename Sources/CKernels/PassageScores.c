// The two loops of ranking. Adding is bound by scattered loads and stores, which AVX2 cannot do many
// at a time: it has one variant.
#include "PassageScores.h"
#include "Processor.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

void reel_add_term(
    float *scores, const float *lengthParts, const uint16_t *offsets, size_t count, float above,
    float below
) {
    for (size_t i = 0; i < count; i++) {
        uint16_t offset = offsets[i];
        scores[offset] += above / (below + lengthParts[offset]);
    }
}

reel_taken reel_take_scores_scalar(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    reel_taken taken = {0, 0};
    for (size_t i = start; i < start + count; i++) {
        float result = scores[i] * factors[i];
        scores[i] = 0;
        if (!(result > 0)) continue;
        taken.matched++;
        if (!(result > threshold)) continue;
        offsets[taken.listed] = (uint16_t)i;
        results[taken.listed++] = result;
    }
    return taken;
}

#if defined(__x86_64__)
static int has_avx2(void) { return reel_best_vector_level() >= reel_level_avx2; }

__attribute__((target("avx2,popcnt"))) reel_taken reel_take_scores_avx2(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    reel_taken taken = {0, 0};
    __m256 limit = _mm256_set1_ps(threshold), zero = _mm256_setzero_ps();
    for (size_t i = start; i < start + count; i += 8) {
        __m256 result = _mm256_mul_ps(_mm256_loadu_ps(scores + i), _mm256_loadu_ps(factors + i));
        _mm256_storeu_ps(scores + i, zero);
        taken.matched += (size_t)__builtin_popcount(
            (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(result, zero, _CMP_GT_OQ)));
        unsigned above = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(result, limit, _CMP_GT_OQ));
        if (!above) continue;
        float values[8];
        _mm256_storeu_ps(values, result);
        for (; above; above &= above - 1) {
            unsigned lane = (unsigned)__builtin_ctz(above);
            offsets[taken.listed] = (uint16_t)(i + lane);
            results[taken.listed++] = values[lane];
        }
    }
    return taken;
}

#else
static int has_avx2(void) { return 0; }

reel_taken reel_take_scores_avx2(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    return reel_take_scores_scalar(scores, factors, start, count, threshold, offsets, results);
}
#endif

reel_taken reel_take_scores(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    return (has_avx2() ? reel_take_scores_avx2 : reel_take_scores_scalar)(
        scores, factors, start, count, threshold, offsets, results);
}
