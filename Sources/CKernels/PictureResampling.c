// Integer sums do not depend on their order, so the vector forms equal the scalar ones exactly.
#include "PictureResampling.h"
#include "Processor.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE uint8_t rounded(int32_t sum) {
    int32_t value = sum >> reel_resampling_bits;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

enum { half = 1 << (reel_resampling_bits - 1) };

void reel_resample_rows_scalar(
    const uint8_t *input, size_t width, size_t rows, const reel_resampling *places,
    uint8_t *output
) {
    for (size_t row = 0; row < rows; row++)
        for (size_t place = 0; place < places->count; place++) {
            const uint8_t *pixel = input + (row * width + (size_t)places->first[place]) * 3;
            const int32_t *weights = places->weights + place * places->taps;
            int32_t red = half, green = half, blue = half;
            for (int32_t tap = 0; tap < places->used[place]; tap++, pixel += 3) {
                red += pixel[0] * weights[tap];
                green += pixel[1] * weights[tap];
                blue += pixel[2] * weights[tap];
            }
            uint8_t *to = output + (row * places->count + place) * 3;
            to[0] = rounded(red);
            to[1] = rounded(green);
            to[2] = rounded(blue);
        }
}

// Sums of a stretch of neighbouring bytes fit in registers; the compiler makes the inner loops
// vectors at every level.
enum { stretch = 64 };

INLINE void resample_columns(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output
) {
    for (size_t place = 0; place < places->count; place++) {
        const uint8_t *rows = input + (size_t)places->first[place] * row_bytes;
        const int32_t *weights = places->weights + place * places->taps;
        int32_t used = places->used[place];
        uint8_t *to = output + place * row_bytes;
        size_t start = 0;
        for (; start + stretch <= row_bytes; start += stretch) {
            int32_t sums[stretch];
            for (int i = 0; i < stretch; i++) sums[i] = half;
            for (int32_t tap = 0; tap < used; tap++) {
                const uint8_t *from = rows + (size_t)tap * row_bytes + start;
                for (int i = 0; i < stretch; i++) sums[i] += from[i] * weights[tap];
            }
            for (int i = 0; i < stretch; i++) to[start + i] = rounded(sums[i]);
        }
        for (; start < row_bytes; start++) {
            int32_t sum = half;
            for (int32_t tap = 0; tap < used; tap++)
                sum += rows[(size_t)tap * row_bytes + start] * weights[tap];
            to[start] = rounded(sum);
        }
    }
}

void reel_resample_columns_scalar(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output
) {
    for (size_t place = 0; place < places->count; place++)
        for (size_t column = 0; column < row_bytes; column++) {
            int32_t sum = half;
            for (int32_t tap = 0; tap < places->used[place]; tap++)
                sum += input[(size_t)(places->first[place] + tap) * row_bytes + column]
                    * places->weights[place * places->taps + (size_t)tap];
            output[place * row_bytes + column] = rounded(sum);
        }
}

#if defined(__x86_64__)
// Two pixels a step: eight bytes are read of which six count, so the last pixels of a row, where
// that would read beyond the picture, are left to single steps.
__attribute__((target("avx2"))) static void resample_rows_avx2(
    const uint8_t *input, size_t width, size_t rows, const reel_resampling *places,
    uint8_t *output
) {
    const uint8_t *end = input + rows * width * 3;
    // red green blue - | red green blue -, of two neighbouring pixels
    const __m128i spread = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    for (size_t row = 0; row < rows; row++)
        for (size_t place = 0; place < places->count; place++) {
            const uint8_t *pixel = input + (row * width + (size_t)places->first[place]) * 3;
            const int32_t *weights = places->weights + place * places->taps;
            int32_t used = places->used[place], tap = 0;
            __m256i pairs = _mm256_setzero_si256();
            for (; tap + 2 <= used && pixel + 8 <= end; tap += 2, pixel += 6) {
                __m128i bytes = _mm_loadl_epi64((const __m128i *)pixel);
                __m256i values = _mm256_cvtepu8_epi32(_mm_shuffle_epi8(bytes, spread));
                __m256i both = _mm256_inserti128_si256(
                    _mm256_castsi128_si256(_mm_set1_epi32(weights[tap])),
                    _mm_set1_epi32(weights[tap + 1]), 1);
                pairs = _mm256_add_epi32(pairs, _mm256_mullo_epi32(values, both));
            }
            __m128i sums = _mm_add_epi32(
                _mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
            int32_t red = half + _mm_extract_epi32(sums, 0);
            int32_t green = half + _mm_extract_epi32(sums, 1);
            int32_t blue = half + _mm_extract_epi32(sums, 2);
            for (; tap < used; tap++, pixel += 3) {
                red += pixel[0] * weights[tap];
                green += pixel[1] * weights[tap];
                blue += pixel[2] * weights[tap];
            }
            uint8_t *to = output + (row * places->count + place) * 3;
            to[0] = rounded(red);
            to[1] = rounded(green);
            to[2] = rounded(blue);
        }
}

__attribute__((target("avx2"))) static void resample_columns_avx2(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output
) {
    resample_columns(input, row_bytes, places, output);
}
#endif

void reel_resample_rows(
    const uint8_t *input, size_t width, size_t rows, const reel_resampling *places,
    uint8_t *output
) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return resample_rows_avx2(input, width, rows, places, output);
#endif
    reel_resample_rows_scalar(input, width, rows, places, output);
}

void reel_resample_columns(
    const uint8_t *input, size_t row_bytes, const reel_resampling *places, uint8_t *output
) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return resample_columns_avx2(input, row_bytes, places, output);
#endif
    resample_columns(input, row_bytes, places, output);
}
