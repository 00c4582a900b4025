// SHA-256 after FIPS 180-4, section 6.2: plain C, the same compiled with BMI2 (three-operand
// rotations), and Intel's SHA instructions where the processor has them.
#include "SHA256.h"
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline __attribute__((always_inline)) uint32_t rotate_right(uint32_t word, int count) {
    return (word >> count) | (word << (32 - count));
}

static inline __attribute__((always_inline)) uint32_t big_endian(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, 4);
    return __builtin_bswap32(word);
}

// Letters a…h and w are FIPS 180-4's own. The schedule is a ring of the last 16 words.
#define REEL_SHA256_ROUND(t, word)                                                                \
    do {                                                                                          \
        uint32_t temporary1 = h + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) \
            + (g ^ (e & (f ^ g))) + round_constants[t] + (word);                                  \
        uint32_t temporary2 = (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22))    \
            + ((a & b) | (c & (a | b)));                                                          \
        h = g; g = f; f = e; e = d + temporary1;                                                  \
        d = c; c = b; b = a; a = temporary1 + temporary2;                                         \
    } while (0)

static inline __attribute__((always_inline)) void compress(
    uint32_t state[8], const uint8_t *blocks, size_t block_count
) {
    for (; block_count > 0; block_count--, blocks += 64) {
        uint32_t w[16];
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
#pragma clang loop unroll(full)
        for (int t = 0; t < 16; t++) {
            w[t] = big_endian(blocks + 4 * t);
            REEL_SHA256_ROUND(t, w[t]);
        }
        for (int base = 16; base < 64; base += 16) {
#pragma clang loop unroll(full)
            for (int t = 0; t < 16; t++) {
                uint32_t late = w[(t + 14) & 15], early = w[(t + 1) & 15];
                w[t] += (rotate_right(late, 17) ^ rotate_right(late, 19) ^ (late >> 10))
                    + w[(t + 9) & 15]
                    + (rotate_right(early, 7) ^ rotate_right(early, 18) ^ (early >> 3));
                REEL_SHA256_ROUND(base + t, w[t]);
            }
        }
        state[0] += a; state[1] += b; state[2] += c; state[3] += d;
        state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }
}

void reel_sha256_compress_scalar(uint32_t state[8], const uint8_t *blocks, size_t block_count) {
    compress(state, blocks, block_count);
}

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2"))) static void compress_bmi2(
    uint32_t state[8], const uint8_t *blocks, size_t block_count
) {
    compress(state, blocks, block_count);
}

// Intel, "Intel SHA Extensions" (2013): the state travels as the register pairs ABEF and CDGH.
__attribute__((target("sha,sse4.1,ssse3"))) void reel_sha256_compress_sha(
    uint32_t state[8], const uint8_t *blocks, size_t block_count
) {
    const __m128i swap_bytes = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i dcba = _mm_loadu_si128((const __m128i *)state);
    __m128i hgfe = _mm_loadu_si128((const __m128i *)(state + 4));
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xB1);
    __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
    for (; block_count > 0; block_count--, blocks += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
#pragma clang loop unroll(full)
        for (int group = 0; group < 16; group++) {
            __m128i words;
            if (group < 4) {
                words = _mm_shuffle_epi8(
                    _mm_loadu_si128((const __m128i *)(blocks + 16 * group)), swap_bytes);
            } else {
                // w holds the last 16 words, oldest group first: W[t-16], W[t-12], W[t-8], W[t-4].
                words = _mm_sha256msg1_epu32(w[group & 3], w[(group + 1) & 3]);
                words = _mm_add_epi32(
                    words, _mm_alignr_epi8(w[(group + 3) & 3], w[(group + 2) & 3], 4));
                words = _mm_sha256msg2_epu32(words, w[(group + 3) & 3]);
            }
            w[group & 3] = words;
            __m128i keyed = _mm_add_epi32(
                words, _mm_loadu_si128((const __m128i *)(round_constants + 4 * group)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

bool reel_sha256_has_sha_instructions(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    return (b & (1u << 29)) != 0 && __builtin_cpu_supports("sse4.1");
}
#else
void reel_sha256_compress_sha(uint32_t state[8], const uint8_t *blocks, size_t block_count) {
    compress(state, blocks, block_count);
}
bool reel_sha256_has_sha_instructions(void) { return false; }
#endif

typedef void (*compressor)(uint32_t *, const uint8_t *, size_t);

static compressor fastest_compressor(void) {
#if defined(__x86_64__)
    if (reel_sha256_has_sha_instructions()) return reel_sha256_compress_sha;
    if (__builtin_cpu_supports("bmi2") && __builtin_cpu_supports("bmi")) return compress_bmi2;
#endif
    return reel_sha256_compress_scalar;
}

void reel_sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t block_count) {
    // CPUID is slow under a hypervisor, so the answer is kept; every thread finds the same one.
    static _Atomic(compressor) chosen;
    compressor function = chosen;
    if (!function) chosen = function = fastest_compressor();
    function(state, blocks, block_count);
}

void reel_sha256_init(reel_sha256 *hash) {
    static const uint32_t start[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(hash->state, start, sizeof start);
    hash->byte_count = 0;
}

void reel_sha256_update(reel_sha256 *hash, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    size_t held = hash->byte_count % 64;
    hash->byte_count += count;
    if (held > 0) {
        size_t taken = count < 64 - held ? count : 64 - held;
        if (taken > 0) memcpy(hash->block + held, next, taken);
        if (held + taken < 64) return;
        reel_sha256_compress(hash->state, hash->block, 1);
        next += taken;
        count -= taken;
    }
    if (count >= 64) reel_sha256_compress(hash->state, next, count / 64);
    next += count / 64 * 64;
    if (count % 64 > 0) memcpy(hash->block, next, count % 64);
}

void reel_sha256_final(reel_sha256 *hash, uint8_t digest[32]) {
    uint64_t bit_count = hash->byte_count * 8;
    uint8_t padding[72] = {0x80};
    // One 0x80, zeros up to 56 modulo 64, then the length in bits as eight big-endian bytes.
    size_t zeros_end = 1 + (119 - hash->byte_count % 64) % 64;
    for (int i = 0; i < 8; i++) padding[zeros_end + i] = (uint8_t)(bit_count >> (56 - 8 * i));
    reel_sha256_update(hash, padding, zeros_end + 8);
    for (int i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(hash->state[i]);
        memcpy(digest + 4 * i, &word, 4);
    }
}
