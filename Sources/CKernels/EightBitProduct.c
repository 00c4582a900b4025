// A tile of a few rows by two panels keeps its sums in registers along the whole depth: integers
// within a group, floats from group to group.
#include "EightBitProduct.h"
#include "Quantizing.h"

#define VNNI256 __attribute__((target("avxvnni,avx2,fma")))

int reel_has_vnni256(void) {
#if defined(__x86_64__)
    return reel_best_vector_level() >= reel_level_avx2 && __builtin_cpu_supports("avxvnni");
#else
    return 0;
#endif
}

reel_byte_level reel_best_byte_level(void) {
#if defined(__x86_64__)
    if (reel_best_vector_level() == reel_level_avx512 && __builtin_cpu_supports("avx512vnni"))
        return reel_bytes_vnni512;
#endif
    return reel_has_vnni256() ? reel_bytes_vnni256 : reel_bytes_plain;
}

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

/// What a tile is told besides its constant number of rows and panels.
typedef struct {
    const uint8_t *codes;    // of its first row
    const float *scales;     // of its first row
    const float *shifts;
    size_t groups;
    size_t stride;
    const int8_t *panel;     // its first; the next lies behind it
    const float *weight_sums;
    const float *weight_scales;
    const float *bias;
    size_t width;            // outputs there are from its first on, some perhaps beyond it
    int add;
    float *output;
    size_t output_stride;
} tile;

INLINE size_t group_depth(const tile *t, size_t group) {
    size_t left = t->stride - group * reel_eight_bit_group;
    return left < reel_eight_bit_group ? left : reel_eight_bit_group;
}

INLINE void tile_plain(size_t rows, const tile *t) {
    for (size_t row = 0; row < rows; row++)
        for (size_t place = 0; place < reel_panel_width && place < t->width; place++) {
            float total = 0.0f;
            for (size_t group = 0; group < t->groups; group++) {
                int32_t sum = 0;
                size_t start = group * reel_eight_bit_group;
                for (size_t k = start; k < start + group_depth(t, group); k++)
                    sum += t->codes[row * t->stride + k]
                        * t->panel[k / 4 * 4 * reel_panel_width + place * 4 + k % 4];
                size_t noted = row * t->groups + group;
                total = __builtin_fmaf((float)sum, t->scales[noted], total);
                total = __builtin_fmaf(
                    t->shifts[noted], t->weight_sums[group * reel_panel_width + place], total);
            }
            float *out = t->output + row * t->output_stride + place;
            float base = t->bias[place] + (t->add ? *out : 0.0f);
            *out = __builtin_fmaf(total, t->weight_scales[place], base);
        }
}

#if defined(__x86_64__)
INLINE int32_t four_codes(const uint8_t *codes) {
    int32_t four;
    memcpy(&four, codes, sizeof four);
    return four;
}

VNNI256 INLINE void tile_vnni256(size_t rows, const tile *t) {
    __m256 totals[6][2];
    for (size_t row = 0; row < rows; row++)
        totals[row][0] = totals[row][1] = _mm256_setzero_ps();
    for (size_t group = 0; group < t->groups; group++) {
        __m256i sums[6][2];
        for (size_t row = 0; row < rows; row++)
            sums[row][0] = sums[row][1] = _mm256_setzero_si256();
        const uint8_t *codes = t->codes + group * reel_eight_bit_group;
        const int8_t *panel = t->panel + group * reel_eight_bit_group * reel_panel_width;
        size_t depth = group_depth(t, group);
        // Unrolled, it would want more registers than there are.
#pragma clang loop unroll(disable)
        for (size_t k = 0; k < depth; k += 4) {
            const __m256i *weights = (const __m256i *)(panel + k * reel_panel_width);
            __m256i left = _mm256_load_si256(weights), right = _mm256_load_si256(weights + 1);
            for (size_t row = 0; row < rows; row++) {
                __m256i x = _mm256_set1_epi32(four_codes(codes + row * t->stride + k));
                sums[row][0] = _mm256_dpbusd_avx_epi32(sums[row][0], x, left);
                sums[row][1] = _mm256_dpbusd_avx_epi32(sums[row][1], x, right);
            }
        }
        for (int half = 0; half < 2; half++) {
            __m256 weight_sums =
                _mm256_load_ps(t->weight_sums + group * reel_panel_width + half * 8);
            for (size_t row = 0; row < rows; row++) {
                size_t noted = row * t->groups + group;
                __m256 total = _mm256_fmadd_ps(
                    _mm256_cvtepi32_ps(sums[row][half]), _mm256_set1_ps(t->scales[noted]),
                    totals[row][half]);
                totals[row][half] =
                    _mm256_fmadd_ps(_mm256_set1_ps(t->shifts[noted]), weight_sums, total);
            }
        }
    }
    for (int half = 0; half < 2; half++) {
        if (t->width <= (size_t)half * 8) return;
        __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        int32_t width = t->width < reel_panel_width ? (int32_t)t->width : reel_panel_width;
        __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(width - half * 8), places);
        __m256 scales = _mm256_load_ps(t->weight_scales + half * 8);
        __m256 bias = _mm256_load_ps(t->bias + half * 8);
        for (size_t row = 0; row < rows; row++) {
            float *out = t->output + row * t->output_stride + half * 8;
            __m256 base = t->add ? _mm256_add_ps(bias, _mm256_maskload_ps(out, mask)) : bias;
            _mm256_maskstore_ps(out, mask, _mm256_fmadd_ps(totals[row][half], scales, base));
        }
    }
}

VNNI INLINE void tile_vnni512(size_t rows, size_t panels, const tile *t) {
    __m512 totals[6][2];
    for (size_t row = 0; row < rows; row++)
        totals[row][0] = totals[row][1] = _mm512_setzero_ps();
    for (size_t group = 0; group < t->groups; group++) {
        __m512i sums[6][2];
        for (size_t row = 0; row < rows; row++)
            sums[row][0] = sums[row][1] = _mm512_setzero_si512();
        const uint8_t *codes = t->codes + group * reel_eight_bit_group;
        const int8_t *panel = t->panel + group * reel_eight_bit_group * reel_panel_width;
        size_t depth = group_depth(t, group);
#pragma clang loop unroll(disable)
        for (size_t k = 0; k < depth; k += 4) {
            __m512i left = _mm512_load_si512(panel + k * reel_panel_width);
            __m512i right = panels == 2
                ? _mm512_load_si512(panel + (t->stride + k) * reel_panel_width) : left;
            for (size_t row = 0; row < rows; row++) {
                __m512i x = _mm512_set1_epi32(four_codes(codes + row * t->stride + k));
                sums[row][0] = _mm512_dpbusd_epi32(sums[row][0], x, left);
                if (panels == 2) sums[row][1] = _mm512_dpbusd_epi32(sums[row][1], x, right);
            }
        }
        for (size_t panel = 0; panel < panels; panel++) {
            __m512 weight_sums = _mm512_load_ps(
                t->weight_sums + (panel * t->groups + group) * reel_panel_width);
            for (size_t row = 0; row < rows; row++) {
                size_t noted = row * t->groups + group;
                __m512 total = _mm512_fmadd_ps(
                    _mm512_cvtepi32_ps(sums[row][panel]), _mm512_set1_ps(t->scales[noted]),
                    totals[row][panel]);
                totals[row][panel] =
                    _mm512_fmadd_ps(_mm512_set1_ps(t->shifts[noted]), weight_sums, total);
            }
        }
    }
    for (size_t panel = 0; panel < panels; panel++) {
        size_t column = panel * reel_panel_width, width = t->width - column;
        __mmask16 mask = width < reel_panel_width ? (__mmask16)((1u << width) - 1) : 0xffff;
        __m512 scales = _mm512_load_ps(t->weight_scales + column);
        __m512 bias = _mm512_load_ps(t->bias + column);
        for (size_t row = 0; row < rows; row++) {
            float *out = t->output + row * t->output_stride + column;
            __m512 base = t->add ? _mm512_add_ps(bias, _mm512_maskz_loadu_ps(mask, out)) : bias;
            _mm512_mask_storeu_ps(out, mask, _mm512_fmadd_ps(totals[row][panel], scales, base));
        }
    }
}
VNNI INLINE void tile_of_one(size_t rows, const tile *t) { tile_vnni512(rows, 1, t); }
VNNI INLINE void tile_of_two(size_t rows, const tile *t) { tile_vnni512(rows, 2, t); }
#endif

#define PARAMETERS                                                                             \
    const uint8_t *codes, const float *scales, const float *shifts, size_t rows,               \
    const reel_eight_bit_weights *weights, size_t first_panel, size_t panel_count, int add,    \
    float *output, size_t output_stride
#define ARGUMENTS                                                                              \
    codes, scales, shifts, rows, weights, first_panel, panel_count, add, output, output_stride

/// The tile of some rows from `start` on and the panels from `panel` on.
INLINE tile first_tile(PARAMETERS, size_t start, size_t panel) {
    size_t stride = reel_eight_bit_stride(weights->depth);
    size_t groups = reel_eight_bit_groups(weights->depth), column = panel * reel_panel_width;
    (void)rows, (void)first_panel, (void)panel_count;
    return (tile){
        codes + start * stride, scales + start * groups, shifts + start * groups, groups, stride,
        weights->codes + column * stride, weights->sums + column * groups,
        weights->scales + column, weights->bias + column, weights->outputs - column, add,
        output + start * output_stride + column, output_stride};
}

/// Tiles of six rows, then of what is left.
#define TILES(tile_of)                                                                         \
    {                                                                                          \
        tile t = first_tile(ARGUMENTS, start, panel);                                          \
        size_t left = count, bytes = t.stride * reel_panel_width * 2;                          \
        for (size_t done = 0; left >= 6; left -= 6, done += 6) {                               \
            fetch_ahead(t.panel + bytes, bytes, done / 6, count / 6);                          \
            tile_of(6, &t);                                                                    \
            t.codes += 6 * t.stride;                                                           \
            t.scales += 6 * t.groups;                                                          \
            t.shifts += 6 * t.groups;                                                          \
            t.output += 6 * t.output_stride;                                                   \
        }                                                                                      \
        switch (left) {                                                                        \
        case 1: tile_of(1, &t); break;                                                         \
        case 2: tile_of(2, &t); break;                                                         \
        case 3: tile_of(3, &t); break;                                                         \
        case 4: tile_of(4, &t); break;                                                         \
        case 5: tile_of(5, &t); break;                                                         \
        default: break;                                                                        \
        }                                                                                      \
    }

/// Rows in chunks that stay in the second cache, panels that stay in the first.
#define FOR_CHUNKS_AND_PANELS(step)                                                            \
    size_t count;                                                                              \
    size_t chunk = rows_in_a_chunk(rows, reel_eight_bit_stride(weights->depth), 6, rows);      \
    for (size_t start = 0; start < rows; start += count) {                                     \
        count = rows - start < chunk ? rows - start : chunk;                                   \
        for (size_t panel = first_panel; panel < first_panel + panel_count; panel += step) {
#define END }}

static void product_plain(PARAMETERS) { FOR_CHUNKS_AND_PANELS(1) TILES(tile_plain) END }
#if defined(__x86_64__)
VNNI256 static void product_vnni256(PARAMETERS) {
    FOR_CHUNKS_AND_PANELS(1) TILES(tile_vnni256) END
}
VNNI static void product_vnni512(PARAMETERS) {
    FOR_CHUNKS_AND_PANELS(2)
    if (panel + 1 < first_panel + panel_count) TILES(tile_of_two) else TILES(tile_of_one)
    END
}
#endif

void reel_eight_bit_product_at(reel_byte_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_bytes_vnni512) return product_vnni512(ARGUMENTS);
    if (level == reel_bytes_vnni256) return product_vnni256(ARGUMENTS);
#endif
    (void)level;
    product_plain(ARGUMENTS);
}

void reel_eight_bit_product(PARAMETERS) {
    reel_eight_bit_product_at(reel_best_byte_level(), ARGUMENTS);
}
