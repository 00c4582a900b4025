// libcurl's easy interface, loaded on demand. Its setters are variadic and typed by their option, so each kind of
// value has a function of its own here.
#ifndef REEL_CCURL_H
#define REEL_CCURL_H
#include <curl/curl.h>

/// Loads libcurl, as reel_on_demand_load does: before any other function of it is called.
char *reel_curl_load(void);

static inline CURLcode reel_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode reel_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode reel_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode reel_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode reel_curl_set_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*reel_curl_writer)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode reel_curl_set_writer(
    CURL *handle, CURLoption option, reel_curl_writer value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode reel_curl_set_progress(CURL *handle, curl_xferinfo_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

static inline CURLcode reel_curl_set_open_socket(
    CURL *handle, curl_opensocket_callback value) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode reel_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode reel_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// The text belongs to the handle.
static inline CURLcode reel_curl_get_text(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

// A macro of casts in C.
static const curl_socket_t reel_curl_no_socket = CURL_SOCKET_BAD;
#endif
