// Scaled dot-product attention of one head over one sequence (Vaswani et al. 2017, equation 1), with
// scores that never leave the nearest caches: blocks of keys, each softmax corrected when a later
// block holds a larger score (Dao et al. 2022, "FlashAttention"; Milakov and Gimelshein 2018).
#ifndef REEL_ATTENTION_H
#define REEL_ATTENTION_H
#include "Activations.h"
#include <stddef.h>

/// What one head of one sequence reads and writes.
typedef struct {
    /// Of the sequence's first token, at the head's first column; tokens × width, each.
    const float *queries, *keys, *values;
    size_t stride;  // floats from token to token of these three
    size_t tokens;
    size_t width;   // of the head
    float scale;    // of the scores
    int causal;     // whether a token sees only itself and those before it
    /// What is added to a scaled score, by the key's place minus the query's, from 1 − tokens to
    /// tokens − 1; points at that of distance 0. NULL for none.
    const float *bias;
    float *context;  // tokens × width
    size_t context_stride;
} reel_attention_head;

/// Floats of scratch memory that one head needs; its start is best aligned to 64 bytes.
size_t reel_attention_room(size_t tokens, size_t width);
/// context = softmax(scale · queries · keysᵀ + bias) · values. A token's result does not depend on
/// other sequences or heads.
void reel_attention(const reel_attention_head *head, float *room);
/// The same at a level the caller has checked the processor for.
void reel_attention_at(reel_vector_level level, const reel_attention_head *head, float *room);
/// The scalar twin: double arithmetic, the C library's exp, all scores of a query at once.
void reel_attention_scalar(const reel_attention_head *head, float *room);
#endif
