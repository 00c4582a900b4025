// LIBLINEAR trains linear classifiers; Debian ships no .pc file for it.
#ifndef REEL_CLINEAR_SHIM_H
#define REEL_CLINEAR_SHIM_H
#include <linear.h>
#endif
