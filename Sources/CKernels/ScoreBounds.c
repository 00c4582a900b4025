// Comparisons are written so that a bound that is no number rules nothing out.
#include "ScoreBounds.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")))
#endif

#define INLINE __attribute__((always_inline)) static inline

void reel_row_bounds_set(
    const reel_row_sketch *sketches, const uint32_t *positions, size_t count, size_t dimension,
    reel_metric metric, reel_row_bounds bounds
) {
    float loss = (float)(dimension + 16) * 0x1p-23f;
    for (size_t i = 0; i < count; i++) {
        reel_row_sketch row = sketches[positions ? positions[i] : i];
        float perNorm = row.residual + loss * row.norm, perError = row.norm + row.residual;
        float multiplier = row.scale, offset = 0;
        // Squares that overflow or vanish say nothing.
        float fixed = row.norm < 1e15f ? 0 : INFINITY;
        if (metric == reel_metric_euclidean) {
            multiplier *= 2;
            perNorm *= 2;
            perError *= 2;
            offset = -row.norm * row.norm;
            fixed += 4 * loss * row.norm * row.norm + 1e-30f;
        } else if (metric == reel_metric_cosine) {
            if (row.norm < 1e-12f) fixed = INFINITY;
            float inverse = 1 / row.norm;
            multiplier *= inverse;
            // The norm is rounded up by at most the loss.
            perNorm = perNorm * inverse + 4 * loss;
            perError *= inverse;
        }
        bounds.multiplier[i] = multiplier;
        bounds.offset[i] = offset;
        bounds.fixed[i] = fixed;
        bounds.perNorm[i] = perNorm;
        bounds.perError[i] = perError;
    }
}

reel_query_bounds reel_query_bounds_make(
    float scale, float norm, float error, size_t dimension, reel_metric metric
) {
    float loss = (float)(dimension + 16) * 0x1p-23f;
    reel_query_bounds query = {scale, norm, error, 0, 1e-30f, -INFINITY};
    if (!(norm < 1e15f)) query.fixed = INFINITY;
    if (metric == reel_metric_euclidean) {
        query.offset = -norm * norm;
        query.fixed += 4 * loss * norm * norm;
    } else if (metric == reel_metric_cosine) {
        if (norm < 1e-12f) {
            query.fixed = INFINITY;
        } else {
            query.scale /= norm;
            query.error /= norm;
            query.norm = 1;
        }
    }
    return query;
}

reel_possible reel_possible_make(
    float *lowest, size_t limit, reel_candidate *pending
) {
    return (reel_possible){lowest, 0, limit, -INFINITY, pending, 0};
}

float reel_possible_threshold(const reel_possible *possible) { return possible->threshold; }

// Whole numbers of the same order as the floats they stand for, which are none of them no number.
INLINE int32_t ordered(float value) {
    int32_t bits;
    value += 0.0f;  // −0 is 0
    memcpy(&bits, &value, sizeof bits);
    return bits ^ ((bits >> 31) & INT32_MAX);
}

INLINE float number(int32_t ordered) {
    int32_t bits = ordered ^ ((ordered >> 31) & INT32_MAX);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Keeps the `wanted` largest of as many numbers or more, and returns the smallest of these. The
// threshold is found by halving, so that nothing depends on the order.
INLINE float keep_largest_of(float *values, size_t count, size_t wanted) {
    int32_t smallest = INT32_MAX, largest = INT32_MIN;
    for (size_t i = 0; i < count; i++) {
        int32_t key = ordered(values[i]);
        smallest = key < smallest ? key : smallest;
        largest = key > largest ? key : largest;
    }
    if (count == wanted) return number(smallest);
    // Of `low` and above there are as many as wanted or more, of `high` and above fewer.
    int64_t low = smallest, high = (int64_t)largest + 1;
    size_t above = 0;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        float limit = number((int32_t)middle);
        uint32_t found = 0;
        for (size_t i = 0; i < count; i++) found += values[i] >= limit;
        if (found >= wanted) low = middle;
        else high = middle, above = found;
        if (found == wanted) break;
    }
    const float limit = number((int32_t)low);
    size_t equal = high - low == 1 ? wanted - above : wanted, kept = 0;
    float least = INFINITY;
    for (size_t i = 0; i < count; i++) {
        float value = values[i];
        size_t isEqual = (value == limit) & (equal > 0);
        size_t isKept = (value > limit) | isEqual;
        equal -= isEqual;
        least = isKept && value < least ? value : least;
        values[kept] = value;
        kept += isKept;
    }
    return least;
}

#if defined(__x86_64__)
AVX2 static float keep_largest_avx2(float *values, size_t count, size_t wanted) {
    return keep_largest_of(values, count, wanted);
}
#else
#define keep_largest_avx2 keep_largest_of
#endif

static float keep_largest(float *values, size_t count, size_t wanted) {
    return reel_dot_has_avx2() ? keep_largest_avx2(values, count, wanted)
                               : keep_largest_of(values, count, wanted);
}

void reel_possible_tighten(reel_possible *possible) {
    if (possible->limit == 0 || possible->lowestCount < possible->limit) return;
    float threshold = keep_largest(possible->lowest, possible->lowestCount, possible->limit);
    possible->lowestCount = possible->limit;
    if (threshold > possible->threshold) possible->threshold = threshold;
}

// Bounds are put aside, and the largest picked out when there are twice as many as sought: a heap
// would move each of them several places, and guess most of the turns wrong.
void reel_possible_offer_lower(reel_possible *possible, float lower) {
    if (!(lower > possible->threshold) || possible->limit == 0) return;
    possible->lowest[possible->lowestCount++] = lower;
    if (possible->lowestCount == 2 * possible->limit
        || (possible->lowestCount == possible->limit && possible->threshold == -INFINITY)) {
        reel_possible_tighten(possible);
    }
}

void reel_possible_prune(reel_possible *possible) {
    reel_possible_tighten(possible);
    reel_possible_prune_below(possible, reel_possible_threshold(possible));
}

void reel_possible_prune_below(reel_possible *possible, float threshold) {
    size_t kept = 0;
    // Without a turn that would be guessed wrong half the time.
    for (size_t i = 0; i < possible->pendingCount; i++) {
        reel_candidate candidate = possible->pending[i];
        possible->pending[kept] = candidate;
        kept += !(candidate.score < threshold);
    }
    possible->pendingCount = kept;
}

INLINE float threshold_of(const reel_possible *possible, float floor) {
    float own = reel_possible_threshold(possible);
    return own > floor ? own : floor;
}

INLINE bool is_allowed(const uint64_t *allowed, size_t row) {
    return !allowed || (allowed[row / 64] >> (row % 64) & 1);
}

INLINE void keep(reel_possible *possible, float upper, float lower, uint64_t position) {
    possible->pending[possible->pendingCount++] = (reel_candidate){upper, position};
    reel_possible_offer_lower(possible, lower);
}

INLINE void offer_bounds(
    reel_possible *possible, const int32_t *dots, reel_row_bounds bounds, size_t count,
    reel_query_bounds query, uint64_t first, const uint32_t *positions, const uint64_t *allowed,
    size_t firstRow
) {
    enum { STEP = 16 };
    float threshold = threshold_of(possible, query.floor);
    for (size_t start = 0; start < count; start += STEP) {
        size_t length = count - start < STEP ? count - start : STEP;
        float estimate[STEP], slack[STEP];
        int any = 0;
        if (length == STEP) {
            for (size_t i = 0; i < STEP; i++) {
                size_t r = start + i;
                estimate[i] = bounds.multiplier[r] * (query.scale * (float)dots[r])
                    + (bounds.offset[r] + query.offset);
                slack[i] = bounds.fixed[r] + query.fixed + bounds.perNorm[r] * query.norm
                    + bounds.perError[r] * query.error;
                any |= !(estimate[i] + slack[i] < threshold);
            }
            if (!any) continue;
        } else {
            for (size_t i = 0; i < length; i++) {
                size_t r = start + i;
                estimate[i] = bounds.multiplier[r] * (query.scale * (float)dots[r])
                    + (bounds.offset[r] + query.offset);
                slack[i] = bounds.fixed[r] + query.fixed + bounds.perNorm[r] * query.norm
                    + bounds.perError[r] * query.error;
            }
        }
        for (size_t i = 0; i < length; i++) {
            float upper = estimate[i] + slack[i];
            if (upper < threshold) continue;
            size_t row = positions ? positions[start + i] : firstRow + start + i;
            if (!is_allowed(allowed, row)) continue;
            uint64_t position = first + (positions ? positions[start + i] : start + i);
            // A bound that is no number must stay to the end.
            keep(possible, upper == upper ? upper : INFINITY, estimate[i] - slack[i], position);
            threshold = threshold_of(possible, query.floor);
        }
    }
}

static void offer_bounds_group_scalar(
    reel_possible *possible, size_t queryCount, const int32_t *dots, reel_row_bounds bounds,
    size_t count, const reel_query_bounds *queries, uint64_t first, const uint64_t *allowed,
    size_t firstRow
) {
    for (size_t r = 0; r < count; r++) {
        if (!is_allowed(allowed, firstRow + r)) continue;
        for (size_t q = 0; q < queryCount; q++) {
            float estimate =
                bounds.multiplier[r] * (queries[q].scale * (float)dots[r * REEL_QUERY_GROUP + q])
                + (bounds.offset[r] + queries[q].offset);
            float slack = bounds.fixed[r] + queries[q].fixed + bounds.perNorm[r] * queries[q].norm
                + bounds.perError[r] * queries[q].error;
            float upper = estimate + slack;
            if (upper < threshold_of(possible + q, queries[q].floor)) continue;
            keep(
                possible + q, upper == upper ? upper : INFINITY, estimate - slack, first + r);
        }
    }
}

#if defined(__x86_64__)
AVX2 static void offer_bounds_avx2(
    reel_possible *possible, const int32_t *dots, reel_row_bounds bounds, size_t count,
    reel_query_bounds query, uint64_t first, const uint32_t *positions, const uint64_t *allowed,
    size_t firstRow
) {
    offer_bounds(
        possible, dots, bounds, count, query, first, positions, allowed, firstRow);
}

// Eight queries in a register, the group in two.
AVX2 static void offer_bounds_group_avx2(
    reel_possible *possible, size_t queryCount, const int32_t *dots, reel_row_bounds bounds,
    size_t count, const reel_query_bounds *queries, uint64_t first, const uint64_t *allowed,
    size_t firstRow
) {
    enum { HALVES = 2, LANES = 8 };
    float lanes[6][REEL_QUERY_GROUP] = {{0}};  // scale, norm, error, offset, fixed, threshold
    for (size_t q = 0; q < queryCount; q++) {
        lanes[0][q] = queries[q].scale;
        lanes[1][q] = queries[q].norm;
        lanes[2][q] = queries[q].error;
        lanes[3][q] = queries[q].offset;
        lanes[4][q] = queries[q].fixed;
        lanes[5][q] = threshold_of(possible + q, queries[q].floor);
    }
    for (size_t half = 0; half < HALVES && half * LANES < queryCount; half++) {
        const size_t at = half * LANES;
        const size_t realCount = queryCount - at < LANES ? queryCount - at : LANES;
        const unsigned real = (1u << realCount) - 1;
        const __m256 scale = _mm256_loadu_ps(lanes[0] + at), norm = _mm256_loadu_ps(lanes[1] + at);
        const __m256 error = _mm256_loadu_ps(lanes[2] + at);
        const __m256 offset = _mm256_loadu_ps(lanes[3] + at);
        const __m256 fixed = _mm256_loadu_ps(lanes[4] + at);
        __m256 threshold = _mm256_loadu_ps(lanes[5] + at);
        for (size_t r = 0; r < count; r++) {
            __m256 dot = _mm256_cvtepi32_ps(
                _mm256_loadu_si256((const __m256i *)(dots + r * REEL_QUERY_GROUP + at)));
            __m256 estimate = _mm256_fmadd_ps(
                _mm256_set1_ps(bounds.multiplier[r]), _mm256_mul_ps(scale, dot),
                _mm256_add_ps(_mm256_set1_ps(bounds.offset[r]), offset));
            __m256 slack = _mm256_fmadd_ps(
                _mm256_set1_ps(bounds.perNorm[r]), norm,
                _mm256_fmadd_ps(
                    _mm256_set1_ps(bounds.perError[r]), error,
                    _mm256_add_ps(_mm256_set1_ps(bounds.fixed[r]), fixed)));
            __m256 upper = _mm256_add_ps(estimate, slack);
            unsigned left =
                (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(upper, threshold, _CMP_NLT_UQ)) & real;
            if (__builtin_expect(left == 0, 1)) continue;
            if (!is_allowed(allowed, firstRow + r)) continue;
            float uppers[LANES], lowers[LANES];
            _mm256_storeu_ps(uppers, upper);
            _mm256_storeu_ps(lowers, _mm256_sub_ps(estimate, slack));
            for (unsigned bits = left; bits != 0; bits &= bits - 1) {
                size_t q = (size_t)__builtin_ctz(bits);
                keep(
                    possible + at + q, uppers[q] == uppers[q] ? uppers[q] : INFINITY, lowers[q],
                    first + r);
                lanes[5][at + q] = threshold_of(possible + at + q, queries[at + q].floor);
            }
            threshold = _mm256_loadu_ps(lanes[5] + at);
        }
    }
}

AVX512 static void offer_bounds_group_avx512(
    reel_possible *possible, size_t queryCount, const int32_t *dots, reel_row_bounds bounds,
    size_t count, const reel_query_bounds *queries, uint64_t first, const uint64_t *allowed,
    size_t firstRow
) {
    float lanes[6][REEL_QUERY_GROUP] = {{0}};  // scale, norm, error, offset, fixed, threshold
    for (size_t q = 0; q < queryCount; q++) {
        lanes[0][q] = queries[q].scale;
        lanes[1][q] = queries[q].norm;
        lanes[2][q] = queries[q].error;
        lanes[3][q] = queries[q].offset;
        lanes[4][q] = queries[q].fixed;
        lanes[5][q] = threshold_of(possible + q, queries[q].floor);
    }
    const __m512 scale = _mm512_loadu_ps(lanes[0]), norm = _mm512_loadu_ps(lanes[1]);
    const __m512 error = _mm512_loadu_ps(lanes[2]), offset = _mm512_loadu_ps(lanes[3]);
    const __m512 fixed = _mm512_loadu_ps(lanes[4]);
    __m512 threshold = _mm512_loadu_ps(lanes[5]);
    const __mmask16 real = (__mmask16)((1u << queryCount) - 1);
    for (size_t r = 0; r < count; r++) {
        __m512 dot = _mm512_cvtepi32_ps(_mm512_loadu_si512(dots + r * REEL_QUERY_GROUP));
        __m512 estimate = _mm512_fmadd_ps(
            _mm512_set1_ps(bounds.multiplier[r]), _mm512_mul_ps(scale, dot),
            _mm512_add_ps(_mm512_set1_ps(bounds.offset[r]), offset));
        __m512 slack = _mm512_fmadd_ps(
            _mm512_set1_ps(bounds.perNorm[r]), norm,
            _mm512_fmadd_ps(
                _mm512_set1_ps(bounds.perError[r]), error,
                _mm512_add_ps(_mm512_set1_ps(bounds.fixed[r]), fixed)));
        __m512 upper = _mm512_add_ps(estimate, slack);
        __mmask16 left = _mm512_mask_cmp_ps_mask(real, upper, threshold, _CMP_NLT_UQ);
        if (__builtin_expect(left == 0, 1)) continue;
        if (!is_allowed(allowed, firstRow + r)) continue;
        float uppers[REEL_QUERY_GROUP], lowers[REEL_QUERY_GROUP];
        _mm512_storeu_ps(uppers, upper);
        _mm512_storeu_ps(lowers, _mm512_sub_ps(estimate, slack));
        for (unsigned bits = left; bits != 0; bits &= bits - 1) {
            int q = __builtin_ctz(bits);
            keep(
                possible + q, uppers[q] == uppers[q] ? uppers[q] : INFINITY, lowers[q], first + r);
            lanes[5][q] = threshold_of(possible + q, queries[q].floor);
        }
        threshold = _mm512_loadu_ps(lanes[5]);
    }
}
#else
#define offer_bounds_avx2 offer_bounds
#define offer_bounds_group_avx2 offer_bounds_group_scalar
#define offer_bounds_group_avx512 offer_bounds_group_scalar
#endif

void reel_offer_bounds(
    reel_possible *possible, const int32_t *dots, reel_row_bounds bounds, size_t count,
    reel_query_bounds query, uint64_t first, const uint32_t *positions, const uint64_t *allowed,
    size_t firstRow
) {
    if (reel_dot_has_avx2()) {
        offer_bounds_avx2(
            possible, dots, bounds, count, query, first, positions, allowed, firstRow);
    } else {
        offer_bounds(possible, dots, bounds, count, query, first, positions, allowed, firstRow);
    }
}

void reel_offer_bounds_group(
    reel_possible *possible, size_t queryCount, const int32_t *dots, reel_row_bounds bounds,
    size_t count, const reel_query_bounds *queries, uint64_t first, const uint64_t *allowed,
    size_t firstRow
) {
    if (reel_dot_has_avx512() && __builtin_cpu_supports("avx512dq")) {
        offer_bounds_group_avx512(
            possible, queryCount, dots, bounds, count, queries, first, allowed, firstRow);
    } else if (reel_dot_has_avx2()) {
        offer_bounds_group_avx2(
            possible, queryCount, dots, bounds, count, queries, first, allowed, firstRow);
    } else {
        offer_bounds_group_scalar(
            possible, queryCount, dots, bounds, count, queries, first, allowed, firstRow);
    }
}
