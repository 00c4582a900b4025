// Files that git names are small: plain C is enough.
#include "SHA1.h"
#include <string.h>

static inline uint32_t rotate_left(uint32_t word, int count) {
    return (word << count) | (word >> (32 - count));
}

// Letters a…e and w are FIPS 180-4's own.
static void compress(uint32_t state[5], const uint8_t *block) {
    uint32_t w[80];
    for (int t = 0; t < 16; t++) {
        memcpy(&w[t], block + 4 * t, 4);
        w[t] = __builtin_bswap32(w[t]);
    }
    for (int t = 16; t < 80; t++) {
        w[t] = rotate_left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int t = 0; t < 80; t++) {
        uint32_t mix, constant;
        if (t < 20) { mix = (b & c) | (~b & d); constant = 0x5a827999; }
        else if (t < 40) { mix = b ^ c ^ d; constant = 0x6ed9eba1; }
        else if (t < 60) { mix = (b & c) | (b & d) | (c & d); constant = 0x8f1bbcdc; }
        else { mix = b ^ c ^ d; constant = 0xca62c1d6; }
        uint32_t next = rotate_left(a, 5) + mix + e + constant + w[t];
        e = d; d = c; c = rotate_left(b, 30); b = a; a = next;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e;
}

void reel_sha1_init(reel_sha1 *hash) {
    static const uint32_t start[5] = {
        0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0,
    };
    memcpy(hash->state, start, sizeof start);
    hash->byte_count = 0;
}

void reel_sha1_update(reel_sha1 *hash, const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    size_t held = hash->byte_count % 64;
    hash->byte_count += count;
    if (held > 0) {
        size_t taken = count < 64 - held ? count : 64 - held;
        memcpy(hash->block + held, byte, taken);
        byte += taken;
        count -= taken;
        if (held + taken < 64) return;
        compress(hash->state, hash->block);
    }
    for (; count >= 64; byte += 64, count -= 64) compress(hash->state, byte);
    if (count > 0) memcpy(hash->block, byte, count);
}

void reel_sha1_final(reel_sha1 *hash, uint8_t digest[20]) {
    uint64_t bit_count = __builtin_bswap64(hash->byte_count * 8);
    size_t held = hash->byte_count % 64;
    hash->block[held++] = 0x80;
    if (held > 56) {
        memset(hash->block + held, 0, 64 - held);
        compress(hash->state, hash->block);
        held = 0;
    }
    memset(hash->block + held, 0, 56 - held);
    memcpy(hash->block + 56, &bit_count, 8);
    compress(hash->state, hash->block);
    for (int i = 0; i < 5; i++) {
        uint32_t word = __builtin_bswap32(hash->state[i]);
        memcpy(digest + 4 * i, &word, 4);
    }
}
