// Products of matrices in single precision with weights laid out once: sixteen outputs lie together,
// so that no product has to rearrange them, and an activation or a sum is applied while the result
// is near. A row's result depends neither on its neighbours nor on how the outputs are shared out.
#ifndef REEL_SINGLEPRODUCT_H
#define REEL_SINGLEPRODUCT_H
#include "Int16Product.h"

/// Weights as `reel_single_pack` leaves them. All pointers are aligned to 64 bytes.
typedef struct {
    const float *panels;  // panels × depth × 16 outputs
    const float *bias;    // panels × 16; zeros where there is none
    size_t outputs;
    size_t depth;
} reel_single_weights;

/// `weights` outputs × depth into panels × depth × 16.
void reel_single_pack(const float *weights, size_t outputs, size_t depth, float *panels);

/// output = input · weightsᵀ + bias, or with `add` output += the same, for the panels from
/// `first_panel` on. `input` is rows × depth; `output` is rows × output_stride, and starts at
/// output 0.
void reel_single_product(
    const float *input, size_t rows, const reel_single_weights *weights, size_t first_panel,
    size_t panel_count, int add, float *output, size_t output_stride);
/// The same at a level the caller has checked the processor for.
void reel_single_product_at(
    reel_vector_level level, const float *input, size_t rows, const reel_single_weights *weights,
    size_t first_panel, size_t panel_count, int add, float *output, size_t output_stride);
/// The scalar twin, in double precision.
void reel_single_product_scalar(
    const float *input, size_t rows, const reel_single_weights *weights, size_t first_panel,
    size_t panel_count, int add, float *output, size_t output_stride);
#endif
