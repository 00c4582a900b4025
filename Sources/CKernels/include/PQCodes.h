// Product quantisation (Jégou and others 2011): a vector is cut into parts, and each part is
// replaced by the number of the nearest of 16 or 256 centres.
//
// A codebook is parts × elements of a part × centres, so that the centres lie side by side.
#ifndef REEL_PQCODES_H
#define REEL_PQCODES_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const float *centres;
    /// Half the squared length of each centre, parts × centreCount.
    const float *halfSquares;
    size_t partCount;
    /// Elements of a part.
    size_t partSize;
    /// 16 or 256.
    size_t centreCount;
} reel_codebook;

/// codes[row × partCount + part]: nearest centre of each part. Rows have partCount × partSize
/// elements.
void reel_pq_encode(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes);
void reel_pq_encode_scalar(
    reel_codebook codebook, const float *rows, size_t rowCount, uint8_t *codes);

/// tables[part × centreCount + centre] = inner product of the query's part with the centre.
void reel_pq_tables(reel_codebook codebook, const float *query, float *tables);
void reel_pq_tables_scalar(reel_codebook codebook, const float *query, float *tables);

/// The same for distances: 2 · ⟨query's part, centre⟩ − |centre|², of the query minus the list's
/// centre. Their sum and −|query − list's centre|² make minus the squared distance.
void reel_pq_distance_tables(reel_codebook codebook, const float *rest, float *tables);

/// scores[row] = base + Σ of the table entries that the row's codes name; one byte a code.
void reel_pq_sums(
    const uint8_t *codes, size_t rowCount, size_t partCount, size_t centreCount,
    const float *tables, float base, float *scores);
void reel_pq_sums_scalar(
    const uint8_t *codes, size_t rowCount, size_t partCount, size_t centreCount,
    const float *tables, float base, float *scores);
#endif
