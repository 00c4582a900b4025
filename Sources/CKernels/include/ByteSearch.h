#ifndef REEL_BYTE_SEARCH_H
#define REEL_BYTE_SEARCH_H
#include <stddef.h>

// The first place of `sought` in `bytes`, or `count` where there is none. glibc's memmem, which
// Swift does not see: it is declared for GNU sources alone.
size_t reel_find_bytes(const void *bytes, size_t count, const void *sought, size_t sought_count);
#endif
