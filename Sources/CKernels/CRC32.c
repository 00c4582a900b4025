// Four 128-bit lanes are folded at a time by carry-less products, after Gopal and others, "Fast CRC
// Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009); the twin takes
// four bits at a time.
#include "CRC32.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Entry n is the remainder of n << 28, bits reversed (polynomial 0xedb88320).
static const uint32_t nibbles[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

// Without the inversions at both ends.
static uint32_t remainder_after(uint32_t crc, const uint8_t *byte, size_t count) {
    for (size_t i = 0; i < count; i++) {
        crc ^= byte[i];
        crc = (crc >> 4) ^ nibbles[crc & 15];
        crc = (crc >> 4) ^ nibbles[crc & 15];
    }
    return crc;
}

uint32_t reel_crc32_scalar(uint32_t crc, const void *bytes, size_t count) {
    return ~remainder_after(~crc, bytes, count);
}

#if defined(__x86_64__)
#define REEL_FOLDING __attribute__((target("pclmul,sse4.1")))

REEL_FOLDING static inline __m128i folded(__m128i lane, __m128i next, __m128i constants) {
    __m128i low = _mm_clmulepi64_si128(lane, constants, 0x00);
    __m128i high = _mm_clmulepi64_si128(lane, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

REEL_FOLDING static inline __m128i lane_at(const uint8_t *byte) {
    return _mm_loadu_si128((const __m128i *)byte);
}

// At least 64 bytes.
REEL_FOLDING static uint32_t crc32_folding(uint32_t crc, const uint8_t *byte, size_t count) {
    // Remainders of powers of x, bits reversed: 512 + 32 and 512 - 32, then 128 + 32 and 128 - 32.
    const __m128i by_four = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i by_one = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    __m128i lanes[4];
    for (int i = 0; i < 4; i++) lanes[i] = lane_at(byte + 16 * i);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)~crc));
    byte += 64;
    count -= 64;
    for (; count >= 64; byte += 64, count -= 64) {
        for (int i = 0; i < 4; i++) {
            lanes[i] = folded(lanes[i], lane_at(byte + 16 * i), by_four);
        }
    }
    __m128i whole = lanes[0];
    for (int i = 1; i < 4; i++) whole = folded(whole, lanes[i], by_one);
    for (; count >= 16; byte += 16, count -= 16) whole = folded(whole, lane_at(byte), by_one);
    // What is left has the remainder of all that was folded into it.
    uint8_t rest[16];
    _mm_storeu_si128((__m128i *)rest, whole);
    return ~remainder_after(remainder_after(0, rest, 16), byte, count);
}
#endif

uint32_t reel_crc32(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (count >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
        return crc32_folding(crc, bytes, count);
    }
#endif
    return reel_crc32_scalar(crc, bytes, count);
}
