// What the program calls of CMU Sphinx's recogniser, loaded on demand. Declared here once more,
// because its own headers lie where only C code of this module looks.
#ifndef REEL_CPOCKETSPHINX_H
#define REEL_CPOCKETSPHINX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// Loads PocketSphinx, as reel_on_demand_load does: before any other function of it is called.
char *reel_pocketsphinx_load(void);

typedef struct ps_decoder_s ps_decoder_t;
typedef struct ps_seg_s ps_seg_t;
typedef struct arg_s arg_t;
typedef struct cmd_ln_s cmd_ln_t;
typedef struct logmath_s logmath_t;

// Settings.
arg_t const *ps_args(void);
cmd_ln_t *cmd_ln_parse_r(cmd_ln_t *update, arg_t const *known, int32_t count, char **arguments,
                         int32_t strict);
int cmd_ln_free_r(cmd_ln_t *settings);
/// Where complaints go: nowhere for NULL.
void err_set_logfp(FILE *stream);

// A decoder, and an utterance. Functions that return int: negative on failure.
ps_decoder_t *ps_init(cmd_ln_t *settings);
int ps_free(ps_decoder_t *decoder);
int ps_start_stream(ps_decoder_t *decoder);
int ps_start_utt(ps_decoder_t *decoder);
int ps_process_raw(ps_decoder_t *decoder, int16_t const *samples, size_t count, int no_search,
                   int is_whole);
int ps_end_utt(ps_decoder_t *decoder);

// What was heard: frames of a hundredth of a second, probabilities as logarithms.
int ps_get_n_frames(ps_decoder_t *decoder);
char const *ps_get_hyp(ps_decoder_t *decoder, int32_t *score);
ps_seg_t *ps_seg_iter(ps_decoder_t *decoder);
ps_seg_t *ps_seg_next(ps_seg_t *segment);
char const *ps_seg_word(ps_seg_t *segment);
void ps_seg_frames(ps_seg_t *segment, int *first, int *last);
int32_t ps_seg_prob(ps_seg_t *segment, int32_t *acoustic, int32_t *language, int32_t *backoff);
logmath_t *ps_get_logmath(ps_decoder_t *decoder);
double logmath_exp(logmath_t *logarithms, int logarithm);

#endif
