// The loops of k-means over sketched rows: which centre each row is nearest to.
#ifndef REEL_CLUSTERING_H
#define REEL_CLUSTERING_H
#include "Int8Sketch.h"
#include "ScoreBounds.h"

/// Improves each row's best centre with a group of 16: score = ⟨x, c⟩ − penalty(c), where
/// `dots` are the products of `reel_coarse_dot` for that group and `scales` the centres'.
/// Centre q of the group has the number `first` + q; `centreCount` of them are real. Equal scores
/// keep the lower number.
typedef void reel_nearest_centres_function(
    const int32_t *dots, const reel_row_sketch *rows, size_t rowCount, const float *scales,
    const float *penalties, size_t centreCount, uint32_t first, float *best, uint32_t *centres);
reel_nearest_centres_function reel_nearest_centres;
reel_nearest_centres_function reel_nearest_centres_scalar;

/// The mean of the rows with these numbers, added up in their order.
void reel_mean_of_chosen(
    const float *rows, const uint32_t *numbers, size_t count, size_t dimension, float *mean);

/// For few dimensions: per code (0…255) the sum of its rows and how many there are; both outputs
/// are cleared first. `sums` is codes × dimension, for as many codes as `counts` is long.
void reel_add_parts(
    const float *rows, const uint8_t *codes, size_t rowCount, size_t dimension, size_t codeCount,
    float *sums, uint32_t *counts);

/// rest = row − centre; returns its squared length.
float reel_rest(const float *row, const float *centre, size_t dimension, float *rest);

/// Scores of one query with sketched centres: products, or twice the product minus the centre's
/// square, which orders like minus the squared distance.
void reel_estimate_scores(
    const int32_t *dots, const reel_row_sketch *sketches, size_t count, float scale,
    reel_metric metric, float *scores);
#endif
