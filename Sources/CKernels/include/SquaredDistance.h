// Squared Euclidean distances, added up from the differences themselves: what is left when nearly
// equal vectors are subtracted is exact, which |q|² + |x|² − 2⟨q, x⟩ is not.
#ifndef REEL_SQUAREDDISTANCE_H
#define REEL_SQUAREDDISTANCE_H
#include <stddef.h>
#include <stdint.h>

/// distances[i] = |query − row i|². A distance depends on its two vectors and the processor only.
void reel_squared_distance_f32(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances);
void reel_squared_distance_f16(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query,
    float *distances);

/// The scalar twins.
void reel_squared_distance_f32_scalar(
    const float *rows, size_t rowCount, size_t dimension, const float *query, float *distances);
void reel_squared_distance_f16_scalar(
    const uint16_t *rows, size_t rowCount, size_t dimension, const float *query,
    float *distances);
#endif
