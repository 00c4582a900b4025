// PocketSphinx's functions that the program calls, and where they are loaded from. Its own headers
// are included beside ours: declarations that differ do not compile.
#include "CPocketSphinx.h"

#include <COnDemand.h>
#include <pocketsphinx.h>
#include <sphinxbase/cmd_ln.h>
#include <sphinxbase/err.h>
#include <sphinxbase/logmath.h>

#define POCKETSPHINX(each) \
    each(ps_args) each(ps_end_utt) each(ps_free) each(ps_get_hyp) each(ps_get_logmath) \
    each(ps_get_n_frames) each(ps_init) each(ps_process_raw) each(ps_seg_frames) \
    each(ps_seg_iter) each(ps_seg_next) each(ps_seg_prob) each(ps_seg_word) \
    each(ps_start_stream) each(ps_start_utt)

#define SPHINXBASE(each) \
    each(cmd_ln_free_r) each(cmd_ln_parse_r) each(err_set_logfp) each(logmath_exp)

POCKETSPHINX(REEL_ON_DEMAND_STUB)
SPHINXBASE(REEL_ON_DEMAND_STUB)

static const reel_on_demand_function pocketsphinx[] = {POCKETSPHINX(REEL_ON_DEMAND_FUNCTION)};
static const reel_on_demand_function sphinxbase[] = {SPHINXBASE(REEL_ON_DEMAND_FUNCTION)};

// Their headers do not tell the numbers of their interfaces.
static const reel_on_demand_library libraries[] = {
    REEL_ON_DEMAND_LIBRARY("libsphinxbase.so.3", "libsphinxbase3", sphinxbase),
    REEL_ON_DEMAND_LIBRARY("libpocketsphinx.so.3", "libpocketsphinx3", pocketsphinx),
};

static reel_on_demand_group group = {libraries, sizeof libraries / sizeof libraries[0], 0};

char *reel_pocketsphinx_load(void) { return reel_on_demand_load(&group); }
