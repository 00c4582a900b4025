// Products of matrices in seven bits: 64 neighbouring inputs share a scale, on both sides, which
// makes up for the coarse steps. Seven bits and not eight because AVX2 adds pairs of products in
// sixteen bits, and four products of 127 · 63 just fit; so every processor gives the same sums.
#ifndef REEL_INT8PRODUCT_H
#define REEL_INT8PRODUCT_H
#include "Int16Product.h"

enum {
    reel_int8_group = 64,
    /// Weights are −63…63, inputs 0…127 about a zero point of their own.
    reel_int8_largest_weight = 63,
    reel_int8_largest_input = 127,
};

/// Depth rounded up to whole eights; a row of codes is as long.
static inline size_t reel_int8_stride(size_t depth) { return (depth + 7) & ~(size_t)7; }
static inline size_t reel_int8_groups(size_t depth) {
    return (depth + reel_int8_group - 1) / reel_int8_group;
}

/// Weights as `reel_int8_pack` leaves them. All pointers are aligned to 64 bytes.
typedef struct {
    const int8_t *codes;  // panels × stride/4 × 16 outputs × 4
    const float *scales;  // panels × groups × 16
    const float *sums;    // panels × groups × 16: of the codes
    const float *bias;    // panels × 16; zeros where there is none
    size_t outputs;
    size_t depth;
} reel_int8_weights;

/// `weights` outputs × depth into the three arrays above.
void reel_int8_pack(
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums);

/// Rows of `depth` floats to rows of `stride` codes; a scale and a zero point for each group of each
/// row. A group that holds a number that is not finite gets the scale NaN.
void reel_int8_rows(
    const float *input, size_t rows, size_t depth, uint8_t *codes, float *scales, float *zeros);

/// As reel_int16_product.
void reel_int8_product(
    const uint8_t *codes, const float *scales, const float *zeros, size_t rows,
    const reel_int8_weights *weights, size_t first_panel, size_t panel_count, int add,
    float *output, size_t output_stride);
/// The same at a level the caller has checked the processor for.
void reel_int8_product_at(
    reel_vector_level level, const uint8_t *codes, const float *scales, const float *zeros,
    size_t rows, const reel_int8_weights *weights, size_t first_panel, size_t panel_count, int add,
    float *output, size_t output_stride);
#endif
