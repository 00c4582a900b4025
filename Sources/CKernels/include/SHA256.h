// SHA-256 (FIPS 180-4), streaming: names assets by content and fingerprints models.
#ifndef REEL_SHA256_H
#define REEL_SHA256_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t state[8];
    uint64_t byte_count;    // bytes taken in so far
    uint8_t block[64];      // the last byte_count % 64 bytes, not yet compressed
} reel_sha256;

void reel_sha256_init(reel_sha256 *hash);
void reel_sha256_update(reel_sha256 *hash, const void *bytes, size_t count);
/// Writes the 32-byte digest; the context must be initialised again before further use.
void reel_sha256_final(reel_sha256 *hash, uint8_t digest[32]);

/// Folds whole 64-byte blocks into the state. The first picks the fastest of the others.
void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t block_count);
void reel_sha256_compress_scalar(uint32_t state[8], const uint8_t *blocks, size_t block_count);
/// Callers check `reel_sha256_has_sha_instructions` first.
void reel_sha256_compress_sha(uint32_t state[8], const uint8_t *blocks, size_t block_count);
bool reel_sha256_has_sha_instructions(void);
#endif
