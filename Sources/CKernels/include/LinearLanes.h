// Linear support vector machines that learn side by side from the same sparse rows: sixteen at a
// time, whose weights of one term fill a cache line.
#ifndef REEL_LINEARLANES_H
#define REEL_LINEARLANES_H
#include <stddef.h>
#include <stdint.h>

enum { REEL_LANES = 16 };

/// Row r is terms and values from starts[r] to starts[r + 1].
typedef struct {
    const uint64_t *starts;
    const uint32_t *terms;
    const float *values;
    /// Of each row, the sum of its squared values, and 1 for the constant.
    const float *squares;
    /// Terms there are: every one is below it.
    size_t width;
} reel_sparse_rows;

/// Sixteen problems; arrays of lanes have REEL_LANES elements.
typedef struct {
    /// (width + 1) × lanes, aligned to 64 bytes; the constants last.
    float *weights;
    /// Rows × lanes, 0 or more: how hard each row is held to its side.
    float *multipliers;
    /// Rows × lanes, 1 or −1.
    const int8_t *sides;
    /// Of each lane, 1 / (2 · cost of an error) in a row of side 1, and of side −1.
    const float *positive_slack, *negative_slack;
    /// Bit l: lane l still learns.
    uint32_t active;
    /// Of each active lane, the smallest and largest projected gradient of the pass.
    float *lowest, *highest;
} reel_lane_problems;

/// One pass of dual coordinate descent over rows in the given order (Hsieh et al. 2008, "A Dual
/// Coordinate Descent Method for Large-scale Linear SVM", squared hinge loss). Every processor
/// computes the same bits.
typedef void reel_descend_function(
    const reel_sparse_rows *rows, const uint32_t *order, size_t count,
    reel_lane_problems *problems);
reel_descend_function reel_descend;
reel_descend_function reel_descend_scalar;

/// Weights · row with the constants, one a lane.
void reel_lane_margins(
    const reel_sparse_rows *rows, size_t row, const float *weights, float *margins);

/// Puts the numbers into an order that depends on the state alone, and moves the state on
/// (Fisher and Yates; SplitMix64).
void reel_shuffle(uint32_t *numbers, size_t count, uint64_t *state);
#endif
