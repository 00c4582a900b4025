// The two loops of ranking. Adding is bound by the scattered loads and stores, which AVX-512 does
// sixteen at a time; AVX2 cannot scatter, and measured no better than the scalar loop.
#include "PassageScores.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

void reel_add_term_scalar(
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
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

int reel_scores_have_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

AVX512 void reel_add_term_avx512(
    float *scores, const float *lengthParts, const uint16_t *offsets, size_t count, float above,
    float below
) {
    __m512 a = _mm512_set1_ps(above), b = _mm512_set1_ps(below);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i at = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(offsets + i)));
        __m512 parts = _mm512_i32gather_ps(at, lengthParts, 4);
        __m512 sums = _mm512_i32gather_ps(at, scores, 4);
        sums = _mm512_add_ps(sums, _mm512_div_ps(a, _mm512_add_ps(b, parts)));
        _mm512_i32scatter_ps(scores, at, sums, 4);
    }
    reel_add_term_scalar(scores, lengthParts, offsets + i, count - i, above, below);
}

AVX512 reel_taken reel_take_scores_avx512(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    reel_taken taken = {0, 0};
    __m512 limit = _mm512_set1_ps(threshold), zero = _mm512_setzero_ps();
    __m512i step = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (size_t i = start; i < start + count; i += 16) {
        __m512 result = _mm512_mul_ps(_mm512_loadu_ps(scores + i), _mm512_loadu_ps(factors + i));
        _mm512_storeu_ps(scores + i, zero);
        taken.matched += (size_t)__builtin_popcount(
            _mm512_cmp_ps_mask(result, zero, _CMP_GT_OQ));
        __mmask16 above = _mm512_cmp_ps_mask(result, limit, _CMP_GT_OQ);
        if (!above) continue;
        __m512i places = _mm512_add_epi32(_mm512_set1_epi32((int)i), step);
        // Compressed in a register: storing through a mask straight to memory is slow on AMD.
        float values[16];
        uint16_t kept[16];
        _mm512_storeu_ps(values, _mm512_maskz_compress_ps(above, result));
        _mm256_storeu_si256(
            (__m256i *)kept, _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(above, places)));
        size_t listed = (size_t)__builtin_popcount(above);
        for (size_t k = 0; k < listed; k++) {
            offsets[taken.listed + k] = kept[k];
            results[taken.listed + k] = values[k];
        }
        taken.listed += listed;
    }
    return taken;
}
#else
int reel_scores_have_avx512(void) { return 0; }

void reel_add_term_avx512(
    float *scores, const float *lengthParts, const uint16_t *offsets, size_t count, float above,
    float below
) {
    reel_add_term_scalar(scores, lengthParts, offsets, count, above, below);
}

reel_taken reel_take_scores_avx512(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    return reel_take_scores_scalar(scores, factors, start, count, threshold, offsets, results);
}
#endif

void reel_add_term(
    float *scores, const float *lengthParts, const uint16_t *offsets, size_t count, float above,
    float below
) {
    (reel_scores_have_avx512() ? reel_add_term_avx512 : reel_add_term_scalar)(
        scores, lengthParts, offsets, count, above, below);
}

reel_taken reel_take_scores(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results
) {
    return (reel_scores_have_avx512() ? reel_take_scores_avx512 : reel_take_scores_scalar)(
        scores, factors, start, count, threshold, offsets, results);
}
