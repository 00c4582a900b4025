// Scores of cases for a query of hundreds of terms, a window of places at a time, which stays in the
// nearest caches while all terms are added.
#ifndef REEL_CASESCORES_H
#define REEL_CASESCORES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REEL_CASE_WINDOW = 8192, REEL_CASE_COUNTS = 4 };

/// What a term does to a case that has it 1…4 times, 4 × REEL_CASE_WINDOW, by the case's place in
/// the window; more often is rare, and computed.
typedef struct {
    float *parts;
    /// Of each place, what its length does.
    const float *norms;
    /// BM25's k1; not used with `frequencies`.
    float saturation;
    /// Of TF-IDF: 256 factors, by count. Null for BM25.
    const float *frequencies;
} reel_case_weights;

/// Fills `parts` for the first `count` places: c · (k1 + 1) / (c + norm), or frequency · norm.
void reel_prepare_case_weights(const reel_case_weights *weights, size_t count);

/// scores[p] += weight · the part of each posting's count at its place p, less `first`. Every place
/// lies from `first` to `first` + REEL_CASE_WINDOW; counts are 1 or more.
void reel_add_case_term(
    float *scores, const reel_case_weights *weights, const uint32_t *places,
    const uint8_t *counts, size_t count, uint32_t first, float weight);

/// Whether the postings of each key, from starts[k] to starts[k + 1], name ascending places below
/// `placeCount`, and every count is 1 or more.
bool reel_are_postings(
    const uint64_t *starts, size_t keyCount, const uint32_t *places, const uint8_t *counts,
    uint32_t placeCount);
#endif
