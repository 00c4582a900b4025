// Products of matrices in eight bits, for processors with VNNI: one instruction multiplies bytes by
// fours and adds them in 32 bits, so nothing saturates and a scale need not end sooner than the
// error wants. Without VNNI `Int8Product.h` is faster, and no less exact than it must be.
#ifndef REEL_EIGHTBITPRODUCT_H
#define REEL_EIGHTBITPRODUCT_H
#include "Int16Product.h"

enum {
    /// Neighbouring inputs of a token that share a scale; weights have one for each output.
    reel_eight_bit_group = 128,
    /// Weights are −127…127, inputs 0…255 about a zero point of their own.
    reel_eight_bit_largest_weight = 127,
    reel_eight_bit_largest_input = 255,
};

/// What there is for it: an oracle, 256-bit (AVX-VNNI) and 512-bit registers.
typedef enum { reel_bytes_plain, reel_bytes_vnni256, reel_bytes_vnni512 } reel_byte_level;
reel_byte_level reel_best_byte_level(void);
/// Whether AVX-VNNI is there, perhaps beside the wider one.
int reel_has_vnni256(void);

/// Depth rounded up to whole fours; a row of codes is as long.
static inline size_t reel_eight_bit_stride(size_t depth) { return (depth + 3) & ~(size_t)3; }
static inline size_t reel_eight_bit_groups(size_t depth) {
    return (depth + reel_eight_bit_group - 1) / reel_eight_bit_group;
}

/// Weights as `reel_eight_bit_pack` leaves them. All pointers are aligned to 64 bytes.
typedef struct {
    const int8_t *codes;  // panels × stride/4 × 16 outputs × 4
    const float *scales;  // panels × 16
    const float *sums;    // panels × groups × 16: of the codes
    const float *bias;    // panels × 16; zeros where there is none
    size_t outputs;
    size_t depth;
} reel_eight_bit_weights;

/// `weights` outputs × depth into the three arrays above.
void reel_eight_bit_pack(
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums);

/// Rows of `depth` floats to rows of `stride` codes, with a scale and a shift for each group of each
/// row: a code stands for code · scale + shift. A group that holds a number that is not finite gets
/// the scale NaN.
void reel_eight_bit_rows(
    const float *input, size_t rows, size_t depth, uint8_t *codes, float *scales, float *shifts);
/// The same at a level the caller has checked the processor for.
void reel_eight_bit_rows_at(
    reel_vector_level level, const float *input, size_t rows, size_t depth, uint8_t *codes,
    float *scales, float *shifts);

/// As reel_int16_product.
void reel_eight_bit_product(
    const uint8_t *codes, const float *scales, const float *shifts, size_t rows,
    const reel_eight_bit_weights *weights, size_t first_panel, size_t panel_count, int add, float *output, size_t output_stride);
/// The same at a level the caller has checked the processor for.
void reel_eight_bit_product_at(
    reel_byte_level level, const uint8_t *codes, const float *scales, const float *shifts,
    size_t rows, const reel_eight_bit_weights *weights, size_t first_panel, size_t panel_count, int add,
    float *output, size_t output_stride);
#endif
