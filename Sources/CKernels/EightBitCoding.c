// Numbers into codes of eight bits: weights once, by output; inputs at every product, by groups.
#include "EightBitProduct.h"
#include "Quantizing.h"

INLINE void pack_body(
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums
) {
    size_t stride = reel_eight_bit_stride(depth), groups = reel_eight_bit_groups(depth);
    size_t panels = reel_panel_count(outputs);
    memset(codes, 0, panels * reel_panel_width * stride);
    memset(sums, 0, panels * reel_panel_width * groups * sizeof *sums);
    for (size_t output = 0; output < panels * reel_panel_width; output++) {
        size_t place = output % reel_panel_width, panel = output / reel_panel_width;
        scales[output] = 0.0f;
        if (output >= outputs) continue;
        const float *row = weights + output * depth;
        float top = largest_magnitude(row, depth);
        if (!isfinite(top)) {
            scales[output] = NAN;
            continue;
        }
        float inverse = top > 0.0f ? reel_eight_bit_largest_weight / top : 0.0f;
        // The inverse of a number below the normal ones is infinite.
        if (!isfinite(inverse)) continue;
        scales[output] = top / reel_eight_bit_largest_weight;
        for (size_t group = 0; group < groups; group++) {
            size_t start = group * reel_eight_bit_group, left = depth - start;
            size_t count = left < reel_eight_bit_group ? left : reel_eight_bit_group;
            int8_t block[reel_eight_bit_group] = {0};
            int32_t sum = 0;
            for (size_t k = 0; k < count; k++) {
                int32_t code = (int32_t)__builtin_rintf(row[start + k] * inverse);
                sum += code;
                block[k] = (int8_t)code;
            }
            sums[(panel * groups + group) * reel_panel_width + place] = (float)sum;
            // Four by four, each behind those of the panel's other outputs.
            int8_t *to = codes + (panel * stride + start) * reel_panel_width + place * 4;
            for (size_t k = 0; k < count; k += 4)
                memcpy(to + k * reel_panel_width, block + k, 4);
        }
    }
}

/// How a group's numbers become codes.
typedef struct {
    float inverse;  // of the step from code to code
    float zero;     // the code that stands for 0
} coding;

/// - Parameter finite: whether all the group's numbers are; `low` ≤ 0 ≤ `high` bound them.
/// Where there is nothing to tell apart, all codes are 0 and count as nothing.
INLINE coding coding_of(float low, float high, int finite, float *scale, float *shift) {
    float step = (high - low) / reel_eight_bit_largest_input;
    float inverse = step > 0.0f ? 1.0f / step : 0.0f;
    if (!finite || !isfinite(step) || !isfinite(inverse)) {
        *scale = finite && isfinite(step) ? 0.0f : NAN;
        *shift = 0.0f;
        return (coding){0.0f, 0.0f};
    }
    float zero = __builtin_rintf(-low * inverse);
    *scale = step;
    *shift = -step * zero;
    return (coding){inverse, zero};
}

INLINE void group_body(
    const float *x, size_t count, uint8_t *codes, float *scale, float *shift
) {
    float low = 0.0f, high = 0.0f;
    for (size_t k = 0; k < count; k++) {
        low = x[k] < low ? x[k] : low;
        high = x[k] > high ? x[k] : high;
    }
    coding how = coding_of(low, high, all_finite(x, count), scale, shift);
    if (how.inverse == 0.0f) {
        memset(codes, 0, count);
        return;
    }
    for (size_t k = 0; k < count; k++) {
        float code = __builtin_rintf(x[k] * how.inverse) + how.zero;
        code = code < 0.0f ? 0.0f : code;
        code = code > reel_eight_bit_largest_input ? reel_eight_bit_largest_input : code;
        codes[k] = (uint8_t)(int32_t)code;
    }
}

#if defined(__x86_64__)
/// A whole group.
AVX512 INLINE void whole_group_avx512(
    const float *x, uint8_t *codes, float *scale, float *shift
) {
    __m512 low = _mm512_setzero_ps(), high = low;
    __m512i top = _mm512_setzero_si512(), magnitude = _mm512_set1_epi32(0x7fffffff);
    for (size_t k = 0; k < reel_eight_bit_group; k += 16) {
        __m512 values = _mm512_loadu_ps(x + k);
        low = _mm512_min_ps(values, low);
        high = _mm512_max_ps(values, high);
        top = _mm512_max_epi32(top, _mm512_and_si512(_mm512_castps_si512(values), magnitude));
    }
    coding how = coding_of(
        _mm512_reduce_min_ps(low), _mm512_reduce_max_ps(high),
        _mm512_reduce_max_epi32(top) < 0x7f800000, scale, shift);
    if (how.inverse == 0.0f) {
        memset(codes, 0, reel_eight_bit_group);
        return;
    }
    __m512 inverse = _mm512_set1_ps(how.inverse), zero = _mm512_set1_ps(how.zero);
    for (size_t k = 0; k < reel_eight_bit_group; k += 16) {
        __m512 steps = _mm512_roundscale_ps(
            _mm512_mul_ps(_mm512_loadu_ps(x + k), inverse),
            _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        __m512i code = _mm512_max_epi32(
            _mm512_cvtps_epi32(_mm512_add_ps(steps, zero)), _mm512_setzero_si512());
        _mm_storeu_si128((__m128i *)(codes + k), _mm512_cvtusepi32_epi8(code));
    }
}
AVX512 INLINE void group_avx512(
    const float *x, size_t count, uint8_t *codes, float *scale, float *shift
) {
    if (count == reel_eight_bit_group) whole_group_avx512(x, codes, scale, shift);
    else group_body(x, count, codes, scale, shift);
}
#endif

#define ROWS(group_of)                                                                         \
    size_t stride = reel_eight_bit_stride(depth), groups = reel_eight_bit_groups(depth);       \
    for (size_t row = 0; row < rows; row++) {                                                  \
        for (size_t group = 0; group < groups; group++) {                                      \
            size_t start = group * reel_eight_bit_group, left = depth - start;                 \
            group_of(                                                                          \
                input + row * depth + start,                                                   \
                left < reel_eight_bit_group ? left : reel_eight_bit_group,                     \
                codes + row * stride + start, scales + row * groups + group,                   \
                shifts + row * groups + group);                                                \
        }                                                                                      \
        /* Their weights are zero. */                                                          \
        for (size_t k = depth; k < stride; k++) codes[row * stride + k] = 0;                   \
    }
#define PACK_PARAMETERS                                                                        \
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums
#define ROWS_PARAMETERS                                                                        \
    const float *input, size_t rows, size_t depth, uint8_t *codes, float *scales, float *shifts
static void pack_plain(PACK_PARAMETERS) {
    pack_body(weights, outputs, depth, codes, scales, sums);
}
static void rows_plain(ROWS_PARAMETERS) { ROWS(group_body) }
#if defined(__x86_64__)
AVX2 static void pack_avx2(PACK_PARAMETERS) {
    pack_body(weights, outputs, depth, codes, scales, sums);
}
AVX2 static void rows_avx2(ROWS_PARAMETERS) { ROWS(group_body) }
AVX512 static void rows_avx512(ROWS_PARAMETERS) { ROWS(group_avx512) }
#endif
void reel_eight_bit_pack(PACK_PARAMETERS) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return pack_avx2(weights, outputs, depth, codes, scales, sums);
#endif
    pack_plain(weights, outputs, depth, codes, scales, sums);
}
void reel_eight_bit_rows_at(reel_vector_level level, ROWS_PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512)
        return rows_avx512(input, rows, depth, codes, scales, shifts);
    if (level == reel_level_avx2) return rows_avx2(input, rows, depth, codes, scales, shifts);
#endif
    (void)level;
    rows_plain(input, rows, depth, codes, scales, shifts);
}
void reel_eight_bit_rows(ROWS_PARAMETERS) {
    reel_eight_bit_rows_at(
        reel_best_vector_level(), input, rows, depth, codes, scales, shifts);
}
