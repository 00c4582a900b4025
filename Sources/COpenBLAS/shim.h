// OpenBLAS 0.3.21: fp32 matrix products.
#ifndef REEL_COPENBLAS_SHIM_H
#define REEL_COPENBLAS_SHIM_H
#include <cblas.h>
#endif
