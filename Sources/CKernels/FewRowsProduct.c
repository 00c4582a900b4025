// A tile of some weights by four rows of input keeps its sums in registers while both run along the
// depth; sixteen sums of lanes are taken together at the end. Meanwhile the next tile's weights are
// fetched: a query's time is mostly waiting for them.
#include "FewRowsProduct.h"
#include "SingleTile.h"

enum { wide = 4, tall = 4 };

typedef float eight __attribute__((ext_vector_type(8)));

/// The sums of the lanes of sixteen vectors of eight, in their order: each step adds half of every
/// vector to the other half and puts two vectors into one.
/// - Parameter all: the first eight vectors, and in their upper lanes the other eight.
INLINE reel_sixteen sums_of_lanes(reel_sixteen all[8]) {
    for (int i = 0; i < 4; i++)
        all[i] = __builtin_shufflevector(all[i], all[i + 4], FOURS_LOW)
            + __builtin_shufflevector(all[i], all[i + 4], FOURS_HIGH);
    for (int i = 0; i < 2; i++)
        all[i] = __builtin_shufflevector(all[i], all[i + 2], TWOS_LOW)
            + __builtin_shufflevector(all[i], all[i + 2], TWOS_HIGH);
    return __builtin_shufflevector(all[0], all[1], ONES_LOW)
        + __builtin_shufflevector(all[0], all[1], ONES_HIGH);
}

/// Sums of wide × tall products in thirty-two registers: sixteen sums, four weights, one input.
INLINE reel_sixteen sums_in_sixteens(
    const float *const w[wide], const float *const x[tall], size_t ahead, size_t depth
) {
    reel_sixteen sums[tall * wide], halves[8];
    for (int i = 0; i < tall * wide; i++) sums[i] = (reel_sixteen){0};
    for (size_t i = 0; i < depth; i += 16) {
        reel_sixteen weights[wide];
        for (int a = 0; a < wide; a++) {
            weights[a] = load_sixteen(w[a] + i);
            __builtin_prefetch(w[a] + ahead + i);
        }
        for (int b = 0; b < tall; b++) {
            reel_sixteen number = load_sixteen(x[b] + i);
            for (int a = 0; a < wide; a++) sums[b * wide + a] += weights[a] * number;
        }
    }
    for (int i = 0; i < 8; i++)
        halves[i] = __builtin_shufflevector(sums[i], sums[i + 8], EIGHTS_LOW)
            + __builtin_shufflevector(sums[i], sums[i + 8], EIGHTS_HIGH);
    return sums_of_lanes(halves);
}

/// The same in sixteen registers: for two weights at a time eight sums, two weights, one input.
INLINE reel_sixteen sums_in_eights(
    const float *const w[wide], const float *const x[tall], size_t ahead, size_t depth
) {
    eight sums[tall * wide];
    for (int a = 0; a < wide; a += 2) {
        eight some[tall][2];
        for (int b = 0; b < tall; b++) some[b][0] = some[b][1] = (eight){0};
        for (size_t i = 0; i < depth; i += 8) {
            eight left, right, number;
            __builtin_memcpy(&left, w[a] + i, sizeof left);
            __builtin_memcpy(&right, w[a + 1] + i, sizeof right);
            __builtin_prefetch(w[a] + ahead + i);
            __builtin_prefetch(w[a + 1] + ahead + i);
            for (int b = 0; b < tall; b++) {
                __builtin_memcpy(&number, x[b] + i, sizeof number);
                some[b][0] += left * number;
                some[b][1] += right * number;
            }
        }
        for (int b = 0; b < tall; b++) {
            sums[b * wide + a] = some[b][0];
            sums[b * wide + a + 1] = some[b][1];
        }
    }
    reel_sixteen halves[8];
    for (int i = 0; i < 8; i++)
        halves[i] = __builtin_shufflevector(
            sums[i], sums[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return sums_of_lanes(halves);
}

#define PARAMETERS                                                                             \
    const float *input, size_t rows, size_t depth, const float *weights, size_t outputs,       \
    const float *bias, int add, float *output, size_t output_stride
#define ARGUMENTS                                                                              \
    input, rows, depth, weights, outputs, bias, add, output, output_stride

/// Up to four weights by up to four rows; of what is missing the first is read instead.
#define TILE(name, sums_of_products)                                                           \
    INLINE void name(PARAMETERS) {                                                             \
        const float *w[wide], *x[tall];                                                        \
        for (size_t a = 0; a < wide; a++) w[a] = weights + (a < outputs ? a : 0) * depth;      \
        for (size_t b = 0; b < tall; b++) x[b] = input + (b < rows ? b : 0) * depth;           \
        size_t whole = depth & ~(size_t)15;                                                    \
        float totals[tall * wide];                                                             \
        /* A prefetch behind the last weights never faults. */                                 \
        store_sixteen(sums_of_products(w, x, wide * depth, whole), totals);                    \
        for (size_t b = 0; b < tall && b < rows; b++)                                          \
            for (size_t a = 0; a < wide && a < outputs; a++) {                                 \
                float total = totals[b * wide + a];                                            \
                for (size_t i = whole; i < depth; i++) total += w[a][i] * x[b][i];             \
                float *out = output + b * output_stride + a;                                   \
                *out = total + (bias ? bias[a] : 0.0f) + (add ? *out : 0.0f);                  \
            }                                                                                  \
    }
TILE(tile_of_sixteens, sums_in_sixteens)
TILE(tile_of_eights, sums_in_eights)

#define PRODUCT(tile)                                                                          \
    for (size_t first = 0; first < outputs; first += wide)                                     \
        for (size_t row = 0; row < rows; row += tall)                                          \
            tile(                                                                              \
                input + row * depth, rows - row, depth, weights + first * depth,               \
                outputs - first, bias ? bias + first : NULL, add,                              \
                output + row * output_stride + first, output_stride);

static void product_plain(PARAMETERS) { PRODUCT(tile_of_eights) }
#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void product_avx2(PARAMETERS) {
    PRODUCT(tile_of_eights)
}
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
static void product_avx512(PARAMETERS) { PRODUCT(tile_of_sixteens) }
#endif

void reel_few_rows_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512) return product_avx512(ARGUMENTS);
    if (level == reel_level_avx2) return product_avx2(ARGUMENTS);
#endif
    (void)level;
    product_plain(ARGUMENTS);
}

void reel_few_rows_product(PARAMETERS) {
    reel_few_rows_product_at(reel_best_vector_level(), ARGUMENTS);
}

void reel_few_rows_product_scalar(PARAMETERS) {
    for (size_t row = 0; row < rows; row++)
        for (size_t place = 0; place < outputs; place++) {
            double total = bias ? bias[place] : 0;
            for (size_t i = 0; i < depth; i++)
                total += (double)input[row * depth + i] * weights[place * depth + i];
            float *out = output + row * output_stride + place;
            *out = (float)(total + (add ? *out : 0));
        }
}
