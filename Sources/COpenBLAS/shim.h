// OpenBLAS 0.3.21: fp32 matrix products.
#ifndef REEL_COPENBLAS_SHIM_H
#define REEL_COPENBLAS_SHIM_H
#include <cblas.h>
// The library's own choice of kernels for this processor. Debian exports both but no header
// declares them; together they make it choose again after OPENBLAS_CORETYPE has changed.
void gotoblas_dynamic_init(void);
void gotoblas_dynamic_quit(void);
#endif
