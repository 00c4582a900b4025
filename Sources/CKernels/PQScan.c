#include "PQScan.h"
#include "DotProduct.h"
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE __attribute__((always_inline)) static inline
// Byte sums of so many groups cannot overflow; then they are added to wider ones.
enum { GROUPS_PER_ROUND = 16 };

static size_t group_count(size_t partCount) { return (partCount + 3) / 4; }

size_t reel_code_block_size(size_t partCount) { return 64 * group_count(partCount); }

void reel_code_block_pack(
    const uint8_t *codes, size_t rowCount, size_t partCount, uint8_t *block
) {
    memset(block, 0, reel_code_block_size(partCount));
    for (size_t r = 0; r < rowCount; r++) {
        for (size_t part = 0; part < partCount; part++) {
            uint8_t code = codes[r * partCount + part] & 15;
            block[16 * part + r % 16] |= (uint8_t)(r < 16 ? code : code << 4);
        }
    }
}

void reel_code_block_unpack(
    const uint8_t *block, size_t row, size_t partCount, uint8_t *codes
) {
    for (size_t part = 0; part < partCount; part++) {
        uint8_t byte = block[16 * part + row % 16];
        codes[part] = row < 16 ? byte & 15 : byte >> 4;
    }
}

// The smallest and the largest entry of one part's table.
INLINE void table_ends(const float *table, float *low, float *high) {
    float lows[8], highs[8];
    for (size_t k = 0; k < 8; k++) {
        lows[k] = table[k] < table[k + 8] ? table[k] : table[k + 8];
        highs[k] = table[k] > table[k + 8] ? table[k] : table[k + 8];
    }
    for (size_t half = 4; half > 0; half /= 2) {
        for (size_t k = 0; k < half; k++) {
            lows[k] = lows[k] < lows[k + half] ? lows[k] : lows[k + half];
            highs[k] = highs[k] > highs[k + half] ? highs[k] : highs[k + half];
        }
    }
    *low = lows[0];
    *high = highs[0];
}

INLINE reel_byte_tables set_byte_tables(
    const float *tables, size_t partCount, float step, uint8_t *entries
) {
    size_t groups = group_count(partCount);
    size_t round = groups < GROUPS_PER_ROUND ? groups : GROUPS_PER_ROUND;
    int32_t top = (int32_t)(255 / (round ? round : 1));
    float range = 0, lowest = 0;
    for (size_t part = 0; part < partCount; part++) {
        float low, high;
        table_ends(tables + 16 * part, &low, &high);
        lowest += low;
        range = high - low > range ? high - low : range;
    }
    if (!(step > 0)) step = range > 1e-30f && range < INFINITY ? range / (float)top : 1;
    float inverse = 1 / step;
    memset(entries + 16 * partCount, 0, 64 * groups - 16 * partCount);
    uint32_t largest = 0;
    for (size_t part = 0; part < partCount; part++) {
        const float *table = tables + 16 * part;
        float low, high;
        table_ends(table, &low, &high);
        for (size_t k = 0; k < 16; k++) {
            // What is no number becomes the largest entry.
            float scaled = rintf((table[k] - low) * inverse);
            entries[16 * part + k] = (uint8_t)(int32_t)(scaled < (float)top ? scaled : (float)top);
        }
        float most = rintf((high - low) * inverse);
        largest += (uint32_t)(most < (float)top ? most : (float)top);
    }
    return (reel_byte_tables){step, lowest, largest};
}

void reel_code_scan_scalar(
    const uint8_t *blocks, size_t blockCount, size_t partCount, const uint8_t *entries,
    uint16_t *sums
) {
    size_t size = reel_code_block_size(partCount);
    for (size_t b = 0; b < blockCount; b++) {
        for (size_t row = 0; row < REEL_CODE_BLOCK; row++) {
            uint16_t sum = 0;
            for (size_t part = 0; part < partCount; part++) {
                uint8_t byte = blocks[b * size + 16 * part + row % 16];
                sum = (uint16_t)(sum + entries[16 * part + (row < 16 ? byte & 15 : byte >> 4)]);
            }
            sums[b * REEL_CODE_BLOCK + row] = sum;
        }
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX2_INLINE __attribute__((target("avx2,fma,f16c"), always_inline)) static inline
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx2,fma,f16c")))

AVX2 static reel_byte_tables set_byte_tables_avx2(
    const float *tables, size_t partCount, float step, uint8_t *entries
) {
    return set_byte_tables(tables, partCount, step, entries);
}

AVX2_INLINE __m256i widen_sum(__m256i bytes) {
    return _mm256_add_epi16(
        _mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes)),
        _mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1)));
}

AVX2 void reel_code_scan_avx2(
    const uint8_t *blocks, size_t blockCount, size_t partCount, const uint8_t *entries,
    uint16_t *sums
) {
    size_t groups = group_count(partCount), size = 64 * groups;
    const __m256i half = _mm256_set1_epi8(15);
    for (size_t b = 0; b < blockCount; b++) {
        const uint8_t *block = blocks + b * size;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t start = 0; start < groups; start += GROUPS_PER_ROUND) {
            size_t end = start + GROUPS_PER_ROUND < groups ? start + GROUPS_PER_ROUND : groups;
            __m256i low[2], high[2];
            for (int n = 0; n < 2; n++) low[n] = high[n] = _mm256_setzero_si256();
            for (size_t g = start; g < end; g++) {
                for (int n = 0; n < 2; n++) {
                    __m256i codes = _mm256_loadu_si256((const __m256i *)(block + 64 * g + 32 * n));
                    __m256i table =
                        _mm256_loadu_si256((const __m256i *)(entries + 64 * g + 32 * n));
                    __m256i lower = _mm256_and_si256(codes, half);
                    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(codes, 4), half);
                    low[n] = _mm256_add_epi8(low[n], _mm256_shuffle_epi8(table, lower));
                    high[n] = _mm256_add_epi8(high[n], _mm256_shuffle_epi8(table, upper));
                }
            }
            for (int n = 0; n < 2; n++) {
                first = _mm256_add_epi16(first, widen_sum(low[n]));
                second = _mm256_add_epi16(second, widen_sum(high[n]));
            }
        }
        _mm256_storeu_si256((__m256i *)(sums + b * REEL_CODE_BLOCK), first);
        _mm256_storeu_si256((__m256i *)(sums + b * REEL_CODE_BLOCK + 16), second);
    }
}

AVX512 void reel_code_scan_avx512(
    const uint8_t *blocks, size_t blockCount, size_t partCount, const uint8_t *entries,
    uint16_t *sums
) {
    size_t groups = group_count(partCount), size = 64 * groups;
    const __m512i half = _mm512_set1_epi8(15);
    for (size_t b = 0; b < blockCount; b++) {
        const uint8_t *block = blocks + b * size;
        __m256i first = _mm256_setzero_si256(), second = first;
        for (size_t start = 0; start < groups; start += GROUPS_PER_ROUND) {
            size_t end = start + GROUPS_PER_ROUND < groups ? start + GROUPS_PER_ROUND : groups;
            __m512i low = _mm512_setzero_si512(), high = low;
            for (size_t g = start; g < end; g++) {
                __m512i codes = _mm512_loadu_si512(block + 64 * g);
                __m512i table = _mm512_loadu_si512(entries + 64 * g);
                __m512i lower = _mm512_and_si512(codes, half);
                __m512i upper = _mm512_and_si512(_mm512_srli_epi16(codes, 4), half);
                low = _mm512_add_epi8(low, _mm512_shuffle_epi8(table, lower));
                high = _mm512_add_epi8(high, _mm512_shuffle_epi8(table, upper));
            }
            first = _mm256_add_epi16(
                first,
                _mm256_add_epi16(
                    widen_sum(_mm512_castsi512_si256(low)),
                    widen_sum(_mm512_extracti64x4_epi64(low, 1))));
            second = _mm256_add_epi16(
                second,
                _mm256_add_epi16(
                    widen_sum(_mm512_castsi512_si256(high)),
                    widen_sum(_mm512_extracti64x4_epi64(high, 1))));
        }
        _mm256_storeu_si256((__m256i *)(sums + b * REEL_CODE_BLOCK), first);
        _mm256_storeu_si256((__m256i *)(sums + b * REEL_CODE_BLOCK + 16), second);
    }
}
#else
#define set_byte_tables_avx2 set_byte_tables
#define reel_code_scan_avx2 reel_code_scan_scalar
#define reel_code_scan_avx512 reel_code_scan_scalar
#endif

reel_byte_tables reel_byte_tables_set(
    const float *tables, size_t partCount, float step, uint8_t *entries
) {
    return reel_dot_has_avx2() ? set_byte_tables_avx2(tables, partCount, step, entries)
                               : set_byte_tables(tables, partCount, step, entries);
}

void reel_code_scan(
    const uint8_t *blocks, size_t blockCount, size_t partCount, const uint8_t *entries,
    uint16_t *sums
) {
    reel_code_scan_function *function = reel_dot_has_avx512() ? reel_code_scan_avx512
        : reel_dot_has_avx2()                                 ? reel_code_scan_avx2
                                                              : reel_code_scan_scalar;
    function(blocks, blockCount, partCount, entries, sums);
}

INLINE size_t count_at_least(const float *values, size_t count, float limit) {
    uint32_t found = 0;  // no call has as many
    for (size_t i = 0; i < count; i++) found += values[i] >= limit;
    return found;
}

#if defined(__x86_64__)
AVX2 static size_t count_at_least_avx2(const float *values, size_t count, float limit) {
    return count_at_least(values, count, limit);
}
#else
#define count_at_least_avx2 count_at_least
#endif

size_t reel_count_at_least(const float *values, size_t count, float limit) {
    return reel_dot_has_avx2() ? count_at_least_avx2(values, count, limit)
                               : count_at_least(values, count, limit);
}
