// Tesseract's C interface, and a word to the OpenMP that it brings along.
#ifndef REEL_CTESSERACT_SHIM_H
#define REEL_CTESSERACT_SHIM_H
#include <dlfcn.h>
#include <stddef.h>
#include <tesseract/capi.h>

/// Lets the calling thread open no parallel regions from now on. Looked up by name, because only
/// Tesseract is linked with libgomp. Returns 0 where there is no OpenMP.
static inline int reel_openmp_run_alone(void) {
    void *function = dlsym(NULL, "omp_set_max_active_levels");
    if (function == NULL) return 0;
    ((void (*)(int))function)(0);
    return 1;
}
#endif
