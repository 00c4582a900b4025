// Inner products of stored vectors with queries, and the best of them: what a flat scan does.
#ifndef REEL_DOTPRODUCT_H
#define REEL_DOTPRODUCT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Inner products of `rowCount` × `queryCount` pairs, each vector of `dimension` elements, both
/// sides row-major: `scores[query * stride + row]`, stride ≥ rowCount. Any alignment.
///
/// A pair's score depends only on its two vectors and the processor, never on what else is in
/// the call: one query or many, first row or last, the bits are the same.
typedef void reel_dot_f32_function(
    const float *rows, size_t rowCount, size_t dimension, const float *queries, size_t queryCount,
    float *scores, size_t stride);
/// The same with rows of IEEE 754 binary16; queries stay 32-bit.
typedef void reel_dot_f16_function(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *queries,
    size_t queryCount, float *scores, size_t stride);

/// With the widest instructions the processor has.
reel_dot_f32_function reel_dot_f32;
reel_dot_f16_function reel_dot_f16;

/// The scalar twins.
reel_dot_f32_function reel_dot_f32_scalar;
reel_dot_f16_function reel_dot_f16_scalar;

/// The variants, to be called only where the processor has what they need.
bool reel_dot_has_avx2(void);
bool reel_dot_has_avx512(void);
reel_dot_f32_function reel_dot_f32_avx2;
reel_dot_f16_function reel_dot_f16_avx2;
reel_dot_f32_function reel_dot_f32_avx512;
reel_dot_f16_function reel_dot_f16_avx512;

/// Index of the first value whose magnitude is not below `limit`, NaN included; `count` when all
/// are below. With an infinite limit: the first that is not finite.
size_t reel_first_beyond(const float *values, size_t count, float limit);

/// A row that may be among the best.
typedef struct {
    float score;
    /// Among equal scores the lower position is better.
    uint64_t position;
} reel_candidate;

/// Offers `count` scores, at positions `first`, `first` + 1, …, to a heap of the best
/// `capacity`, worst on top. NaN is never kept. Returns the heap's new size.
size_t reel_offer_scores(
    reel_candidate *heap, size_t size, size_t capacity, const float *scores, size_t count,
    uint64_t first);
#endif
