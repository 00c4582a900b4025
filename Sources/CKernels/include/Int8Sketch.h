// Vectors rounded to whole numbers: rows to eight bits, which a scan reads before it looks at the
// vectors themselves, queries to eight or fourteen.
#ifndef REEL_INT8SKETCH_H
#define REEL_INT8SKETCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A row x is stored as scale · c, c whole numbers −127…127.
typedef struct {
    float scale;
    /// At least the length of x − scale · c.
    float residual;
    /// The length of x, rounded up.
    float norm;
} reel_row_sketch;

/// Bytes of a sketched row: the dimension rounded up to a multiple of 64; the rest are zeros.
size_t reel_sketch_width(size_t dimension);

/// Sketches rows of finite numbers; `codes` takes rowCount × width bytes.
void reel_sketch_rows(
    const float *rows, size_t rowCount, size_t dimension, int8_t *codes, reel_row_sketch *sketches);

/// Sets the lengths of rows that *are* scale · c: what is left over is only the rounding of that
/// product.
void reel_sketch_measure(
    const int8_t *codes, size_t rowCount, size_t width, reel_row_sketch *sketches);

/// scale · c, without the zeros at the end.
void reel_sketch_to_float(
    const int8_t *codes, float scale, size_t dimension, float *row);

/// A query rounded to about 14 bits: q ≈ scale · u, u whole numbers.
typedef struct {
    float scale;
    /// At least the length of q − scale · u.
    float error;
    /// The length of q, rounded up.
    float norm;
    /// 128 times the sum of u.
    int32_t correction;
    /// width × int16 of u, then width × int8 of its upper part, then of its lower: u = 128 · upper
    /// + lower.
    int8_t *codes;
} reel_fine_query;

/// Fills `query`, whose `codes` has room for 4 × width bytes.
void reel_fine_query_set(reel_fine_query *query, const float *values, size_t dimension);

/// Many queries, rounded to eight bits and packed for `reel_coarse_dot` (SketchDots.h), in groups
/// of 16.
enum { REEL_QUERY_GROUP = 16 };

/// Packs up to 16 queries as u + zero, |u| < zero; missing ones become zeros. `packed` takes
/// 16 × width bytes; the other three 16 values each: q ≈ scale · u, the length of the rest, and
/// the length of q. `zero` is 128 or 64: `reel_coarse_zero` (SketchDots.h).
void reel_coarse_queries_pack(
    const float *queries, size_t count, size_t dimension, uint8_t zero, uint8_t *packed,
    float *scales, float *errors, float *norms);

/// The first eight queries of a packed group one after another, for `reel_coarse_few_vnni`: eight ×
/// width bytes.
void reel_coarse_queries_spread(const uint8_t *packed, size_t width, uint8_t *spread);
#endif
