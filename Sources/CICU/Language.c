// Codes of languages.
#include "CICU.h"

#include <unicode/uloc.h>

const char *reel_language_code(const char *name) { return uloc_getISO3Language(name); }
