// Tesseract's functions that the program calls, and where they are loaded from.
#include "CTesseract.h"

#include <COnDemand.h>
#include <dlfcn.h>
#include <tesseract/version.h>

#define TESSERACT(each) \
    each(TessBaseAPIClear) each(TessBaseAPICreate) each(TessBaseAPIDelete) each(TessBaseAPIEnd) \
    each(TessBaseAPIGetIterator) each(TessBaseAPIGetLoadedLanguagesAsVector) \
    each(TessBaseAPIInit2) each(TessBaseAPIRecognize) each(TessBaseAPISetImage) \
    each(TessBaseAPISetPageSegMode) each(TessBaseAPISetSourceResolution) \
    each(TessBaseAPISetVariable) each(TessDeleteText) each(TessDeleteTextArray) \
    each(TessMonitorCreate) each(TessMonitorDelete) each(TessMonitorSetDeadlineMSecs) \
    each(TessPageIteratorBoundingBox) each(TessPageIteratorIsAtBeginningOf) \
    each(TessResultIteratorConfidence) each(TessResultIteratorDelete) \
    each(TessResultIteratorGetPageIteratorConst) each(TessResultIteratorGetUTF8Text) \
    each(TessResultIteratorNext) each(TessVersion)

TESSERACT(REEL_ON_DEMAND_STUB)

static const reel_on_demand_function functions[] = {TESSERACT(REEL_ON_DEMAND_FUNCTION)};

#define VERSION REEL_ON_DEMAND_DIGITS(TESSERACT_MAJOR_VERSION)

static const reel_on_demand_library library =
    REEL_ON_DEMAND_LIBRARY("libtesseract.so." VERSION, "libtesseract" VERSION, functions);

static reel_on_demand_group group = {&library, 1, 0};

char *reel_tesseract_load(void) { return reel_on_demand_load(&group); }

int reel_openmp_run_alone(void) {
    // Among what Tesseract brings along; nothing is loaded here.
    void *handle = dlopen(library.name, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == NULL) return 0;
    void (*limit)(int) = (void (*)(int))dlsym(handle, "omp_set_max_active_levels");
    if (limit != NULL) limit(0);
    dlclose(handle);
    return limit != NULL;
}
