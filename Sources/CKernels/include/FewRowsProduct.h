// output = input · weightsᵀ + bias for an input of few rows: a query's tokens through a linear layer.
// A general matrix product first copies the weights into another order, which costs more than the
// arithmetic when only a few rows use them; this one reads each weight once, where it lies.
#ifndef REEL_FEWROWSPRODUCT_H
#define REEL_FEWROWSPRODUCT_H
#include "Activations.h"
#include <stddef.h>

/// `input` rows × depth, `weights` outputs × depth, `output` rows × output_stride of which the
/// first `outputs` of each row are written, or with `add` added to; `bias` may be NULL.
void reel_few_rows_product(
    const float *input, size_t rows, size_t depth, const float *weights, size_t outputs,
    const float *bias, int add, float *output, size_t output_stride);
/// The same at a level the caller has checked the processor for.
void reel_few_rows_product_at(
    reel_vector_level level, const float *input, size_t rows, size_t depth, const float *weights,
    size_t outputs, const float *bias, int add, float *output, size_t output_stride);
/// The scalar twin, in double precision.
void reel_few_rows_product_scalar(
    const float *input, size_t rows, size_t depth, const float *weights, size_t outputs,
    const float *bias, int add, float *output, size_t output_stride);
#endif
