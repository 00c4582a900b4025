// Snowball's stemmers; Debian ships no .pc file for them.
#ifndef REEL_CSTEMMER_SHIM_H
#define REEL_CSTEMMER_SHIM_H
#include <libstemmer.h>
#endif
