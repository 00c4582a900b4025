// libcurl's functions that the program calls, and where they are loaded from.
#include "CCurl.h"

#include <COnDemand.h>

#define CURL_FUNCTIONS(each) \
    each(curl_easy_cleanup) each(curl_easy_getinfo) each(curl_easy_init) each(curl_easy_perform) \
    each(curl_easy_setopt) each(curl_easy_strerror) each(curl_global_init) \
    each(curl_slist_append) each(curl_slist_free_all) each(curl_version)

CURL_FUNCTIONS(REEL_ON_DEMAND_STUB)

static const reel_on_demand_function functions[] = {CURL_FUNCTIONS(REEL_ON_DEMAND_FUNCTION)};

// The number of its interface, which its headers do not tell, since 2006.
static const reel_on_demand_library library =
    REEL_ON_DEMAND_LIBRARY("libcurl.so.4", "libcurl4", functions);

static reel_on_demand_group group = {&library, 1, 0};

char *reel_curl_load(void) { return reel_on_demand_load(&group); }
