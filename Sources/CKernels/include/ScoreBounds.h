// What the sketch of a row says about its score: an estimate, and how far off it can be.
//
// With row x = s·c + r and query q = t·u + e (Int8Sketch.h):
//   ⟨q, x⟩ − s·t·⟨u, c⟩ = ⟨q, r⟩ + s·⟨e, c⟩,
// so by Cauchy and Schwarz the estimate is off by at most |q|·|r| + |e|·(|x| + |r|), and by what
// the floats of the estimate and of the exact score lose: less than (d + 16)·2⁻²³·|q|·|x|. A row
// whose upper bound lies below the k-th largest lower bound is not among the best k.
#ifndef REEL_SCOREBOUNDS_H
#define REEL_SCOREBOUNDS_H
#include "DotProduct.h"
#include "Int8Sketch.h"

typedef enum {
    reel_metric_inner_product = 0,
    reel_metric_cosine = 1,
    /// Minus the squared distance.
    reel_metric_euclidean = 2,
} reel_metric;

/// Per row: estimate = multiplier · scale of query · dot + offset, off by at most
/// fixed + perNorm · |q| + perError · |e|.
typedef struct {
    float *multiplier, *offset, *fixed, *perNorm, *perError;
} reel_row_bounds;

/// Rows of zero length have the cosine 0, which only the exact score knows: their bounds are
/// infinite, as are those of rows whose squares overflow.
void reel_row_bounds_set(
    const reel_row_sketch *sketches, const uint32_t *positions, size_t count, size_t dimension,
    reel_metric metric, reel_row_bounds bounds);

/// What bounds need to know of a query.
typedef struct {
    float scale, norm, error;
    /// Added to every estimate, and to every bound.
    float offset, fixed;
    /// Rows whose upper bound is lower are ruled out, whatever is known here: other parts of the
    /// search have found as many better ones. −∞ at first.
    float floor;
} reel_query_bounds;

reel_query_bounds reel_query_bounds_make(
    float scale, float norm, float error, size_t dimension, reel_metric metric);

/// Rows that may be among the best `limit` of a query.
typedef struct {
    /// The largest lower bounds, in no order, and some that were among them; room for 2 · limit.
    float *lowest;
    size_t lowestCount, limit;
    /// As many rows as are sought reach it; −∞ until there are so many.
    float threshold;
    /// Upper bound and position of every row not ruled out when it was met.
    reel_candidate *pending;
    size_t pendingCount;
} reel_possible;

/// One for which no row was met yet.
reel_possible reel_possible_make(
    float *lowest, size_t limit, reel_candidate *pending);
/// A bound that a row's upper bound must reach: the largest that is known, after `tighten`.
float reel_possible_threshold(const reel_possible *possible);
void reel_possible_offer_lower(reel_possible *possible, float lower);
/// Forgets lower bounds that are not among the largest.
void reel_possible_tighten(reel_possible *possible);
/// Forgets the pending rows that have been ruled out since.
void reel_possible_prune(reel_possible *possible);
/// The same with a bound that others know.
void reel_possible_prune_below(reel_possible *possible, float threshold);

/// Offers the rows of one query. Row i has the position `first` + i, or first + positions[i];
/// where `allowed` is not null, only rows whose bit (row `firstRow` + i, or positions[i]) is set.
/// `pending` must have room for `count` more.
void reel_offer_bounds(
    reel_possible *possible, const int32_t *dots, reel_row_bounds bounds, size_t count,
    reel_query_bounds query, uint64_t first, const uint32_t *positions, const uint64_t *allowed,
    size_t firstRow);

/// The same for a group of 16 queries with the products of `reel_coarse_dot`; the first
/// `queryCount` of them are real.
void reel_offer_bounds_group(
    reel_possible *possible, size_t queryCount, const int32_t *dots, reel_row_bounds bounds,
    size_t count, const reel_query_bounds *queries, uint64_t first, const uint64_t *allowed,
    size_t firstRow);
#endif
