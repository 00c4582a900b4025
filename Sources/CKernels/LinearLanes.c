#include "LinearLanes.h"
#include "DotProduct.h"

// A product and a sum are rounded one after the other everywhere, so that all processors agree.
#pragma STDC FP_CONTRACT OFF

#define INLINE __attribute__((always_inline)) static inline

// Compiled to what the processor has: two registers of AVX2, four of SSE.
typedef float lanes __attribute__((vector_size(REEL_LANES * sizeof(float)), may_alias));

/// Four sums that do not wait for one another.
INLINE void margins_of(
    const reel_sparse_rows *rows, size_t row, const float *weights, float *margins
) {
    const lanes *w = (const lanes *)weights;
    size_t k = rows->starts[row], end = rows->starts[row + 1];
    const uint32_t *terms = rows->terms;
    const float *values = rows->values;
    lanes s0 = w[rows->width], s1 = {0}, s2 = {0}, s3 = {0};
    for (; k + 4 <= end; k += 4) {
        s0 += values[k] * w[terms[k]];
        s1 += values[k + 1] * w[terms[k + 1]];
        s2 += values[k + 2] * w[terms[k + 2]];
        s3 += values[k + 3] * w[terms[k + 3]];
    }
    for (; k < end; k++) s0 += values[k] * w[terms[k]];
    lanes sum = (s0 + s1) + (s2 + s3);
    __builtin_memcpy(margins, &sum, sizeof sum);
}

INLINE void descend(
    const reel_sparse_rows *rows, const uint32_t *order, size_t count, reel_lane_problems *p
) {
    // Smaller gradients are what rounding leaves.
    const float least = 1e-6f;
    lanes *w = (lanes *)p->weights;
    for (size_t place = 0; place < count; place++) {
        size_t row = order[place];
        float margins[REEL_LANES], steps[REEL_LANES] = {0};
        margins_of(rows, row, p->weights, margins);
        float *multipliers = p->multipliers + row * REEL_LANES;
        const int8_t *sides = p->sides + row * REEL_LANES;
        int moves = 0;
        for (uint32_t rest = p->active; rest; rest &= rest - 1) {
            int l = __builtin_ctz(rest);
            float side = sides[l];
            float slack = side > 0 ? p->positive_slack[l] : p->negative_slack[l];
            float gradient = side * margins[l] - 1 + slack * multipliers[l];
            // A multiplier that is 0 can only grow.
            if (multipliers[l] == 0 && gradient > 0) gradient = 0;
            if (gradient > p->highest[l]) p->highest[l] = gradient;
            if (gradient < p->lowest[l]) p->lowest[l] = gradient;
            if (gradient <= least && gradient >= -least) continue;
            float next = multipliers[l] - gradient / (rows->squares[row] + slack);
            if (next < 0) next = 0;
            steps[l] = (next - multipliers[l]) * side;
            multipliers[l] = next;
            moves = 1;
        }
        if (!moves) continue;
        lanes step;
        __builtin_memcpy(&step, steps, sizeof step);
        for (size_t k = rows->starts[row]; k < rows->starts[row + 1]; k++) {
            w[rows->terms[k]] += rows->values[k] * step;
        }
        w[rows->width] += step;
    }
}

void reel_descend_scalar(
    const reel_sparse_rows *rows, const uint32_t *order, size_t count, reel_lane_problems *problems
) {
    descend(rows, order, count, problems);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void descend_avx2(
    const reel_sparse_rows *rows, const uint32_t *order, size_t count, reel_lane_problems *problems
) {
    descend(rows, order, count, problems);
}
#else
#define descend_avx2 descend
#endif

void reel_descend(
    const reel_sparse_rows *rows, const uint32_t *order, size_t count, reel_lane_problems *problems
) {
    if (reel_dot_has_avx2()) descend_avx2(rows, order, count, problems);
    else descend(rows, order, count, problems);
}

void reel_lane_margins(
    const reel_sparse_rows *rows, size_t row, const float *weights, float *margins
) {
    margins_of(rows, row, weights, margins);
}

void reel_shuffle(uint32_t *numbers, size_t count, uint64_t *state) {
    for (size_t i = count; i > 1; i--) {
        *state += 0x9E3779B97F4A7C15u;
        uint64_t z = *state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        // The upper half as a fraction of the numbers that are left.
        size_t other = (size_t)(((z >> 32) * i) >> 32);
        uint32_t number = numbers[i - 1];
        numbers[i - 1] = numbers[other];
        numbers[other] = number;
    }
}
