// CRC32C (Castagnoli), the checksum of iSCSI, ext4 and Lucene: RFC 3720, appendix B.4.
#ifndef REEL_CRC32C_H
#define REEL_CRC32C_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The checksum of `bytes` after what gave `crc`; 0 to begin with.
uint32_t reel_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The scalar twin.
uint32_t reel_crc32c_scalar(uint32_t crc, const void *bytes, size_t count);
#endif
