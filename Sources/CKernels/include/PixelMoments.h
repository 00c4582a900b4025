#ifndef REEL_PIXELMOMENTS_H
#define REEL_PIXELMOMENTS_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t sum;      ///< of the pixels
    uint64_t squares;  ///< sum of their squares
} reel_pixel_moments;

/// Sums of `count` bytes and of their squares: mean and contrast follow.
reel_pixel_moments reel_moments_of_pixels(const uint8_t *pixels, size_t count);
reel_pixel_moments reel_moments_of_pixels_scalar(const uint8_t *pixels, size_t count);

typedef struct {
    int64_t along;  ///< Σ (middle − first)(last − first)
    int64_t whole;  ///< Σ (last − first)²
    int64_t moved;  ///< Σ (middle − first)²
} reel_blend_products;

/// What a least-squares fit of `middle` ≈ first + share · (last − first) needs: share = along / whole,
/// and the squared error is moved − along² / whole.
reel_blend_products reel_blend_products_of_pixels(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count);
reel_blend_products reel_blend_products_of_pixels_scalar(
    const uint8_t *first, const uint8_t *middle, const uint8_t *last, size_t count);

/// Counts how many of `count` bytes fall into each of 32 equal ranges of grey, added to `counts`.
void reel_grey_histogram(const uint8_t *pixels, size_t count, uint32_t counts[32]);
#endif
