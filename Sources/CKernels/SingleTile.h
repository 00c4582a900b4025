// The inner loop of products in single precision: a tile of rows by panels of sixteen outputs keeps
// its sums in registers along the depth. Sixteen floats are one, two or four registers, as the
// compiler is told; each number of the input is spread over them once and meets all the panels.
#ifndef REEL_SINGLETILE_H
#define REEL_SINGLETILE_H
#include "Lanes.h"

enum {
    /// Rows and panels of the largest tile: 24 sums, two weights and a number of the input in the
    /// 32 registers of AVX-512.
    reel_tile_rows_avx512 = 12,
    reel_tile_panels_avx512 = 2,
    /// 12 sums in the 16 registers of AVX2.
    reel_tile_rows_avx2 = 6,
    reel_tile_rows_plain = 2,
};

/// sums[row][panel] = Σ over `depth` of input[row][k] · weights[panel][k], sixteen outputs at once.
/// - `weights`: panels × `panel_stride`, of which the first depth × 16 are read.
/// - `ahead`: bytes ahead of the product that weights are fetched; 0 where they are near already.
INLINE void tile_sums(
    int rows, int panels, const float *input, size_t input_stride, const float *weights,
    size_t panel_stride, size_t depth, size_t ahead, reel_sixteen sums[12][2]
) {
    for (int row = 0; row < rows; row++)
        for (int panel = 0; panel < panels; panel++) sums[row][panel] = (reel_sixteen){0};
    // Unrolled, it would want more registers than there are.
#pragma clang loop unroll(disable)
    for (size_t k = 0; k < depth; k++) {
        reel_sixteen left = load_sixteen(weights + k * 16);
        reel_sixteen right =
            panels == 2 ? load_sixteen(weights + panel_stride + k * 16) : left;
        if (ahead > 0) {
            // Behind the last weights a prefetch does nothing.
            __builtin_prefetch((const char *)(weights + k * 16) + ahead, 0, 3);
            if (panels == 2)
                __builtin_prefetch((const char *)(weights + panel_stride + k * 16) + ahead, 0, 3);
        }
        for (int row = 0; row < rows; row++) {
            float x = input[(size_t)row * input_stride + k];
            sums[row][0] += left * x;
            if (panels == 2) sums[row][1] += right * x;
        }
    }
}

#define TRANSPOSE_STEP(a, b, low, high)                                                        \
    {                                                                                          \
        reel_sixteen first = a, second = b;                                                    \
        a = __builtin_shufflevector(first, second, low);                                       \
        b = __builtin_shufflevector(first, second, high);                                      \
    }
#define EIGHTS_LOW 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define EIGHTS_HIGH 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define FOURS_LOW 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define FOURS_HIGH 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define TWOS_LOW 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define TWOS_HIGH 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define ONES_LOW 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define ONES_HIGH 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

/// Sixteen rows of sixteen numbers to the same, columns first.
INLINE void transpose_sixteen(const float *from, size_t stride, float *to) {
    reel_sixteen rows[16];
    for (size_t row = 0; row < 16; row++) rows[row] = load_sixteen(from + row * stride);
    for (int row = 0; row < 8; row++)
        TRANSPOSE_STEP(rows[row], rows[row + 8], EIGHTS_LOW, EIGHTS_HIGH)
    for (int row = 0; row < 16; row += row % 4 == 3 ? 5 : 1)
        TRANSPOSE_STEP(rows[row], rows[row + 4], FOURS_LOW, FOURS_HIGH)
    for (int row = 0; row < 16; row += row % 2 == 1 ? 3 : 1)
        TRANSPOSE_STEP(rows[row], rows[row + 2], TWOS_LOW, TWOS_HIGH)
    for (int row = 0; row < 16; row += 2)
        TRANSPOSE_STEP(rows[row], rows[row + 1], ONES_LOW, ONES_HIGH)
    for (size_t row = 0; row < 16; row++) store_sixteen(rows[row], to + row * 16);
}

/// `count` rows of `depth` numbers into panels of depth × 16; what the last panel lacks is zero.
INLINE void pack_panels(
    const float *rows, size_t stride, size_t count, size_t depth, float *panels,
    size_t panel_stride
) {
    for (size_t first = 0; first < count; first += 16, panels += panel_stride) {
        size_t height = count - first < 16 ? count - first : 16, k = 0;
        const float *from = rows + first * stride;
        if (height == 16)
            for (; k + 16 <= depth; k += 16) transpose_sixteen(from + k, stride, panels + k * 16);
        for (; k < depth; k++)
            for (size_t place = 0; place < 16; place++)
                panels[k * 16 + place] = place < height ? from[place * stride + k] : 0.0f;
    }
}
#endif
