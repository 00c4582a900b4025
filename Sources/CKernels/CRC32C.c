// The processor has an instruction for it since 2008; the twin takes four bits at a time.
#include "CRC32C.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Entry n is the remainder of n << 28, bits reversed (polynomial 0x82f63b78).
static const uint32_t nibbles[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t reel_crc32c_scalar(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= byte[i];
        crc = (crc >> 4) ^ nibbles[crc & 15];
        crc = (crc >> 4) ^ nibbles[crc & 15];
    }
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse(
    uint32_t crc, const void *bytes, size_t count
) {
    const uint8_t *byte = bytes;
    uint64_t wide = (uint32_t)~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, byte, 8);
        wide = _mm_crc32_u64(wide, word);
        byte += 8;
        count -= 8;
    }
    uint32_t narrow = (uint32_t)wide;
    while (count--) narrow = _mm_crc32_u8(narrow, *byte++);
    return ~narrow;
}
#endif

uint32_t reel_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return crc32c_sse(crc, bytes, count);
#endif
    return reel_crc32c_scalar(crc, bytes, count);
}
