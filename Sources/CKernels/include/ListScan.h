// Looks through lists of 4-bit codes (PQScan.h) and keeps the best rows of each query.
//
// Queries that look into the same list go through it together: a block of codes is read and taken
// apart once for four of them. Sums that are too small are left in their registers; what is kept
// is sorted out only when its room is full.
#ifndef REEL_LISTSCAN_H
#define REEL_LISTSCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The best `wanted` rows of a query by value; of equal ones those that were met first. What is
/// kept does not depend on `capacity`.
typedef struct {
    uint16_t *values;
    uint32_t *rows;
    /// Room for so many: a multiple of 32, at least wanted + 64.
    size_t capacity;
    size_t wanted, count;
    /// Rows of a smaller value are not among the best.
    uint32_t threshold;
} reel_best_rows;

/// Begins anew.
void reel_best_rows_begin(reel_best_rows *best, size_t wanted);
/// Leaves the best in `rows`, in the order they were met, with their values; at most `wanted`.
void reel_best_rows_end(reel_best_rows *best);

/// A query that looks into a list.
typedef struct {
    /// Its tables in bytes (`reel_byte_tables_set`).
    const uint8_t *entries;
    /// Added to every sum there; what passes 65 535 counts as that.
    uint32_t base;
    reel_best_rows *best;
} reel_list_query;

/// Offers the rows of a list, firstRow + 0 … rowCount − 1, to each query.
/// `allowed`: a bit a row of the whole index, or null.
typedef void reel_list_scan_function(
    const uint8_t *blocks, size_t rowCount, size_t partCount, uint32_t firstRow,
    const uint64_t *allowed, const reel_list_query *queries, size_t queryCount);
reel_list_scan_function reel_list_scan;
reel_list_scan_function reel_list_scan_scalar;
reel_list_scan_function reel_list_scan_avx2;
/// Needs AVX-512 with VBMI2.
reel_list_scan_function reel_list_scan_vbmi2;
bool reel_has_vbmi2(void);

/// counts[n] += how many rows of a list have the value limits[n] or more; values are those of a
/// query with these tables and this base.
typedef void reel_list_count_function(
    const uint8_t *blocks, size_t rowCount, size_t partCount, const uint8_t *entries,
    uint32_t base, const uint32_t *limits, size_t limitCount, uint32_t *counts);
reel_list_count_function reel_list_count;
reel_list_count_function reel_list_count_scalar;
reel_list_count_function reel_list_count_avx2;
/// Needs AVX-512 with VBMI2.
reel_list_count_function reel_list_count_vbmi2;

/// The numbers of the `wanted` largest scores, ascending; of equal ones the first. No number is
/// never among them. `keys` takes `count` numbers.
/// Returns how many there are: fewer than `wanted` where there are not as many.
size_t reel_choose_largest(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen);
size_t reel_choose_largest_scalar(
    const float *scores, size_t count, size_t wanted, int32_t *keys, uint32_t *chosen);
#endif
