#define _GNU_SOURCE
#include "ByteSearch.h"
#include <string.h>

size_t reel_find_bytes(const void *bytes, size_t count, const void *sought, size_t sought_count) {
    const char *found = memmem(bytes, count, sought, sought_count);
    return found ? (size_t)(found - (const char *)bytes) : count;
}
