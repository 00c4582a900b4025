// Scores of passages, a window of 65 536 at a time: an offset of 16 bits can then never reach
// outside, whatever bytes an index holds.
#ifndef REEL_PASSAGESCORES_H
#define REEL_PASSAGESCORES_H
#include <stddef.h>
#include <stdint.h>

enum { REEL_WINDOW_PASSAGES = 65536 };

/// scores[o] += above / (below + lengthParts[o]) for every offset o, of which there are no two
/// alike. Both arrays have REEL_WINDOW_PASSAGES elements.
void reel_add_term(
    float *scores, const float *lengthParts, const uint16_t *offsets, size_t count, float above,
    float below);

/// What a stretch of passages scored: counts those above 0, lists those above the threshold.
typedef struct {
    size_t matched;
    size_t listed;
} reel_taken;

/// Multiplies scores by factors and sets the scores to 0. Of results above `threshold` (0 or more)
/// the place, from `start` on, and the result are listed, in order; both lists have room for
/// `count`. Start and count are multiples of 16.
typedef reel_taken reel_take_scores_function(
    float *scores, const float *factors, size_t start, size_t count, float threshold,
    uint16_t *offsets, float *results);
reel_take_scores_function reel_take_scores;
reel_take_scores_function reel_take_scores_scalar;
reel_take_scores_function reel_take_scores_avx2;
#endif
