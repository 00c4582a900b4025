// SHA-1 after FIPS 180-4, section 6.1. Git names files by it, and with it a hub the small files of a
// model; it is no protection against a file that was made to have the digest of another.
#ifndef REEL_SHA1_H
#define REEL_SHA1_H
#include <stddef.h>
#include <stdint.h>

/// What is known after some bytes. Start with `reel_sha1_init`.
typedef struct {
    uint32_t state[5];
    uint8_t block[64];
    uint64_t byte_count;
} reel_sha1;

void reel_sha1_init(reel_sha1 *hash);
void reel_sha1_update(reel_sha1 *hash, const void *bytes, size_t count);
/// The hash is of no use afterwards.
void reel_sha1_final(reel_sha1 *hash, uint8_t digest[20]);
#endif
