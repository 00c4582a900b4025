// The processor multiplies unsigned bytes with signed ones: one side is shifted, and the shift
// times the other side's sum is taken off again. AVX2 adds two products up in 16 bits, so there
// the shifted side has seven bits: 2 · 127 · 127 fits.
#include "SketchDots.h"
#include "DotProduct.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX2_INLINE __attribute__((target("avx2,fma,f16c"), always_inline)) static inline
#define VNNI                                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")))
#define VNNI_INLINE                                                                               \
    __attribute__((                                                                               \
        target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"), always_inline))    \
    static inline

bool reel_has_vnni(void) {
    return reel_dot_has_avx512() && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vnni");
}
#else
bool reel_has_vnni(void) { return false; }
#endif

void reel_fetch_ahead(const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i += 64) __builtin_prefetch((const char *)bytes + i);
}

// ---- One query ------------------------------------------------------------------------------

void reel_fine_dot_scalar(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int16_t *codes = (const int16_t *)(const void *)query->codes;
    for (size_t r = 0; r < rowCount; r++) {
        const int8_t *row = rows + (positions ? positions[r] : r) * width;
        int32_t sum = 0;
        for (size_t i = 0; i < width; i++) sum += row[i] * codes[i];
        dots[r] = sum;
    }
}

#if defined(__x86_64__)
AVX2_INLINE int32_t sum8(__m256i eight) {
    __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1));
    return _mm_cvtsi128_si32(four);
}

// R rows at a time, so that the query is read once for them.
AVX2_INLINE void fine_rows(
    const int8_t *const *row, size_t width, const int16_t *codes, int32_t *dots, const int R
) {
    __m256i sum[4];
    for (int n = 0; n < R; n++) sum[n] = _mm256_setzero_si256();
    for (size_t i = 0; i < width; i += 32) {
        __m256i u = _mm256_loadu_si256((const __m256i *)(codes + i));
        __m256i v = _mm256_loadu_si256((const __m256i *)(codes + i + 16));
        for (int n = 0; n < R; n++) {
            __m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(row[n] + i)));
            __m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(row[n] + i + 16)));
            sum[n] = _mm256_add_epi32(sum[n], _mm256_madd_epi16(a, u));
            sum[n] = _mm256_add_epi32(sum[n], _mm256_madd_epi16(b, v));
        }
    }
    for (int n = 0; n < R; n++) dots[n] = sum8(sum[n]);
}

// Rows that follow one another, one at a time: the processor fetches one stream ahead by itself,
// and reading four rows side by side makes it lose the thread (28 ms against 12 for 500 000 × 512
// that are not in the cache, on one core; in the cache both take 6).
AVX2_INLINE void fine_run(
    const int8_t *row, size_t rowCount, size_t width, const int16_t *codes, int32_t *dots
) {
    for (size_t r = 0; r < rowCount; r++, row += width) {
        __m256i sum[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (size_t i = 0; i < width; i += 64) {
            for (size_t n = 0; n < 4; n++) {
                const size_t place = i + 16 * n;
                __m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(row + place)));
                __m256i u = _mm256_loadu_si256((const __m256i *)(codes + place));
                sum[n % 2] = _mm256_add_epi32(sum[n % 2], _mm256_madd_epi16(a, u));
            }
        }
        dots[r] = sum8(_mm256_add_epi32(sum[0], sum[1]));
    }
}

AVX2 void reel_fine_dot_avx2(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int16_t *codes = (const int16_t *)(const void *)query->codes;
    if (!positions) {
        fine_run(rows, rowCount, width, codes, dots);
        return;
    }
    size_t r = 0;
    for (; r + 4 <= rowCount; r += 4) {
        const int8_t *row[4];
        for (size_t n = 0; n < 4; n++) row[n] = rows + positions[r + n] * width;
        // Rows that lie apart: those after the next four are asked for now.
        for (size_t n = r + 8; n < r + 12 && n < rowCount; n++) {
            const int8_t *next = rows + positions[n] * width;
            for (size_t i = 0; i < width; i += 64) _mm_prefetch(next + i, _MM_HINT_T0);
        }
        fine_rows(row, width, codes, dots + r, 4);
    }
    for (; r < rowCount; r++) {
        const int8_t *row = rows + positions[r] * width;
        fine_rows(&row, width, codes, dots + r, 1);
    }
}

VNNI_INLINE __m512i fine_row(
    const int8_t *row, size_t width, const int8_t *upper, const int8_t *lower
) {
    __m512i high = _mm512_setzero_si512(), low = high;
    const __m512i shift = _mm512_set1_epi8((char)0x80);
    for (size_t i = 0; i < width; i += 64) {
        __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(row + i), shift);  // + 128
        high = _mm512_dpbusd_epi32(high, bytes, _mm512_loadu_si512(upper + i));
        low = _mm512_dpbusd_epi32(low, bytes, _mm512_loadu_si512(lower + i));
    }
    return _mm512_add_epi32(_mm512_slli_epi32(high, 7), low);
}

VNNI void reel_fine_dot_vnni(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    const int8_t *upper = query->codes + 2 * width, *lower = query->codes + 3 * width;
    const int32_t correction = query->correction;
    const __m512i shift = _mm512_set1_epi8((char)0x80);
    size_t r = 0;
    for (; r + 4 <= rowCount; r += 4) {
        const int8_t *row[4];
        __m512i high[4], low[4];
        for (int n = 0; n < 4; n++) {
            row[n] = rows + (positions ? positions[r + n] : r + n) * width;
            high[n] = low[n] = _mm512_setzero_si512();
        }
        if (positions) {
            // Rows that lie apart: the next four are asked for while these are worked on.
            for (size_t n = r + 4; n < r + 8 && n < rowCount; n++) {
                const int8_t *next = rows + positions[n] * width;
                for (size_t i = 0; i < width; i += 64) _mm_prefetch(next + i, _MM_HINT_T0);
            }
        }
        for (size_t i = 0; i < width; i += 64) {
            __m512i u = _mm512_loadu_si512(upper + i), v = _mm512_loadu_si512(lower + i);
            for (int n = 0; n < 4; n++) {
                __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(row[n] + i), shift);
                // The processor by itself fetches ahead only up to the end of a page.
                if (!positions) _mm_prefetch(row[n] + 8 * width + i, _MM_HINT_T0);
                high[n] = _mm512_dpbusd_epi32(high[n], bytes, u);
                low[n] = _mm512_dpbusd_epi32(low[n], bytes, v);
            }
        }
        for (int n = 0; n < 4; n++) {
            __m512i sum = _mm512_add_epi32(_mm512_slli_epi32(high[n], 7), low[n]);
            dots[r + n] = _mm512_reduce_add_epi32(sum) - correction;
        }
    }
    for (; r < rowCount; r++) {
        const int8_t *row = rows + (positions ? positions[r] : r) * width;
        dots[r] = _mm512_reduce_add_epi32(fine_row(row, width, upper, lower)) - correction;
    }
}

// The sums of four registers, side by side.
VNNI_INLINE __m128i sums_of_four(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i four = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(
        _mm512_castsi512_si256(four), _mm512_extracti64x4_epi64(four, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

// Four rows × Q queries, of which the first row's products begin at dots[0] and dots[stride].
VNNI_INLINE void fine_four(
    const int8_t *const *row, size_t width, const reel_fine_query *queries, const size_t Q,
    const bool fetchesAhead, int32_t *dots, size_t stride
) {
    const __m512i shift = _mm512_set1_epi8((char)0x80);
    __m512i high[3][4], low[3][4];
    for (size_t q = 0; q < Q; q++) {
        for (size_t n = 0; n < 4; n++) high[q][n] = low[q][n] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < width; i += 64) {
        __m512i bytes[4];
        for (size_t n = 0; n < 4; n++) {
            bytes[n] = _mm512_xor_si512(_mm512_loadu_si512(row[n] + i), shift);  // + 128
            // The processor by itself fetches ahead only up to the end of a page.
            if (fetchesAhead) _mm_prefetch(row[n] + 8 * width + i, _MM_HINT_T0);
        }
        for (size_t q = 0; q < Q; q++) {
            __m512i upper = _mm512_loadu_si512(queries[q].codes + 2 * width + i);
            __m512i lower = _mm512_loadu_si512(queries[q].codes + 3 * width + i);
            for (size_t n = 0; n < 4; n++) {
                high[q][n] = _mm512_dpbusd_epi32(high[q][n], bytes[n], upper);
                low[q][n] = _mm512_dpbusd_epi32(low[q][n], bytes[n], lower);
            }
        }
    }
    for (size_t q = 0; q < Q; q++) {
        __m512i sum[4];
        for (size_t n = 0; n < 4; n++) {
            sum[n] = _mm512_add_epi32(_mm512_slli_epi32(high[q][n], 7), low[q][n]);
        }
        _mm_storeu_si128(
            (__m128i *)(void *)(dots + q * stride),
            _mm_sub_epi32(
                sums_of_four(sum[0], sum[1], sum[2], sum[3]),
                _mm_set1_epi32(queries[q].correction)));
    }
}

// The last one to three rows, with what is missing repeated.
VNNI_INLINE void fine_rest(
    const int8_t *const *row, size_t rowCount, size_t width, const reel_fine_query *queries,
    const size_t Q, int32_t *dots, size_t stride
) {
    const int8_t *four[4];
    int32_t found[3][4];
    for (size_t n = 0; n < 4; n++) four[n] = row[n < rowCount ? n : 0];
    fine_four(four, width, queries, Q, false, found[0], 4);
    for (size_t q = 0; q < Q; q++) memcpy(dots + q * stride, found[q], rowCount * sizeof *dots);
}

// Two queries at a time, of an odd number the last three, so that rows are loaded and shifted once for
// them; four rows stay near until all queries have seen them.
VNNI void reel_fine_dots_vnni(
    const int8_t *rows, size_t rowCount, size_t width, const reel_fine_query *queries,
    size_t queryCount, int32_t *dots, size_t stride
) {
    if (queryCount == 1) reel_fine_dot_vnni(rows, NULL, rowCount, width, queries, dots);
    if (queryCount < 2) return;
    for (size_t r = 0; r < rowCount; r += 4) {
        const int8_t *row[4];
        size_t left = rowCount - r < 4 ? rowCount - r : 4;
        for (size_t n = 0; n < left; n++) row[n] = rows + (r + n) * width;
        for (size_t q = 0, taken; q < queryCount; q += taken) {
            const reel_fine_query *query = queries + q;
            int32_t *to = dots + q * stride + r;
            taken = queryCount - q == 3 ? 3 : 2;
            if (left < 4 && taken == 3) fine_rest(row, left, width, query, 3, to, stride);
            else if (left < 4) fine_rest(row, left, width, query, 2, to, stride);
            else if (taken == 3) fine_four(row, width, query, 3, q == 0, to, stride);
            else if (q == 0) fine_four(row, width, query, 2, true, to, stride);
            else fine_four(row, width, query, 2, false, to, stride);
        }
    }
}
#else
#define reel_fine_dot_avx2 reel_fine_dot_scalar
#define reel_fine_dot_vnni reel_fine_dot_scalar
#define reel_fine_dots_vnni reel_fine_dots_scalar
#endif

void reel_fine_dot(
    const int8_t *rows, const uint32_t *positions, size_t rowCount, size_t width,
    const reel_fine_query *query, int32_t *dots
) {
    reel_fine_dot_function *function = reel_has_vnni() ? reel_fine_dot_vnni
        : reel_dot_has_avx2()                          ? reel_fine_dot_avx2
                                                       : reel_fine_dot_scalar;
    function(rows, positions, rowCount, width, query, dots);
}

// ---- A few queries ----------------------------------------------------------------------------

// Some rows at a time: they stay near until all queries have seen them.
static void fine_dots(
    const int8_t *rows, size_t rowCount, size_t width, const reel_fine_query *queries,
    size_t queryCount, int32_t *dots, size_t stride, reel_fine_dot_function *dot
) {
    enum { NEAR = 64 };
    for (size_t r = 0; r < rowCount; r += NEAR) {
        size_t taken = rowCount - r < NEAR ? rowCount - r : NEAR;
        for (size_t q = 0; q < queryCount; q++) {
            dot(rows + r * width, NULL, taken, width, queries + q, dots + q * stride + r);
        }
    }
}

void reel_fine_dots_scalar(
    const int8_t *rows, size_t rowCount, size_t width, const reel_fine_query *queries,
    size_t queryCount, int32_t *dots, size_t stride
) {
    fine_dots(rows, rowCount, width, queries, queryCount, dots, stride, reel_fine_dot_scalar);
}

void reel_fine_dots(
    const int8_t *rows, size_t rowCount, size_t width, const reel_fine_query *queries,
    size_t queryCount, int32_t *dots, size_t stride
) {
    if (reel_has_vnni()) {
        reel_fine_dots_vnni(rows, rowCount, width, queries, queryCount, dots, stride);
    } else {
        fine_dots(rows, rowCount, width, queries, queryCount, dots, stride, reel_fine_dot);
    }
}

// ---- Many queries ---------------------------------------------------------------------------

void reel_code_sums_scalar(const int8_t *rows, size_t rowCount, size_t width, int32_t *sums) {
    for (size_t r = 0; r < rowCount; r++) {
        int32_t sum = 0;
        for (size_t i = 0; i < width; i++) sum += rows[r * width + i];
        sums[r] = sum;
    }
}

#if defined(__x86_64__)
// Bytes are added up unsigned, eight at a time: 128 more each, which is taken off at the end.
AVX2 void reel_code_sums_avx2(
    const int8_t *rows, size_t rowCount, size_t width, int32_t *sums
) {
    const __m256i shift = _mm256_set1_epi8((char)0x80);
    for (size_t r = 0; r < rowCount; r++) {
        const int8_t *row = rows + r * width;
        __m256i sum = _mm256_setzero_si256();
        size_t i = 0;
        for (; i + 32 <= width; i += 32) {
            __m256i codes = _mm256_loadu_si256((const __m256i *)(const void *)(row + i));
            sum = _mm256_add_epi64(
                sum, _mm256_sad_epu8(_mm256_xor_si256(codes, shift), _mm256_setzero_si256()));
        }
        // Each sum has at most 32 bits: the upper halves are zero.
        int32_t total = sum8(sum) - 128 * (int32_t)i;
        for (; i < width; i++) total += row[i];
        sums[r] = total;
    }
}
#else
#define reel_code_sums_avx2 reel_code_sums_scalar
#endif

void reel_code_sums(const int8_t *rows, size_t rowCount, size_t width, int32_t *sums) {
    if (reel_dot_has_avx2()) reel_code_sums_avx2(rows, rowCount, width, sums);
    else reel_code_sums_scalar(rows, rowCount, width, sums);
}

void reel_coarse_dot_scalar(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    uint8_t zero, size_t groupCount, int32_t *dots
) {
    for (size_t g = 0; g < groupCount; g++) {
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        for (size_t r = 0; r < rowCount; r++) {
            const int8_t *row = rows + r * width;
            int32_t *out = dots + (g * rowCount + r) * REEL_QUERY_GROUP;
            for (size_t q = 0; q < REEL_QUERY_GROUP; q++) {
                int32_t sum = 0;
                for (size_t i = 0; i < width; i++) {
                    sum += row[i] * group[(i / 4 * REEL_QUERY_GROUP + q) * 4 + i % 4];
                }
                out[q] = sum - zero * sums[r];
            }
        }
    }
}

#if defined(__x86_64__)
// R rows × one group of sixteen queries, eight in a register.
AVX2_INLINE void coarse_rows(
    const int8_t *rows, const int32_t *sums, size_t width, const uint8_t *group, uint8_t zero,
    int32_t *dots, const int R
) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sum[4][2];
    for (int r = 0; r < R; r++) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    for (size_t i = 0; i < width; i += 4) {
        const uint8_t *step = group + i * REEL_QUERY_GROUP;
        __m256i u = _mm256_loadu_si256((const __m256i *)step);
        __m256i v = _mm256_loadu_si256((const __m256i *)(step + 32));
        for (int r = 0; r < R; r++) {
            int32_t four;
            memcpy(&four, rows + (size_t)r * width + i, 4);
            __m256i c = _mm256_set1_epi32(four);
            sum[r][0] = _mm256_add_epi32(
                sum[r][0], _mm256_madd_epi16(_mm256_maddubs_epi16(u, c), ones));
            sum[r][1] = _mm256_add_epi32(
                sum[r][1], _mm256_madd_epi16(_mm256_maddubs_epi16(v, c), ones));
        }
    }
    for (int r = 0; r < R; r++) {
        __m256i correction = _mm256_set1_epi32(zero * sums[r]);
        __m256i *out = (__m256i *)(void *)(dots + r * REEL_QUERY_GROUP);
        _mm256_storeu_si256(out, _mm256_sub_epi32(sum[r][0], correction));
        _mm256_storeu_si256(out + 1, _mm256_sub_epi32(sum[r][1], correction));
    }
}

AVX2 void reel_coarse_dot_avx2(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    uint8_t zero, size_t groupCount, int32_t *dots
) {
    for (size_t g = 0; g < groupCount; g++) {
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        int32_t *out = dots + g * rowCount * REEL_QUERY_GROUP;
        size_t r = 0;
        for (; r + 4 <= rowCount; r += 4) {
            coarse_rows(
                rows + r * width, sums + r, width, group, zero, out + r * REEL_QUERY_GROUP, 4);
        }
        for (; r < rowCount; r++) {
            coarse_rows(
                rows + r * width, sums + r, width, group, zero, out + r * REEL_QUERY_GROUP, 1);
        }
    }
}

// R rows × G groups, both known when compiled: the sums live in registers. The rows after the next
// R are asked for meanwhile: read four bytes here, four there, they are no stream that the processor
// would recognise (17 % of a busy server's time, and 8 % with it: 200 000 rows that are not in the
// cache, eleven queries).
VNNI_INLINE void coarse_tile(
    const int8_t *rows, const int32_t *sums, size_t width, const uint8_t *packed, uint8_t zero,
    int32_t *dots, size_t rowCount, const int R, const int G
) {
    __m512i sum[6][4];
    for (int r = 0; r < R; r++) {
        for (int g = 0; g < G; g++) sum[r][g] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < width; i += 4) {
        __m512i u[4];
        for (int g = 0; g < G; g++) {
            u[g] = _mm512_loadu_si512(packed + ((size_t)g * width + i) * REEL_QUERY_GROUP);
        }
        if (i % 64 == 0) {
            for (int r = 0; r < R; r++) {
                _mm_prefetch(rows + ((size_t)r + 2 * R) * width + i, _MM_HINT_T0);
            }
        }
        for (int r = 0; r < R; r++) {
            int32_t four;
            memcpy(&four, rows + (size_t)r * width + i, 4);
            __m512i c = _mm512_set1_epi32(four);
            for (int g = 0; g < G; g++) sum[r][g] = _mm512_dpbusd_epi32(sum[r][g], u[g], c);
        }
    }
    for (int r = 0; r < R; r++) {
        __m512i correction = _mm512_set1_epi32(zero * sums[r]);
        for (int g = 0; g < G; g++) {
            _mm512_storeu_si512(
                dots + ((size_t)g * rowCount + (size_t)r) * REEL_QUERY_GROUP,
                _mm512_sub_epi32(sum[r][g], correction));
        }
    }
}

VNNI void reel_coarse_dot_vnni(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    uint8_t zero, size_t groupCount, int32_t *dots
) {
    size_t g = 0;
    while (g < groupCount) {
        size_t taken = groupCount - g >= 4 ? 4 : 1;
        const uint8_t *group = packed + g * width * REEL_QUERY_GROUP;
        int32_t *out = dots + g * rowCount * REEL_QUERY_GROUP;
        size_t r = 0;
        for (; r + 6 <= rowCount; r += 6) {
            const int8_t *row = rows + r * width;
            int32_t *to = out + r * REEL_QUERY_GROUP;
            if (taken == 4) coarse_tile(row, sums + r, width, group, zero, to, rowCount, 6, 4);
            else coarse_tile(row, sums + r, width, group, zero, to, rowCount, 6, 1);
        }
        for (; r < rowCount; r++) {
            const int8_t *row = rows + r * width;
            int32_t *to = out + r * REEL_QUERY_GROUP;
            if (taken == 4) coarse_tile(row, sums + r, width, group, zero, to, rowCount, 1, 4);
            else coarse_tile(row, sums + r, width, group, zero, to, rowCount, 1, 1);
        }
        g += taken;
    }
}
// R rows × Q queries, both known when compiled, 64 elements at a time: the sums live in registers.
VNNI_INLINE void coarse_few_rows(
    const int8_t *rows, const int32_t *sums, size_t width, const uint8_t *spread, uint8_t zero,
    int32_t *dots, const size_t R, const size_t Q
) {
    __m512i sum[6][8];
    for (size_t r = 0; r < R; r++) {
        for (size_t q = 0; q < Q; q++) sum[r][q] = _mm512_setzero_si512();
    }
    for (size_t i = 0; i < width; i += 64) {
        __m512i c[6];
        for (size_t r = 0; r < R; r++) {
            c[r] = _mm512_loadu_si512(rows + r * width + i);
            // The processor by itself fetches ahead only up to the end of a page.
            _mm_prefetch(rows + (r + 4 * R) * width + i, _MM_HINT_T0);
        }
        for (size_t q = 0; q < Q; q++) {
            __m512i u = _mm512_loadu_si512(spread + q * width + i);
            for (size_t r = 0; r < R; r++) sum[r][q] = _mm512_dpbusd_epi32(sum[r][q], u, c[r]);
        }
    }
    for (size_t r = 0; r < R; r++) {
        __m128i correction = _mm_set1_epi32(zero * sums[r]);
        for (size_t q = 0; q < Q; q += 4) {
            __m128i four =
                sums_of_four(sum[r][q], sum[r][q + 1], sum[r][q + 2], sum[r][q + 3]);
            _mm_storeu_si128(
                (__m128i *)(void *)(dots + r * REEL_QUERY_GROUP + q),
                _mm_sub_epi32(four, correction));
        }
    }
}

VNNI void reel_coarse_few_vnni(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *spread,
    uint8_t zero, size_t queryCount, int32_t *dots
) {
    size_t r = 0;
    if (queryCount > 4) {
        for (; r + 3 <= rowCount; r += 3) {
            coarse_few_rows(
                rows + r * width, sums + r, width, spread, zero, dots + r * REEL_QUERY_GROUP, 3,
                8);
        }
    } else {
        for (; r + 6 <= rowCount; r += 6) {
            coarse_few_rows(
                rows + r * width, sums + r, width, spread, zero, dots + r * REEL_QUERY_GROUP, 6,
                4);
        }
    }
    for (; r < rowCount; r++) {
        coarse_few_rows(
            rows + r * width, sums + r, width, spread, zero, dots + r * REEL_QUERY_GROUP, 1, 8);
    }
}
#else
#define reel_coarse_few_vnni reel_coarse_few_scalar
#define reel_coarse_dot_avx2 reel_coarse_dot_scalar
#define reel_coarse_dot_vnni reel_coarse_dot_scalar
#endif

void reel_coarse_few_scalar(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *spread,
    uint8_t zero, size_t queryCount, int32_t *dots
) {
    for (size_t r = 0; r < rowCount; r++) {
        for (size_t q = 0; q < queryCount; q++) {
            int32_t sum = 0;
            for (size_t i = 0; i < width; i++) sum += rows[r * width + i] * spread[q * width + i];
            dots[r * REEL_QUERY_GROUP + q] = sum - zero * sums[r];
        }
    }
}

uint8_t reel_coarse_zero(void) { return reel_dot_has_avx2() && !reel_has_vnni() ? 64 : 128; }

void reel_coarse_dot(
    const int8_t *rows, const int32_t *sums, size_t rowCount, size_t width, const uint8_t *packed,
    uint8_t zero, size_t groupCount, int32_t *dots
) {
    reel_coarse_dot_function *function = reel_has_vnni() ? reel_coarse_dot_vnni
        : reel_dot_has_avx2()                            ? reel_coarse_dot_avx2
                                                         : reel_coarse_dot_scalar;
    function(rows, sums, rowCount, width, packed, zero, groupCount, dots);
}
