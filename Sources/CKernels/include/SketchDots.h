// Integer products of sketched rows with rounded queries (Int8Sketch.h). Every variant gives the
// same integers.
#ifndef REEL_SKETCHDOTS_H
#define REEL_SKETCHDOTS_H
#include "Int8Sketch.h"

/// Products of one query with rows: dots[i] = Σ u · c of row `positions[i]`, or of row i where
/// `positions` is null.
typedef void reel_fine_dot_function(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots);
reel_fine_dot_function reel_fine_dot;
reel_fine_dot_function reel_fine_dot_scalar;
reel_fine_dot_function reel_fine_dot_avx2;
reel_fine_dot_function reel_fine_dot_vnni;

/// The same for a few queries and rows that follow one another: dots[query · stride + row].
typedef void reel_fine_dots_function(
    const int8_t *rows, size_t rowCount, size_t width, const reel_fine_query *queries,
    size_t queryCount, int32_t *dots, size_t stride);
reel_fine_dots_function reel_fine_dots;
reel_fine_dots_function reel_fine_dots_scalar;
reel_fine_dots_function reel_fine_dots_vnni;

/// The sum of each row's codes.
typedef void reel_code_sums_function(
    const int8_t *rows, size_t rowCount, size_t width, int32_t *sums);
reel_code_sums_function reel_code_sums;
reel_code_sums_function reel_code_sums_scalar;
reel_code_sums_function reel_code_sums_avx2;

/// Products of rows with groups of packed queries:
/// dots[(group · rowCount + row) · 16 + query] = Σ u · c.
typedef void reel_coarse_dot_function(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    uint8_t zero, size_t groupCount, int32_t *dots);
reel_coarse_dot_function reel_coarse_dot;
reel_coarse_dot_function reel_coarse_dot_scalar;
/// Only for queries packed with the zero 64: two products of bytes must fit 16 bits.
reel_coarse_dot_function reel_coarse_dot_avx2;
reel_coarse_dot_function reel_coarse_dot_vnni;

/// The same products of up to eight queries that are not interleaved (`reel_coarse_queries_spread`):
/// dots[row · 16 + query]. What stands behind the last query is not said.
typedef void reel_coarse_few_function(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *spread,
    uint8_t zero, size_t queryCount, int32_t *dots);
reel_coarse_few_function reel_coarse_few_scalar;
/// For sixteen lanes' worth of queries tiles are quicker; up to eight leave half of them empty.
reel_coarse_few_function reel_coarse_few_vnni;

/// Asks for bytes that will be read soon; nothing else happens.
void reel_fetch_ahead(const void *bytes, size_t count);

/// What queries are packed with for `reel_coarse_dot` on this processor: 128, for eight bits, or
/// 64, for seven.
uint8_t reel_coarse_zero(void);

/// Whether the processor multiplies bytes in 512 bits (AVX-512 VNNI).
bool reel_has_vnni(void);
#endif
