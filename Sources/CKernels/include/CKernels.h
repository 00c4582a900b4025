// Inner loops, each with run-time dispatch and a scalar twin used as its test oracle.
#ifndef REEL_CKERNELS_H
#define REEL_CKERNELS_H
#include "Activations.h"
#include "CRC32C.h"
#include "Clustering.h"
#include "DotProduct.h"
#include "FewRowsProduct.h"
#include "HalfPrecision.h"
#include "Int16Product.h"
#include "Int8Product.h"
#include "Int8Sketch.h"
#include "PQCodes.h"
#include "PQScan.h"
#include "PassageScores.h"
#include "PictureResampling.h"
#include "PixelDifference.h"
#include "SHA256.h"
#include "ScoreBounds.h"
#include "SketchDots.h"
#include "SquaredDistance.h"
#endif
