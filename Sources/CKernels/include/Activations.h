// What a transformer does between its matrix products: layer normalisation, softmax, GELU,
// pooling, unit length. Rows are contiguous; counts are in floats.
#ifndef REEL_ACTIVATIONS_H
#define REEL_ACTIVATIONS_H
#include "Processor.h"
#include <stddef.h>
#include <stdint.h>

/// Each row minus its mean, over its deviation, times scale plus shift (Ba et al. 2016).
/// `input` and `output` may be the same.
void reel_layer_norm(
    const float *input, const float *scale, const float *shift, float epsilon,
    float *output, size_t rows, size_t columns);
/// Softmax of each row in place. With `causal`, row r sees columns 0…r and the rest become 0.
void reel_softmax(float *scores, size_t rows, size_t columns, int causal);
/// x Φ(x), with the error function (Hendrycks & Gimpel 2016).
void reel_gelu(float *values, size_t count);
/// The same with tanh in place of the error function ("gelu_new").
void reel_gelu_tanh(float *values, size_t count);
/// x sigmoid(1.702 x), OpenAI CLIP's own.
void reel_quick_gelu(float *values, size_t count);
/// x, or 0 where it is below.
void reel_relu(float *values, size_t count);
/// Each row divided by its Euclidean length, which is written to `lengths` (one a row).
/// A row of zeros stays so.
void reel_unit_length(float *values, size_t rows, size_t columns, float *lengths);
/// The mean of the rows, `columns` floats.
void reel_mean_of_rows(const float *rows_start, size_t rows, size_t columns, float *mean);

/// The same at a level the caller has checked the processor for: for tests of every level.
void reel_layer_norm_at(
    reel_vector_level level, const float *input, const float *scale, const float *shift,
    float epsilon, float *output, size_t rows, size_t columns);
void reel_softmax_at(
    reel_vector_level level, float *scores, size_t rows, size_t columns, int causal);
void reel_gelu_at(reel_vector_level level, float *values, size_t count);
void reel_gelu_tanh_at(reel_vector_level level, float *values, size_t count);
void reel_quick_gelu_at(reel_vector_level level, float *values, size_t count);
void reel_relu_at(reel_vector_level level, float *values, size_t count);
void reel_unit_length_at(
    reel_vector_level level, float *values, size_t rows, size_t columns, float *lengths);
void reel_mean_of_rows_at(
    reel_vector_level level, const float *rows_start, size_t rows, size_t columns, float *mean);

/// The scalar twins: double arithmetic and the C library's exp, erf and tanh.
void reel_layer_norm_scalar(
    const float *input, const float *scale, const float *shift, float epsilon,
    float *output, size_t rows, size_t columns);
void reel_softmax_scalar(float *scores, size_t rows, size_t columns, int causal);
void reel_gelu_scalar(float *values, size_t count);
void reel_gelu_tanh_scalar(float *values, size_t count);
void reel_quick_gelu_scalar(float *values, size_t count);
void reel_relu_scalar(float *values, size_t count);
void reel_unit_length_scalar(float *values, size_t rows, size_t columns, float *lengths);
void reel_mean_of_rows_scalar(const float *rows_start, size_t rows, size_t columns, float *mean);
#endif
