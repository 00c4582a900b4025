// CRC-32 (ISO-HDLC), the checksum of zip, gzip and PNG: ITU-T V.42, section 8.1.1.6.2.
#ifndef REEL_CRC32_H
#define REEL_CRC32_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The checksum of `bytes` after what gave `crc`; 0 to begin with.
uint32_t reel_crc32(uint32_t crc, const void *bytes, size_t count);

/// The scalar twin.
uint32_t reel_crc32_scalar(uint32_t crc, const void *bytes, size_t count);
#endif
