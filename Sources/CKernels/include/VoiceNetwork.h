// What a network for sound does between its matrix products: magnitudes of a spectrum, rectified
// biases, the steps of a recurrent cell, a logistic output. Rows are contiguous unless a stride is
// given; counts and strides are in floats.
#ifndef REEL_VOICENETWORK_H
#define REEL_VOICENETWORK_H
#include "Activations.h"
#include <stddef.h>

/// Row by row: `magnitudes[i] = √(real[i]² + imaginary[i]²)` for `bins` values, where the
/// imaginary parts follow the real ones in each row of `spectrum` (rows × 2·bins).
void reel_magnitudes(
    const float *spectrum, size_t rows, size_t bins, float *magnitudes, size_t stride);

/// Each row plus the bias, and nothing below zero. `values` is rows × columns, in place.
void reel_add_bias_rectify(float *values, const float *bias, size_t rows, size_t columns);

/// The width of the recurrent cell's state.
enum { REEL_LSTM_WIDTH = 128 };

/// Steps of a long short-term memory (Hochreiter & Schmidhuber 1997) 128 values wide.
/// `inputs` steps × 512: the input's share of the gates and both biases, in the order input,
/// forget, candidate, output; overwritten. `weights` 128 × 512: the state's share, transposed.
/// `hidden` and `cell`, 128 each, are the state before and after. `states` steps × 128 gets each
/// step's hidden state.
void reel_lstm(
    float *inputs, size_t steps, const float *weights, float *hidden, float *cell, float *states);

/// For each row: the logistic function of `bias` + Σ weights·max(0, row).
void reel_rectified_logistic(
    const float *rows_start, size_t rows, size_t columns, const float *weights, float bias,
    float *output);

/// The same at a level the caller has checked the processor for: for tests of every level.
void reel_magnitudes_at(
    reel_vector_level level, const float *spectrum, size_t rows, size_t bins, float *magnitudes,
    size_t stride);
void reel_add_bias_rectify_at(
    reel_vector_level level, float *values, const float *bias, size_t rows, size_t columns);
void reel_lstm_at(
    reel_vector_level level, float *inputs, size_t steps, const float *weights, float *hidden,
    float *cell, float *states);
void reel_rectified_logistic_at(
    reel_vector_level level, const float *rows_start, size_t rows, size_t columns,
    const float *weights, float bias, float *output);

/// The scalar twins: double arithmetic and the C library's exp, tanh and sqrt.
void reel_magnitudes_scalar(
    const float *spectrum, size_t rows, size_t bins, float *magnitudes, size_t stride);
void reel_add_bias_rectify_scalar(float *values, const float *bias, size_t rows, size_t columns);
void reel_lstm_scalar(
    float *inputs, size_t steps, const float *weights, float *hidden, float *cell, float *states);
void reel_rectified_logistic_scalar(
    const float *rows_start, size_t rows, size_t columns, const float *weights, float bias,
    float *output);
#endif
