// CMU Sphinx's recogniser; err.h for the function that silences its log.
#ifndef REEL_CPOCKETSPHINX_SHIM_H
#define REEL_CPOCKETSPHINX_SHIM_H
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#endif
