// A tile of some weights by up to four rows of input keeps its sums in registers while both run
// along the depth; the sums of the lanes are taken once at the end. Meanwhile the next tile's weights
// are fetched: a query's time is mostly waiting for them.
#include "FewRowsProduct.h"

#define INLINE static inline __attribute__((always_inline))

// A register of AVX-512 and one of AVX2. Always inlined, so none crosses a call.
#pragma clang diagnostic ignored "-Wpsabi"
typedef float sixteen __attribute__((vector_size(64)));
typedef float eight __attribute__((vector_size(32)));

typedef float four __attribute__((vector_size(16)));

INLINE float sum_of_eight(eight v) {
    four half = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
    four quarter = half + __builtin_shufflevector(half, half, 2, 3, 2, 3);
    return quarter[0] + quarter[1];
}

INLINE float sum_of_sixteen(sixteen v) {
    return sum_of_eight(
        __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15));
}

// `wide` weights by `tall` rows. The two counts are constants wherever this is inlined.
#define TILE(name, vector, lanes, sum_of_lanes)                                                \
    INLINE void name(                                                                          \
        int wide, int tall, const float *input, size_t depth, const float *weights,            \
        float *output, size_t output_stride                                                    \
    ) {                                                                                        \
        vector sums[4][4] = {0};                                                               \
        size_t i = 0;                                                                          \
        for (; i + lanes <= depth; i += lanes) {                                               \
            vector w[4], x;                                                                    \
            for (int a = 0; a < wide; a++) {                                                   \
                __builtin_memcpy(&w[a], weights + (size_t)a * depth + i, sizeof(vector));      \
                __builtin_prefetch(weights + (size_t)(a + wide) * depth + i);                  \
            }                                                                                  \
            for (int b = 0; b < tall; b++) {                                                   \
                __builtin_memcpy(&x, input + (size_t)b * depth + i, sizeof(vector));           \
                for (int a = 0; a < wide; a++) sums[a][b] += w[a] * x;                         \
            }                                                                                  \
        }                                                                                      \
        for (int b = 0; b < tall; b++)                                                         \
            for (int a = 0; a < wide; a++) {                                                   \
                float total = sum_of_lanes(sums[a][b]);                                        \
                for (size_t j = i; j < depth; j++)                                             \
                    total += weights[(size_t)a * depth + j] * input[(size_t)b * depth + j];    \
                output[(size_t)b * output_stride + (size_t)a] += total;                        \
            }                                                                                  \
    }                                                                                          \
    INLINE void name##_rows(                                                                   \
        int wide, const float *input, size_t rows, size_t depth, const float *weights,         \
        float *output, size_t output_stride                                                    \
    ) {                                                                                        \
        size_t row = 0;                                                                        \
        for (; row + 4 <= rows; row += 4)                                                      \
            name(wide, 4, input + row * depth, depth, weights, output + row * output_stride,   \
                 output_stride);                                                               \
        input += row * depth;                                                                  \
        output += row * output_stride;                                                         \
        switch (rows - row) {                                                                  \
        case 3: name(wide, 3, input, depth, weights, output, output_stride); break;            \
        case 2: name(wide, 2, input, depth, weights, output, output_stride); break;            \
        case 1: name(wide, 1, input, depth, weights, output, output_stride); break;            \
        default: break;                                                                        \
        }                                                                                      \
    }

TILE(tile_of_sixteen, sixteen, 16, sum_of_sixteen)
TILE(tile_of_eight, eight, 8, sum_of_eight)

#define PARAMETERS                                                                             \
    const float *input, size_t rows, size_t depth, const float *weights, size_t outputs,       \
    float *output, size_t output_stride

#define PRODUCT(tile_rows, wide)                                                               \
    size_t first = 0;                                                                          \
    for (; first + wide <= outputs; first += wide)                                             \
        tile_rows(wide, input, rows, depth, weights + first * depth, output + first,           \
                  output_stride);                                                              \
    for (; first < outputs; first++)                                                           \
        tile_rows(1, input, rows, depth, weights + first * depth, output + first, output_stride);

static void product_plain(PARAMETERS) { PRODUCT(tile_of_eight_rows, 2) }

#if defined(__x86_64__)
// Sixteen registers: eight sums, two weights, one input.
__attribute__((target("avx2,fma"))) static void product_avx2(PARAMETERS) {
    PRODUCT(tile_of_eight_rows, 2)
}
// Thirty-two registers: sixteen sums, four weights, one input.
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
static void product_avx512(PARAMETERS) { PRODUCT(tile_of_sixteen_rows, 4) }
#endif

void reel_few_rows_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512)
        return product_avx512(input, rows, depth, weights, outputs, output, output_stride);
    if (level == reel_level_avx2)
        return product_avx2(input, rows, depth, weights, outputs, output, output_stride);
#endif
    (void)level;
    product_plain(input, rows, depth, weights, outputs, output, output_stride);
}

void reel_few_rows_product(PARAMETERS) {
    reel_few_rows_product_at(
        reel_best_vector_level(), input, rows, depth, weights, outputs, output, output_stride);
}

void reel_few_rows_product_scalar(PARAMETERS) {
    for (size_t row = 0; row < rows; row++)
        for (size_t place = 0; place < outputs; place++) {
            double total = 0;
            for (size_t i = 0; i < depth; i++)
                total += (double)input[row * depth + i] * weights[place * depth + i];
            output[row * output_stride + place] += (float)total;
        }
}
