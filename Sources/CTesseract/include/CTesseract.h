// Tesseract's C interface, loaded on demand, and a word to the OpenMP that it brings along.
#ifndef REEL_CTESSERACT_H
#define REEL_CTESSERACT_H
#include <tesseract/capi.h>

/// Loads Tesseract, as reel_on_demand_load does: before any other function of it is called.
char *reel_tesseract_load(void);

/// Lets the calling thread open no parallel regions from now on. Returns 0 where there is no OpenMP.
int reel_openmp_run_alone(void);
#endif
