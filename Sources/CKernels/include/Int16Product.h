// Products of matrices in fixed point: twelve bits a number, as many as single precision needs to
// be told apart by an embedding, and twice as many of them in a register. Sums are exact integers
// over 512 terms at a time, so a row's result does not depend on its neighbours or the processor.
#ifndef REEL_INT16PRODUCT_H
#define REEL_INT16PRODUCT_H
#include "Activations.h"
#include <stddef.h>
#include <stdint.h>

enum {
    /// Largest code: 512 · 2047² just fits a sum of 32 bits.
    reel_int16_largest = 2047,
    reel_int16_block = 512,
    /// Outputs that lie together in packed weights.
    reel_panel_width = 16,
};

/// Depth rounded up to whole pairs; a row of codes is as long.
static inline size_t reel_int16_stride(size_t depth) { return (depth + 1) & ~(size_t)1; }
static inline size_t reel_panel_count(size_t outputs) {
    return (outputs + reel_panel_width - 1) / reel_panel_width;
}

/// Weights as `reel_int16_pack` leaves them. All pointers are aligned to 64 bytes.
typedef struct {
    const int16_t *codes;  // panels × stride/2 × 16 outputs × 2
    const float *scales;   // panels × 16: what a code of 1 stands for
    const float *bias;     // panels × 16; zeros where there is none
    size_t outputs;
    size_t depth;
} reel_int16_weights;

/// `weights` outputs × depth into codes of panels × 16 × stride and scales of panels × 16.
void reel_int16_pack(
    const float *weights, size_t outputs, size_t depth, int16_t *codes, float *scales);

/// Rows of `depth` floats to rows of `stride` codes, each by its own largest value. A row that holds
/// a number that is not finite gets the scale NaN, so its results are not numbers either.
void reel_int16_rows(
    const float *input, size_t rows, size_t depth, int16_t *codes, float *scales);

/// output = input · weightsᵀ + bias, or with `add` output += the same, for the panels from
/// `first_panel` on. `output` is rows × output_stride, and starts at output 0.
void reel_int16_product(
    const int16_t *codes, const float *scales, size_t rows, const reel_int16_weights *weights,
    size_t first_panel, size_t panel_count, int add, float *output, size_t output_stride);
/// The same at a level the caller has checked the processor for.
void reel_int16_product_at(
    reel_vector_level level, const int16_t *codes, const float *scales, size_t rows,
    const reel_int16_weights *weights, size_t first_panel, size_t panel_count, int add,
    float *output, size_t output_stride);
#endif
