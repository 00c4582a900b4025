// Shrinks and enlarges pictures of red, green and blue bytes along one side at a time, with the
// arithmetic of Pillow 8-bit resampling (integer weights, rounded to bytes after each side), so
// that models see the pixels they were trained on.
#ifndef REEL_PICTURERESAMPLING_H
#define REEL_PICTURERESAMPLING_H
#include <stddef.h>
#include <stdint.h>

/// Fractional bits of the weights: 8 bits for a byte, 2 for overshoot, the rest of 32.
enum { reel_resampling_bits = 32 - 8 - 2 };

/// For every output place: which inputs it draws on and how much.
typedef struct {
    size_t count;             // output places
    size_t taps;              // room for weights at each place
    const int32_t *first;     // count: the first input
    const int32_t *used;      // count: inputs drawn on, 1…taps
    const int32_t *weights;   // count × taps, reel_resampling_bits fractional bits, sum about 1
} reel_resampling;

/// Rows of `input` (width × 3 bytes each) become rows of `output` (places->count × 3 bytes).
void reel_resample_rows(
    const uint8_t *input, size_t width, size_t rows, const reel_resampling *places,
    uint8_t *output);
/// places->count rows of `row_bytes` bytes, each drawn from rows of `input`.
void reel_resample_columns(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output);

/// The scalar twins.
void reel_resample_rows_scalar(
    const uint8_t *input, size_t width, size_t rows, const reel_resampling *places,
    uint8_t *output);
void reel_resample_columns_scalar(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output);
#endif
