// The "fast scan" of 4-bit codes (André and others 2015, 2019): the tables of a query are rounded
// to bytes and looked up inside a register, 16 entries for 16 rows at once.
//
// Codes lie in blocks of 32 rows; parts are taken four at a time (64 bytes a block): byte i of
// quarter j holds part 4g + j of row i in its lower half and of row i + 16 in its upper half.
//
// Entries are rounded so coarsely that the sums of 16 groups fit a byte: with 16 centres a part
// the codes themselves are off by far more, and the best rows are looked at again anyway.
#ifndef REEL_PQSCAN_H
#define REEL_PQSCAN_H
#include <stddef.h>
#include <stdint.h>

enum { REEL_CODE_BLOCK = 32 };

/// Bytes of a block: 64 for each group of four parts, the last filled up with zeros.
size_t reel_code_block_size(size_t partCount);

/// Packs the codes of up to 32 rows (one byte a code, rowCount × partCount); missing rows are
/// zeros.
void reel_code_block_pack(
    const uint8_t *codes, size_t rowCount, size_t partCount, uint8_t *block);
/// The codes of one row, 0…31, of a block, one byte each.
void reel_code_block_unpack(
    const uint8_t *block, size_t row, size_t partCount, uint8_t *codes);

/// A query's tables in bytes: value = lowest + step · Σ entries.
typedef struct {
    float step, lowest;
    /// The largest sum of entries that can occur.
    uint32_t largest;
} reel_byte_tables;

/// Rounds tables of partCount × 16; `entries` takes 64 bytes for each group of four parts.
/// With `step` 0 the step is chosen so that the entries just fit.
reel_byte_tables reel_byte_tables_set(
    const float *tables, size_t partCount, float step, uint8_t *entries);

/// sums[32 · block + row]: the entries that each row's codes name, added up.
typedef void reel_code_scan_function(
    const uint8_t *blocks, size_t blockCount, size_t partCount, const uint8_t *entries,
    uint16_t *sums);
reel_code_scan_function reel_code_scan;
reel_code_scan_function reel_code_scan_scalar;
reel_code_scan_function reel_code_scan_avx2;
reel_code_scan_function reel_code_scan_avx512;

/// How many values are `limit` or more.
size_t reel_count_at_least(const float *values, size_t count, float limit);
#endif
