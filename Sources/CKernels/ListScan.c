#include "ListScan.h"
#include "DotProduct.h"
#include "PQScan.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE __attribute__((always_inline)) static inline
enum { TOP_VALUE = 65535 };

// ---- The best rows ----------------------------------------------------------------------------

void reel_best_rows_begin(reel_best_rows *best, size_t wanted) {
    best->wanted = wanted;
    best->count = 0;
    best->threshold = 0;
}

INLINE uint32_t largest_value(const uint16_t *values, size_t count) {
    uint16_t largest = 0;
    for (size_t i = 0; i < count; i++) largest = values[i] > largest ? values[i] : largest;
    return largest;
}

INLINE size_t count_values(const uint16_t *values, size_t count, uint32_t limit) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) found += values[i] >= limit;
    return found;
}

// Keeps what is above `limit`, and so many that equal it.
INLINE size_t keep_values(
    uint16_t *values, uint32_t *rows, size_t count, uint32_t limit, size_t equal
) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint16_t value = values[i];
        uint32_t row = rows[i];
        values[kept] = value;
        rows[kept] = row;
        size_t is_equal = value == limit && equal > 0;
        equal -= is_equal;
        kept += (value > limit) | is_equal;
    }
    return kept;
}

// The largest value that `wanted` reach is found by halving. What was kept before is no smaller than
// one less than the threshold.
#define TRIM(best, largest_of, count_of, keep)                                                \
    {                                                                                          \
        uint32_t low = best->threshold > 0 ? best->threshold - 1 : 0, high;                \
        high = largest_of(best->values, best->count) + 1;                                 \
        size_t above = 0;                                                                      \
        while (high - low > 1) {                                                               \
            uint32_t middle = low + (high - low) / 2;                                          \
            size_t found = count_of(best->values, best->count, middle);                        \
            if (found >= best->wanted) low = middle;                                           \
            else high = middle, above = found;                                                 \
            if (found == best->wanted) break;                                                  \
        }                                                                                      \
        size_t equal = best->wanted;                                                           \
        if (high - low == 1) equal = best->wanted - above;                                     \
        best->count = keep(best->values, best->rows, best->count, low, equal);                 \
        /* Those that are kept came first. */                                                  \
        best->threshold = low < TOP_VALUE ? low + 1 : TOP_VALUE;                               \
    }

static void trim(reel_best_rows *best) TRIM(best, largest_value, count_values, keep_values)

INLINE void take(reel_best_rows *best, uint32_t row, uint32_t value, void (*trim)(reel_best_rows *)) {
    if (value < best->threshold) return;
    if (best->count == best->capacity) {
        trim(best);
        if (value < best->threshold) return;
    }
    best->values[best->count] = (uint16_t)value;
    best->rows[best->count++] = row;
}

// A bit for each row of a block that may be found.
INLINE uint32_t rows_of_block(size_t rowCount, size_t first, const uint64_t *allowed, size_t row) {
    size_t left = rowCount - first;
    uint32_t real = left >= 32 ? 0xffffffff : (1u << left) - 1;
    if (!allowed) return real;
    size_t word = row / 64, shift = row % 64;
    uint64_t bits = allowed[word] >> shift;
    // The next word is there where a row of this block is in it.
    if (shift > 32 && (real >> (64 - shift)) != 0) bits |= allowed[word + 1] << (64 - shift);
    return real & (uint32_t)bits;
}

#define PARAMETERS                                                                             \
    const uint8_t *blocks, size_t rowCount, size_t partCount, uint32_t firstRow,               \
    const uint64_t *allowed, const reel_list_query *queries, size_t queryCount
#define ARGUMENTS blocks, rowCount, partCount, firstRow, allowed, queries, queryCount

void reel_list_scan_scalar(PARAMETERS) {
    size_t size = reel_code_block_size(partCount);
    for (size_t first = 0; first < rowCount; first += REEL_CODE_BLOCK, blocks += size) {
        uint32_t real = rows_of_block(rowCount, first, allowed, firstRow + first);
        for (size_t q = 0; q < queryCount; q++) {
            uint16_t sums[REEL_CODE_BLOCK];
            reel_code_scan_scalar(blocks, 1, partCount, queries[q].entries, sums);
            for (uint32_t left = real; left != 0; left &= left - 1) {
                uint32_t place = (uint32_t)__builtin_ctz(left);
                uint32_t value = sums[place] + queries[q].base;
                take(
                    queries[q].best, firstRow + (uint32_t)first + place,
                    value < TOP_VALUE ? value : TOP_VALUE, trim);
            }
        }
    }
}

#define COUNT_PARAMETERS                                                                       \
    const uint8_t *blocks, size_t rowCount, size_t partCount, const uint8_t *entries,          \
    uint32_t base, const uint32_t *limits, size_t limitCount, uint32_t *counts
#define COUNT_ARGUMENTS                                                                        \
    blocks, rowCount, partCount, entries, base, limits, limitCount, counts

INLINE void count_list(COUNT_PARAMETERS, reel_code_scan_function *scan) {
    size_t size = reel_code_block_size(partCount);
    for (size_t first = 0; first < rowCount; first += REEL_CODE_BLOCK, blocks += size) {
        size_t rows = rowCount - first < REEL_CODE_BLOCK ? rowCount - first : REEL_CODE_BLOCK;
        uint16_t sums[REEL_CODE_BLOCK];
        scan(blocks, 1, partCount, entries, sums);
        for (size_t n = 0; n < limitCount; n++) {
            uint32_t found = 0;
            for (size_t r = 0; r < rows; r++) {
                uint32_t value = sums[r] + base;
                found += (value < TOP_VALUE ? value : TOP_VALUE) >= limits[n];
            }
            counts[n] += found;
        }
    }
}

void reel_list_count_scalar(COUNT_PARAMETERS) {
    count_list(COUNT_ARGUMENTS, reel_code_scan_scalar);
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c,popcnt")))
#define VBMI2                                                                                  \
    __attribute__((target(                                                                     \
        "avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx2,fma,f16c,popcnt,bmi,bmi2")))
#define VBMI2_INLINE                                                                           \
    __attribute__((                                                                            \
        target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,avx2,fma,f16c,popcnt,bmi,"      \
               "bmi2"),                                                                        \
        always_inline)) static inline

bool reel_has_vbmi2(void) {
    return reel_dot_has_avx512() && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
}

// ---- AVX2: a query at a time, while the block is near -----------------------------------------

AVX2 static void trim_avx2(reel_best_rows *best) TRIM(best, largest_value, count_values, keep_values)

AVX2 void reel_list_scan_avx2(PARAMETERS) {
    size_t size = reel_code_block_size(partCount);
    for (size_t first = 0; first < rowCount; first += REEL_CODE_BLOCK, blocks += size) {
        uint32_t real = rows_of_block(rowCount, first, allowed, firstRow + first);
        for (size_t q = 0; q < queryCount; q++) {
            reel_best_rows *best = queries[q].best;
            uint16_t sums[REEL_CODE_BLOCK];
            reel_code_scan_avx2(blocks, 1, partCount, queries[q].entries, sums);
            uint32_t base = queries[q].base < TOP_VALUE ? queries[q].base : TOP_VALUE;
            __m256i bases = _mm256_set1_epi16((short)base);
            __m256i limit = _mm256_set1_epi16((short)best->threshold);
            __m256i low = _mm256_adds_epu16(_mm256_loadu_si256((__m256i *)sums), bases);
            __m256i high = _mm256_adds_epu16(_mm256_loadu_si256((__m256i *)sums + 1), bases);
            // As the saturating packing takes them: rows 0–7, 16–23, 8–15, 24–31.
            __m256i good = _mm256_packs_epi16(
                _mm256_cmpeq_epi16(_mm256_max_epu16(low, limit), low),
                _mm256_cmpeq_epi16(_mm256_max_epu16(high, limit), high));
            good = _mm256_permute4x64_epi64(good, 0xd8);
            uint32_t better = real & (uint32_t)_mm256_movemask_epi8(good);
            if (better == 0) continue;
            _mm256_storeu_si256((__m256i *)sums, low);
            _mm256_storeu_si256((__m256i *)sums + 1, high);
            for (; better != 0; better &= better - 1) {
                uint32_t place = (uint32_t)__builtin_ctz(better);
                take(best, firstRow + (uint32_t)first + place, sums[place], trim_avx2);
            }
        }
    }
}

AVX2 void reel_list_count_avx2(COUNT_PARAMETERS) {
    count_list(COUNT_ARGUMENTS, reel_code_scan_avx2);
}

// ---- AVX-512: four queries at a time ----------------------------------------------------------

VBMI2_INLINE uint32_t largest_value_vbmi2(const uint16_t *values, size_t count) {
    return largest_value(values, count);
}

VBMI2_INLINE size_t count_values_vbmi2(const uint16_t *values, size_t count, uint32_t limit) {
    const __m512i limits = _mm512_set1_epi16((short)limit);
    size_t found = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        found += (size_t)__builtin_popcount(
            _mm512_cmpge_epu16_mask(_mm512_loadu_si512(values + i), limits));
    }
    if (i < count) {
        __mmask32 real = (1u << (count - i)) - 1;
        found += (size_t)__builtin_popcount(_mm512_mask_cmpge_epu16_mask(
            real, _mm512_maskz_loadu_epi16(real, values + i), limits));
    }
    return found;
}

// Writes what the mask names, and behind it whatever: there is room for 32.
VBMI2_INLINE size_t put(
    uint16_t *values, uint32_t *rows, __mmask32 chosen, __m512i value, __m512i low, __m512i high
) {
    size_t lowCount = (size_t)__builtin_popcount(chosen & 0xffff);
    _mm512_storeu_si512(values, _mm512_maskz_compress_epi16(chosen, value));
    _mm512_storeu_si512(rows, _mm512_maskz_compress_epi32((__mmask16)chosen, low));
    _mm512_storeu_si512(
        rows + lowCount, _mm512_maskz_compress_epi32((__mmask16)(chosen >> 16), high));
    return (size_t)__builtin_popcount(chosen);
}

VBMI2_INLINE size_t keep_values_vbmi2(
    uint16_t *values, uint32_t *rows, size_t count, uint32_t limit, size_t equal
) {
    const __m512i limits = _mm512_set1_epi16((short)limit);
    size_t kept = 0;
    for (size_t i = 0; i < count; i += 32) {
        __mmask32 real = count - i >= 32 ? 0xffffffff : (1u << (count - i)) - 1;
        __m512i value = _mm512_maskz_loadu_epi16(real, values + i);
        __m512i low = _mm512_maskz_loadu_epi32((__mmask16)real, rows + i);
        __m512i high = _mm512_maskz_loadu_epi32((__mmask16)(real >> 16), rows + i + 16);
        __mmask32 above = _mm512_mask_cmpgt_epu16_mask(real, value, limits);
        __mmask32 same = _mm512_mask_cmpeq_epu16_mask(real, value, limits);
        size_t sameCount = (size_t)__builtin_popcount(same);
        if (sameCount > equal) {
            same = _pdep_u32((1u << equal) - 1, same);
            sameCount = equal;
        }
        equal -= sameCount;
        // What is written lies before what is read next: it is never longer.
        kept += put(values + kept, rows + kept, above | same, value, low, high);
    }
    return kept;
}

VBMI2 __attribute__((noinline)) static void trim_vbmi2(reel_best_rows *best)
    TRIM(best, largest_value_vbmi2, count_values_vbmi2, keep_values_vbmi2)

// Rows 0–31 of a block from the sums of its even and odd bytes, which stand apart in four parts.
VBMI2_INLINE __m512i rows_in_order(
    __m512i lowEven, __m512i lowOdd, __m512i highEven, __m512i highOdd
) {
    __m512i a = _mm512_unpacklo_epi16(lowEven, lowOdd), b = _mm512_unpackhi_epi16(lowEven, lowOdd);
    __m512i c = _mm512_unpacklo_epi16(highEven, highOdd);
    __m512i d = _mm512_unpackhi_epi16(highEven, highOdd);
    __m512i ab = _mm512_add_epi16(
        _mm512_shuffle_i32x4(a, b, 0x44), _mm512_shuffle_i32x4(a, b, 0xee));
    __m512i cd = _mm512_add_epi16(
        _mm512_shuffle_i32x4(c, d, 0x44), _mm512_shuffle_i32x4(c, d, 0xee));
    return _mm512_add_epi16(
        _mm512_shuffle_i32x4(ab, cd, 0x88), _mm512_shuffle_i32x4(ab, cd, 0xdd));
}

// Byte sums of so many groups cannot overflow (PQScan.h).
enum { GROUPS_PER_ROUND = 16, TOGETHER = 4 };

// The sums of the rows of a block for each query, rows in order.
VBMI2_INLINE void sum_block(
    const uint8_t *block, size_t groups, const uint8_t *const *entries, const size_t queryCount,
    __m512i *sums
) {
    const __m512i half = _mm512_set1_epi8(15), bytes = _mm512_set1_epi16(255);
    __m512i sum[TOGETHER][4];
    for (size_t q = 0; q < queryCount; q++) {
        for (size_t n = 0; n < 4; n++) sum[q][n] = _mm512_setzero_si512();
    }
    for (size_t start = 0; start < groups; start += GROUPS_PER_ROUND) {
        size_t end = start + GROUPS_PER_ROUND < groups ? start + GROUPS_PER_ROUND : groups;
        __m512i low[TOGETHER], high[TOGETHER];
        for (size_t q = 0; q < queryCount; q++) low[q] = high[q] = _mm512_setzero_si512();
        for (size_t g = start; g < end; g++) {
            __m512i codes = _mm512_loadu_si512(block + 64 * g);
            __m512i lower = _mm512_and_si512(codes, half);
            __m512i upper = _mm512_and_si512(_mm512_srli_epi16(codes, 4), half);
            for (size_t q = 0; q < queryCount; q++) {
                __m512i table = _mm512_loadu_si512(entries[q] + 64 * g);
                low[q] = _mm512_add_epi8(low[q], _mm512_shuffle_epi8(table, lower));
                high[q] = _mm512_add_epi8(high[q], _mm512_shuffle_epi8(table, upper));
            }
        }
        for (size_t q = 0; q < queryCount; q++) {
            sum[q][0] = _mm512_add_epi16(sum[q][0], _mm512_and_si512(low[q], bytes));
            sum[q][1] = _mm512_add_epi16(sum[q][1], _mm512_srli_epi16(low[q], 8));
            sum[q][2] = _mm512_add_epi16(sum[q][2], _mm512_and_si512(high[q], bytes));
            sum[q][3] = _mm512_add_epi16(sum[q][3], _mm512_srli_epi16(high[q], 8));
        }
    }
    for (size_t q = 0; q < queryCount; q++) {
        sums[q] = rows_in_order(sum[q][0], sum[q][1], sum[q][2], sum[q][3]);
    }
}

VBMI2_INLINE __m512i as_base(uint32_t base) {
    return _mm512_set1_epi16((short)(base < TOP_VALUE ? base : TOP_VALUE));
}

VBMI2_INLINE void scan_together(PARAMETERS) {
    const size_t size = reel_code_block_size(partCount);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const uint8_t *entries[TOGETHER];
    __m512i base[TOGETHER], limit[TOGETHER];
    for (size_t q = 0; q < queryCount; q++) {
        entries[q] = queries[q].entries;
        base[q] = as_base(queries[q].base);
        limit[q] = _mm512_set1_epi16((short)queries[q].best->threshold);
    }
    for (size_t first = 0; first < rowCount; first += REEL_CODE_BLOCK, blocks += size) {
        __m512i sums[TOGETHER];
        sum_block(blocks, size / 64, entries, queryCount, sums);
        for (size_t q = 0; q < queryCount; q++) {
            __m512i value = _mm512_adds_epu16(sums[q], base[q]);
            __mmask32 better = _mm512_cmpge_epu16_mask(value, limit[q]);
            if (__builtin_expect(better == 0, 1)) continue;
            better &= rows_of_block(rowCount, first, allowed, firstRow + first);
            reel_best_rows *best = queries[q].best;
            if (best->count + REEL_CODE_BLOCK > best->capacity) {
                trim_vbmi2(best);
                limit[q] = _mm512_set1_epi16((short)best->threshold);
                better = _mm512_mask_cmpge_epu16_mask(better, value, limit[q]);
            }
            __m512i row = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(firstRow + first)));
            best->count += put(
                best->values + best->count, best->rows + best->count, better, value, row,
                _mm512_add_epi32(row, _mm512_set1_epi32(16)));
        }
    }
}

VBMI2 void reel_list_scan_vbmi2(PARAMETERS) {
    size_t q = 0;
    for (; q + 4 <= queryCount; q += 4) {
        scan_together(blocks, rowCount, partCount, firstRow, allowed, queries + q, 4);
    }
    switch (queryCount - q) {
    case 3: scan_together(blocks, rowCount, partCount, firstRow, allowed, queries + q, 3); break;
    case 2: scan_together(blocks, rowCount, partCount, firstRow, allowed, queries + q, 2); break;
    case 1: scan_together(blocks, rowCount, partCount, firstRow, allowed, queries + q, 1); break;
    default: break;
    }
}
// Hardly any block has a row that reaches the lowest limit.
VBMI2 void reel_list_count_vbmi2(COUNT_PARAMETERS) {
    const size_t size = reel_code_block_size(partCount);
    const __m512i ofList = as_base(base);
    uint32_t lowest = TOP_VALUE;
    for (size_t n = 0; n < limitCount; n++) lowest = limits[n] < lowest ? limits[n] : lowest;
    const __m512i any = _mm512_set1_epi16((short)lowest);
    for (size_t first = 0; first < rowCount; first += REEL_CODE_BLOCK, blocks += size) {
        __m512i sums;
        sum_block(blocks, size / 64, &entries, 1, &sums);
        __m512i value = _mm512_adds_epu16(sums, ofList);
        __mmask32 real = _mm512_cmpge_epu16_mask(value, any);
        if (real == 0) continue;
        real &= rows_of_block(rowCount, first, NULL, 0);
        for (size_t n = 0; n < limitCount; n++) {
            if (limits[n] > TOP_VALUE) continue;
            counts[n] += (uint32_t)__builtin_popcount(_mm512_mask_cmpge_epu16_mask(
                real, value, _mm512_set1_epi16((short)limits[n])));
        }
    }
}
#else
bool reel_has_vbmi2(void) { return false; }
#define reel_list_count_avx2 reel_list_count_scalar
#define reel_list_count_vbmi2 reel_list_count_scalar
#define reel_list_scan_avx2 reel_list_scan_scalar
#define reel_list_scan_vbmi2 reel_list_scan_scalar
#define trim_avx2 trim
#define trim_vbmi2 trim
#endif

void reel_list_scan(PARAMETERS) {
    if (reel_has_vbmi2()) reel_list_scan_vbmi2(ARGUMENTS);
    else if (reel_dot_has_avx2()) reel_list_scan_avx2(ARGUMENTS);
    else reel_list_scan_scalar(ARGUMENTS);
}

void reel_list_count(COUNT_PARAMETERS) {
    if (reel_has_vbmi2()) reel_list_count_vbmi2(COUNT_ARGUMENTS);
    else if (reel_dot_has_avx2()) reel_list_count_avx2(COUNT_ARGUMENTS);
    else reel_list_count_scalar(COUNT_ARGUMENTS);
}

void reel_best_rows_end(reel_best_rows *best) {
    if (best->count <= best->wanted) return;
    if (reel_has_vbmi2()) trim_vbmi2(best);
    else if (reel_dot_has_avx2()) trim_avx2(best);
    else trim(best);
}
