// As in sixteen bits, but the integer sums end with each group of 64 inputs, where the two scales
// of the group turn them into floats.
#include "Int8Product.h"
#include "Quantizing.h"

INLINE void pack_body(
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums
) {
    size_t stride = reel_int8_stride(depth), groups = reel_int8_groups(depth);
    size_t panels = reel_panel_count(outputs);
    memset(codes, 0, panels * reel_panel_width * stride);
    for (size_t output = 0; output < panels * reel_panel_width; output++) {
        size_t place = output % reel_panel_width, panel = output / reel_panel_width;
        for (size_t group = 0; group < groups; group++) {
            size_t noted = (panel * groups + group) * reel_panel_width + place;
            scales[noted] = sums[noted] = 0.0f;
            if (output >= outputs) continue;
            size_t start = group * reel_int8_group;
            size_t count = depth - start < reel_int8_group ? depth - start : reel_int8_group;
            const float *row = weights + output * depth + start;
            float top = largest_magnitude(row, count);
            if (!isfinite(top)) {
                scales[noted] = NAN;
                continue;
            }
            float inverse = top > 0.0f ? reel_int8_largest_weight / top : 0.0f;
            // The inverse of a number below the normal ones is infinite.
            if (!isfinite(inverse)) continue;
            scales[noted] = top / reel_int8_largest_weight;
            int8_t block[reel_int8_group] = {0};
            int32_t sum = 0;
            for (size_t k = 0; k < count; k++) {
                int32_t code = (int32_t)__builtin_rintf(row[k] * inverse);
                sum += code;
                block[k] = (int8_t)code;
            }
            sums[noted] = (float)sum;
            // Four by four, each behind those of the panel's other outputs.
            int8_t *to = codes + (panel * stride + start) * reel_panel_width + place * 4;
            for (size_t k = 0; k < count; k += 4)
                memcpy(to + k * reel_panel_width, block + k, 4);
        }
    }
}

#define PACK_PARAMETERS                                                                        \
    const float *weights, size_t outputs, size_t depth, int8_t *codes, float *scales, float *sums
static void pack_plain(PACK_PARAMETERS) {
    pack_body(weights, outputs, depth, codes, scales, sums);
}
#if defined(__x86_64__)
AVX2 static void pack_avx2(PACK_PARAMETERS) {
    pack_body(weights, outputs, depth, codes, scales, sums);
}
#endif
void reel_int8_pack(PACK_PARAMETERS) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return pack_avx2(weights, outputs, depth, codes, scales, sums);
#endif
    pack_plain(weights, outputs, depth, codes, scales, sums);
}

INLINE void rows_body(
    const float *input, size_t rows, size_t depth, uint8_t *codes, float *scales, float *zeros
) {
    size_t stride = reel_int8_stride(depth), groups = reel_int8_groups(depth);
    for (size_t row = 0; row < rows; row++) {
        for (size_t group = 0; group < groups; group++) {
            size_t start = group * reel_int8_group;
            size_t count = depth - start < reel_int8_group ? depth - start : reel_int8_group;
            const float *x = input + row * depth + start;
            uint8_t *to = codes + row * stride + start;
            float low = 0.0f, high = 0.0f;
            for (size_t k = 0; k < count; k++) {
                low = x[k] < low ? x[k] : low;
                high = x[k] > high ? x[k] : high;
            }
            float step = (high - low) / reel_int8_largest_input;
            float inverse = step > 0.0f ? 1.0f / step : 0.0f;
            size_t noted = row * groups + group;
            if (!all_finite(x, count) || !isfinite(step) || !isfinite(inverse)) {
                memset(to, 0, count);
                scales[noted] = isfinite(step) && all_finite(x, count) ? 0.0f : NAN;
                zeros[noted] = 0.0f;
                continue;
            }
            float zero = __builtin_rintf(-low * inverse);
            for (size_t k = 0; k < count; k++) {
                float code = __builtin_rintf(x[k] * inverse) + zero;
                code = code < 0.0f ? 0.0f : code;
                code = code > reel_int8_largest_input ? reel_int8_largest_input : code;
                to[k] = (uint8_t)(int32_t)code;
            }
            scales[noted] = step;
            zeros[noted] = zero;
        }
        // Their weights are zero.
        for (size_t k = depth; k < stride; k++) codes[row * stride + k] = 0;
    }
}

#define ROWS_PARAMETERS                                                                        \
    const float *input, size_t rows, size_t depth, uint8_t *codes, float *scales, float *zeros
static void rows_plain(ROWS_PARAMETERS) { rows_body(input, rows, depth, codes, scales, zeros); }
#if defined(__x86_64__)
AVX2 static void rows_avx2(ROWS_PARAMETERS) {
    rows_body(input, rows, depth, codes, scales, zeros);
}
#endif
void reel_int8_rows(ROWS_PARAMETERS) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return rows_avx2(input, rows, depth, codes, scales, zeros);
#endif
    rows_plain(input, rows, depth, codes, scales, zeros);
}

/// What a tile is told besides its constant number of rows.
typedef struct {
    const uint8_t *codes;   // of its first row, at the group
    const float *scales;    // of its first row's group
    const float *zeros;
    size_t groups;          // floats from row to row of the two
    size_t stride;          // of codes
    const int8_t *panel;    // at the group
    const float *weight_scales;
    const float *weight_sums;
    const float *bias;      // NULL when the output already holds it
    size_t eights;
    int keep;               // whether the output's old values count
    float *output;
    size_t output_stride;
} tile;

// output = Σ (code − zero) · weight · both scales, the zero taken out through the weights' sum.

INLINE void tile_plain(int rows, const tile *t) {
    for (size_t row = 0; row < (size_t)rows; row++)
        for (size_t place = 0; place < reel_panel_width; place++) {
            int32_t sum = 0;
            for (size_t k = 0; k < t->eights * 8; k++)
                sum += t->codes[row * t->stride + k]
                    * t->panel[k / 4 * 4 * reel_panel_width + place * 4 + k % 4];
            float *out = t->output + row * t->output_stride + place;
            float base = (t->keep ? *out : 0.0f) + (t->bias ? t->bias[place] : 0.0f);
            float scale = t->scales[row * t->groups] * t->weight_scales[place];
            float about_zero =
                __builtin_fmaf(-t->zeros[row * t->groups], t->weight_sums[place], (float)sum);
            *out = __builtin_fmaf(about_zero, scale, base);
        }
}

#if defined(__x86_64__)
AVX2 INLINE __m256i four_inputs(const uint8_t *codes) {
    int32_t four;
    memcpy(&four, codes, sizeof four);
    return _mm256_set1_epi32(four);
}

/// sum + the products of eight inputs with eight outputs' weights; four products of 127 · 63 fit
/// sixteen bits.
AVX2 INLINE __m256i plus_eight(
    __m256i sum, __m256i x, __m256i y, __m256i first, __m256i second
) {
    __m256i pairs = _mm256_add_epi16(
        _mm256_maddubs_epi16(x, first), _mm256_maddubs_epi16(y, second));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

INLINE AVX2 void tile_avx2(int rows, const tile *t) {
    __m256i sums[3][2];
    for (int row = 0; row < rows; row++)
        sums[row][0] = sums[row][1] = _mm256_setzero_si256();
    const int8_t *panel = t->panel;
    // Unrolled, it would want more registers than there are.
#pragma clang loop unroll(disable)
    for (size_t eight = 0; eight < t->eights; eight++) {
        const __m256i *weights = (const __m256i *)(panel + eight * 8 * reel_panel_width);
        __m256i w0 = _mm256_load_si256(weights), w1 = _mm256_load_si256(weights + 1);
        __m256i w2 = _mm256_load_si256(weights + 2), w3 = _mm256_load_si256(weights + 3);
        for (int row = 0; row < rows; row++) {
            const uint8_t *codes = t->codes + (size_t)row * t->stride + eight * 8;
            __m256i x = four_inputs(codes), y = four_inputs(codes + 4);
            sums[row][0] = plus_eight(sums[row][0], x, y, w0, w2);
            sums[row][1] = plus_eight(sums[row][1], x, y, w1, w3);
        }
    }
    for (int half = 0; half < 2; half++) {
        __m256 weight_scales = _mm256_load_ps(t->weight_scales + half * 8);
        __m256 weight_sums = _mm256_load_ps(t->weight_sums + half * 8);
        __m256 bias = t->bias ? _mm256_load_ps(t->bias + half * 8) : _mm256_setzero_ps();
        for (int row = 0; row < rows; row++) {
            size_t noted = (size_t)row * t->groups;
            float *out = t->output + (size_t)row * t->output_stride + half * 8;
            __m256 base = t->keep ? _mm256_add_ps(_mm256_loadu_ps(out), bias) : bias;
            __m256 scale = _mm256_mul_ps(_mm256_set1_ps(t->scales[noted]), weight_scales);
            __m256 about_zero = _mm256_fnmadd_ps(
                _mm256_set1_ps(t->zeros[noted]), weight_sums, _mm256_cvtepi32_ps(sums[row][half]));
            _mm256_storeu_ps(out, _mm256_fmadd_ps(about_zero, scale, base));
        }
    }
}

#define TILE_OF_SIXTEEN(name, target, plus_both)                                               \
    INLINE target void name(int rows, const tile *t) {                                         \
        __m512i sums[12];                                                                      \
        for (int row = 0; row < rows; row++) sums[row] = _mm512_setzero_si512();               \
        _Pragma("clang loop unroll(disable)")                                                  \
        for (size_t eight = 0; eight < t->eights; eight++) {                                   \
            const int8_t *weights = t->panel + eight * 8 * reel_panel_width;                   \
            __m512i first = _mm512_load_si512(weights);                                        \
            __m512i second = _mm512_load_si512(weights + 4 * reel_panel_width);                \
            for (int row = 0; row < rows; row++) {                                             \
                const uint8_t *codes = t->codes + (size_t)row * t->stride + eight * 8;         \
                int32_t four, next;                                                            \
                memcpy(&four, codes, sizeof four);                                             \
                memcpy(&next, codes + 4, sizeof next);                                         \
                __m512i x = _mm512_set1_epi32(four), y = _mm512_set1_epi32(next);              \
                sums[row] = plus_both(sums[row], x, y, first, second);                         \
            }                                                                                  \
        }                                                                                      \
        __m512 weight_scales = _mm512_load_ps(t->weight_scales);                               \
        __m512 weight_sums = _mm512_load_ps(t->weight_sums);                                   \
        __m512 bias = t->bias ? _mm512_load_ps(t->bias) : _mm512_setzero_ps();                 \
        for (int row = 0; row < rows; row++) {                                                 \
            size_t noted = (size_t)row * t->groups;                                            \
            float *out = t->output + (size_t)row * t->output_stride;                           \
            __m512 base = t->keep ? _mm512_add_ps(_mm512_loadu_ps(out), bias) : bias;          \
            __m512 scale = _mm512_mul_ps(_mm512_set1_ps(t->scales[noted]), weight_scales);     \
            __m512 about_zero = _mm512_fnmadd_ps(                                              \
                _mm512_set1_ps(t->zeros[noted]), weight_sums, _mm512_cvtepi32_ps(sums[row]));  \
            _mm512_storeu_ps(out, _mm512_fmadd_ps(about_zero, scale, base));                   \
        }                                                                                      \
    }
#define IN_STEPS(sum, x, y, first, second)                                                     \
    _mm512_add_epi32(                                                                          \
        sum,                                                                                   \
        _mm512_madd_epi16(                                                                     \
            _mm512_add_epi16(_mm512_maddubs_epi16(x, first), _mm512_maddubs_epi16(y, second)), \
            _mm512_set1_epi16(1)))
#define AT_ONCE(sum, x, y, first, second)                                                      \
    _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(sum, x, first), y, second)
TILE_OF_SIXTEEN(tile_avx512, AVX512, IN_STEPS)
TILE_OF_SIXTEEN(tile_vnni, VNNI, AT_ONCE)
#endif

#define PARAMETERS                                                                             \
    const uint8_t *codes, const float *scales, const float *zeros, size_t rows,                \
    const reel_int8_weights *weights, size_t first_panel, size_t panel_count, int add,         \
    float *output, size_t output_stride
#define ARGUMENTS                                                                              \
    codes, scales, zeros, rows, weights, first_panel, panel_count, add, output, output_stride

/// Tiles of `tall` rows, then of what is left.
#define TILES(tile_of, tall)                                                                   \
    while (left >= tall) {                                                                     \
        tile_of(tall, &t);                                                                     \
        t.codes += tall * t.stride;                                                            \
        t.scales += tall * groups;                                                             \
        t.zeros += tall * groups;                                                              \
        t.output += tall * t.output_stride;                                                    \
        left -= tall;                                                                          \
    }
#define LAST_TILE(tile_of, count) case count: tile_of(count, &t); break;
#define LAST_TWO(tile_of) LAST_TILE(tile_of, 1) LAST_TILE(tile_of, 2)
#define LAST_ELEVEN(tile_of)                                                                   \
    LAST_TWO(tile_of) LAST_TILE(tile_of, 3) LAST_TILE(tile_of, 4) LAST_TILE(tile_of, 5)        \
    LAST_TILE(tile_of, 6) LAST_TILE(tile_of, 7) LAST_TILE(tile_of, 8) LAST_TILE(tile_of, 9)    \
    LAST_TILE(tile_of, 10) LAST_TILE(tile_of, 11)
#define NO_LAST(tile_of)

/// Rows in chunks that stay in the second cache, panels that stay in the first.
#define PRODUCT(tile_of, tall, last_tiles)                                                     \
    size_t stride = reel_int8_stride(weights->depth);                                          \
    size_t groups = reel_int8_groups(weights->depth);                                          \
    size_t chunk = rows_at_once(stride);                                                       \
    float edge[96 * reel_panel_width] = {0};                                                   \
    for (size_t start = 0; start < rows; start += chunk) {                                     \
        size_t count = rows - start < chunk ? rows - start : chunk;                            \
        for (size_t panel = first_panel; panel < first_panel + panel_count; panel++) {         \
            size_t column = panel * reel_panel_width;                                          \
            size_t width = weights->outputs - column;                                          \
            float *to = output + start * output_stride + column;                               \
            int is_edge = width < reel_panel_width;                                            \
            if (is_edge && add)                                                                \
                for (size_t row = 0; row < count; row++)                                       \
                    memcpy(edge + row * reel_panel_width, to + row * output_stride,            \
                           width * sizeof *to);                                                \
            for (size_t group = 0; group < groups; group++) {                                  \
                size_t k = group * reel_int8_group;                                            \
                size_t depth = stride - k < reel_int8_group ? stride - k : reel_int8_group;    \
                size_t noted = (panel * groups + group) * reel_panel_width;                    \
                tile t = {                                                                     \
                    codes + start * stride + k, scales + start * groups + group,               \
                    zeros + start * groups + group, groups, stride,                            \
                    weights->codes + (panel * stride + k) * reel_panel_width,                  \
                    weights->scales + noted, weights->sums + noted,                            \
                    group == 0 ? weights->bias + column : NULL, depth / 8, group > 0 || add,   \
                    is_edge ? edge : to, is_edge ? reel_panel_width : output_stride};          \
                size_t left = count;                                                           \
                TILES(tile_of, tall)                                                           \
                switch (left) { last_tiles(tile_of) default: break; }                          \
            }                                                                                  \
            if (is_edge)                                                                       \
                for (size_t row = 0; row < count; row++)                                       \
                    memcpy(to + row * output_stride, edge + row * reel_panel_width,            \
                           width * sizeof *to);                                                \
        }                                                                                      \
    }

static void product_plain(PARAMETERS) { PRODUCT(tile_plain, 1, NO_LAST) }
#if defined(__x86_64__)
AVX2 static void product_avx2(PARAMETERS) { PRODUCT(tile_avx2, 3, LAST_TWO) }
AVX512 static void product_avx512(PARAMETERS) { PRODUCT(tile_avx512, 12, LAST_ELEVEN) }
VNNI static void product_vnni(PARAMETERS) { PRODUCT(tile_vnni, 12, LAST_ELEVEN) }
#endif

void reel_int8_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512)
        return __builtin_cpu_supports("avx512vnni") ? product_vnni(ARGUMENTS)
                                                    : product_avx512(ARGUMENTS);
    if (level == reel_level_avx2) return product_avx2(ARGUMENTS);
#endif
    (void)level;
    product_plain(ARGUMENTS);
}

void reel_int8_product(PARAMETERS) { reel_int8_product_at(reel_best_vector_level(), ARGUMENTS); }
