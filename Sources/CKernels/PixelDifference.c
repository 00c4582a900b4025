// Sum of absolute differences of two grey planes: what tells one shot from the next.
#include "PixelDifference.h"
#include "Processor.h"

// Left as the compiler finds it, without vectors, so that a fault of the vector variants shows.
#if defined(__clang__)
#define REEL_NO_VECTORS _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define REEL_NO_VECTORS
#endif

uint64_t reel_absolute_difference_sum_scalar(const uint8_t *a, const uint8_t *b, size_t count) {
    uint64_t sum = 0;
    REEL_NO_VECTORS
    for (size_t i = 0; i < count; i++) {
        sum += a[i] > b[i] ? (uint64_t)(a[i] - b[i]) : (uint64_t)(b[i] - a[i]);
    }
    return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>

// PSADBW adds eight absolute differences into one 64-bit lane: no lane can overflow.
__attribute__((target("avx2"))) static uint64_t sum_avx2(
    const uint8_t *a, const uint8_t *b, size_t count) {
    __m256i first = _mm256_setzero_si256();
    __m256i second = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        first = _mm256_add_epi64(
            first, _mm256_sad_epu8(
                       _mm256_loadu_si256((const __m256i *)(a + i)),
                       _mm256_loadu_si256((const __m256i *)(b + i))));
        second = _mm256_add_epi64(
            second, _mm256_sad_epu8(
                        _mm256_loadu_si256((const __m256i *)(a + i + 32)),
                        _mm256_loadu_si256((const __m256i *)(b + i + 32))));
    }
    uint64_t lanes[4];
    _mm256_storeu_si256((__m256i *)lanes, _mm256_add_epi64(first, second));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3] +
           reel_absolute_difference_sum_scalar(a + i, b + i, count - i);
}

// Every x86-64 has SSE2.
static uint64_t sum_sse2(const uint8_t *a, const uint8_t *b, size_t count) {
    __m128i total = _mm_setzero_si128();
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        total = _mm_add_epi64(
            total, _mm_sad_epu8(
                       _mm_loadu_si128((const __m128i *)(a + i)),
                       _mm_loadu_si128((const __m128i *)(b + i))));
    }
    uint64_t lanes[2];
    _mm_storeu_si128((__m128i *)lanes, total);
    return lanes[0] + lanes[1] + reel_absolute_difference_sum_scalar(a + i, b + i, count - i);
}

uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count) {
    return reel_best_vector_level() >= reel_level_avx2 ? sum_avx2(a, b, count) : sum_sse2(a, b, count);
}
#else
uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count) {
    return reel_absolute_difference_sum_scalar(a, b, count);
}
#endif

// n·Σd² − (Σd)² is n² times the variance of the difference d: whole numbers, so all variants agree.
static inline int is_restructured(int64_t sum, int64_t squares, int64_t area, int64_t threshold) {
    return area * squares - sum * sum >= threshold * threshold * area * area;
}

size_t reel_restructured_cells_scalar(
    const uint8_t *a, const uint8_t *b, size_t width, size_t height, size_t cell_height,
    unsigned threshold) {
    size_t count = 0;
    for (size_t top = 0; top + cell_height <= height; top += cell_height) {
        for (size_t left = 0; left + 16 <= width; left += 16) {
            int64_t sum = 0, squares = 0;
            for (size_t y = top; y < top + cell_height; y++) {
                REEL_NO_VECTORS
                for (size_t x = left; x < left + 16; x++) {
                    int64_t difference = (int64_t)a[y * width + x] - (int64_t)b[y * width + x];
                    sum += difference;
                    squares += difference * difference;
                }
            }
            count += (size_t)is_restructured(
                sum, squares, (int64_t)(16 * cell_height), (int64_t)threshold);
        }
    }
    return count;
}

#if defined(__x86_64__)
// A lane takes two differences a row, a square of at most 65025 each: 2^31 is 16512 rows away.
__attribute__((target("avx2"))) static size_t restructured_cells_avx2(
    const uint8_t *a, const uint8_t *b, size_t width, size_t height, size_t cell_height,
    unsigned threshold) {
    const __m256i ones = _mm256_set1_epi16(1);
    size_t count = 0;
    for (size_t top = 0; top + cell_height <= height; top += cell_height) {
        for (size_t left = 0; left + 16 <= width; left += 16) {
            __m256i sums = _mm256_setzero_si256(), squares = _mm256_setzero_si256();
            for (size_t y = top; y < top + cell_height; y++) {
                size_t place = y * width + left;
                __m256i difference = _mm256_sub_epi16(
                    _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(a + place))),
                    _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(b + place))));
                sums = _mm256_add_epi32(sums, _mm256_madd_epi16(difference, ones));
                squares = _mm256_add_epi32(squares, _mm256_madd_epi16(difference, difference));
            }
            int32_t lanes[16];
            _mm256_storeu_si256((__m256i *)lanes, sums);
            _mm256_storeu_si256((__m256i *)(lanes + 8), squares);
            int64_t sum = 0, square = 0;
            for (size_t lane = 0; lane < 8; lane++) {
                sum += lanes[lane];
                square += lanes[lane + 8];
            }
            count += (size_t)is_restructured(
                sum, square, (int64_t)(16 * cell_height), (int64_t)threshold);
        }
    }
    return count;
}
#endif

size_t reel_restructured_cells(
    const uint8_t *a, const uint8_t *b, size_t width, size_t height, size_t cell_height,
    unsigned threshold) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2 && cell_height <= 16384) {
        return restructured_cells_avx2(a, b, width, height, cell_height, threshold);
    }
#endif
    return reel_restructured_cells_scalar(a, b, width, height, cell_height, threshold);
}

// Mean of `area` pixels, rounded, shifted down. The product with the reciprocal is off by less than
// a tenth of a grey level for any cell below 2^28 in sum; all variants share it, so they agree.
static inline uint8_t mean_of(uint64_t sum, uint64_t reciprocal) {
    uint64_t mean = (sum * reciprocal + (UINT64_C(1) << 31)) >> 32;
    // 1023 in ten bits is 255.75 in eight.
    return mean < 255 ? (uint8_t)mean : 255;
}

static inline uint64_t reciprocal_of(size_t area, unsigned shift) {
    return (UINT64_C(1) << 32) / ((uint64_t)area << shift);
}

// Sums the columns of each cell. Inlined with a constant `narrow`, the loop over it disappears.
#define REEL_SUM_CELLS(NAME, COLUMN)                                                               \
    static inline __attribute__((always_inline)) void NAME(                                        \
        const COLUMN *columns, const uint32_t *bounds, size_t count, size_t narrow,                \
        const uint64_t reciprocals[2], uint8_t *target) {                                          \
        for (size_t cell = 0; cell < count; cell++) {                                              \
            size_t left = bounds[cell];                                                            \
            /* Cells are `narrow` wide or one wider; what lies behind the last column is read, but \
               counts nothing. */                                                                  \
            size_t wider = bounds[cell + 1] - left - narrow;                                       \
            uint64_t sum = wider * columns[left + narrow];                                         \
            for (size_t x = 0; x < narrow; x++) sum += columns[left + x];                          \
            target[cell] = mean_of(sum, reciprocals[wider]);                                       \
        }                                                                                          \
    }
REEL_SUM_CELLS(sum_cells16, uint16_t)
REEL_SUM_CELLS(sum_cells32, uint32_t)

// Adds up the rows of a cell first, along memory and in vectors, then the columns of each cell.
// `COLUMN` holds the sum of up to 256 pixels.
#define REEL_SHRINK_BODY(PIXEL, COLUMN, SUM_CELLS, SHIFT)                                          \
    COLUMN *columns = (COLUMN *)job->columns;                                                      \
    /* Divisions are slow: where cells begin is worked out once, not for each row. */              \
    uint32_t *bounds = job->columns + job->width;                                                  \
    for (size_t cell = 0; cell <= job->target_width; cell++) {                                     \
        bounds[cell] = (uint32_t)(cell * job->width / job->target_width);                          \
    }                                                                                              \
    size_t narrow = job->width / job->target_width, count = job->target_width;                     \
    for (size_t row = 0; row < job->target_height; row++) {                                        \
        size_t top = row * job->height / job->target_height;                                       \
        size_t bottom = (row + 1) * job->height / job->target_height;                              \
        const char *pixels = (const char *)job->source + (ptrdiff_t)top * job->row_bytes;          \
        const PIXEL *first = (const PIXEL *)pixels;                                                \
        for (size_t x = 0; x < job->width; x++) columns[x] = first[x];                             \
        for (size_t y = top + 1; y < bottom; y++) {                                                \
            pixels += job->row_bytes;                                                              \
            const PIXEL *next = (const PIXEL *)pixels;                                             \
            for (size_t x = 0; x < job->width; x++) columns[x] = (COLUMN)(columns[x] + next[x]);   \
        }                                                                                          \
        uint64_t reciprocals[2] = {                                                                \
            reciprocal_of(narrow * (bottom - top), SHIFT),                                         \
            reciprocal_of((narrow + 1) * (bottom - top), SHIFT)};                                  \
        uint8_t *target = job->target + row * count;                                               \
        switch (narrow) { /* 640 and 720, 854, 1280, 1920 pixels wide; all others */               \
        case 4: SUM_CELLS(columns, bounds, count, 4, reciprocals, target); break;                  \
        case 5: SUM_CELLS(columns, bounds, count, 5, reciprocals, target); break;                  \
        case 8: SUM_CELLS(columns, bounds, count, 8, reciprocals, target); break;                  \
        case 12: SUM_CELLS(columns, bounds, count, 12, reciprocals, target); break;                \
        default: SUM_CELLS(columns, bounds, count, narrow, reciprocals, target);                   \
        }                                                                                          \
    }

// The definition, word for word.
#define REEL_SHRINK_SCALAR(PIXEL, SHIFT)                                                           \
    for (size_t row = 0; row < job->target_height; row++) {                                        \
        size_t top = row * job->height / job->target_height;                                       \
        size_t bottom = (row + 1) * job->height / job->target_height;                              \
        for (size_t cell = 0; cell < job->target_width; cell++) {                                  \
            size_t left = cell * job->width / job->target_width;                                   \
            size_t right = (cell + 1) * job->width / job->target_width;                            \
            uint64_t sum = 0;                                                                      \
            for (size_t y = top; y < bottom; y++) {                                                \
                const PIXEL *pixels =                                                              \
                    (const PIXEL *)((const char *)job->source + (ptrdiff_t)y * job->row_bytes);    \
                REEL_NO_VECTORS                                                                    \
                for (size_t x = left; x < right; x++) sum += pixels[x];                            \
            }                                                                                      \
            uint64_t reciprocal = reciprocal_of((bottom - top) * (right - left), SHIFT);           \
            job->target[row * job->target_width + cell] = mean_of(sum, reciprocal);                \
        }                                                                                          \
    }

void reel_shrink_grey8_scalar(const reel_grey_shrink *job) { REEL_SHRINK_SCALAR(uint8_t, 0) }

void reel_shrink_grey16_scalar(const reel_grey_shrink *job, unsigned shift) {
    REEL_SHRINK_SCALAR(uint16_t, shift)
}

static void shrink8_plain(const reel_grey_shrink *job) { REEL_SHRINK_BODY(uint8_t, uint16_t, sum_cells16, 0) }

static void shrink16_plain(const reel_grey_shrink *job, unsigned shift) {
    REEL_SHRINK_BODY(uint16_t, uint32_t, sum_cells32, shift)
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void shrink8_avx2(const reel_grey_shrink *job) {
    REEL_SHRINK_BODY(uint8_t, uint16_t, sum_cells16, 0)
}

__attribute__((target("avx2"))) static void shrink16_avx2(
    const reel_grey_shrink *job, unsigned shift) {
    REEL_SHRINK_BODY(uint16_t, uint32_t, sum_cells32, shift)
}
#endif

void reel_shrink_grey8(const reel_grey_shrink *job) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2) {
        shrink8_avx2(job);
        return;
    }
#endif
    shrink8_plain(job);
}

void reel_shrink_grey16(const reel_grey_shrink *job, unsigned shift) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2) {
        shrink16_avx2(job, shift);
        return;
    }
#endif
    shrink16_plain(job, shift);
}
