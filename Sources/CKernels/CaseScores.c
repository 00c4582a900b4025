#include "CaseScores.h"

static float part(const reel_case_weights *weights, float norm, unsigned count) {
    if (weights->frequencies) return weights->frequencies[count] * norm;
    return (float)count * (weights->saturation + 1) / ((float)count + norm);
}

void reel_prepare_case_weights(const reel_case_weights *weights, size_t count) {
    for (unsigned c = 1; c <= REEL_CASE_COUNTS; c++) {
        float *parts = weights->parts + (c - 1) * REEL_CASE_WINDOW;
        for (size_t i = 0; i < count; i++) parts[i] = part(weights, weights->norms[i], c);
    }
}

// Bound by scattered loads and stores, which AVX2 cannot do many at a time: there is one variant.
// A division a posting was two thirds of its time.
void reel_add_case_term(
    float *scores, const reel_case_weights *weights, const uint32_t *places,
    const uint8_t *counts, size_t count, uint32_t first, float weight
) {
    for (size_t i = 0; i < count; i++) {
        uint32_t place = places[i] - first;
        unsigned c = counts[i];
        if (__builtin_expect(c > REEL_CASE_COUNTS, 0)) {
            scores[place] += weight * part(weights, weights->norms[place], c);
        } else {
            scores[place] += weight * weights->parts[(c - 1) * REEL_CASE_WINDOW + place];
        }
    }
}

bool reel_are_postings(
    const uint64_t *starts, size_t keyCount, const uint32_t *places, const uint8_t *counts,
    uint32_t placeCount
) {
    for (size_t k = 0; k < keyCount; k++) {
        unsigned wrong = 0;
        for (size_t i = starts[k]; i < starts[k + 1]; i++) wrong |= counts[i] == 0;
        for (size_t i = starts[k] + 1; i < starts[k + 1]; i++) wrong |= places[i - 1] >= places[i];
        // Ascending, so the last is the largest.
        if (starts[k] < starts[k + 1]) wrong |= places[starts[k + 1] - 1] >= placeCount;
        if (wrong) return false;
    }
    return true;
}
