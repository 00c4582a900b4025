// A tile of some rows by the sixteen outputs of a panel keeps its integer sums in registers along a
// block of the depth, and is added to the output as floats at the block's end.
#include "Int16Product.h"
#include "Quantizing.h"

INLINE void pack_body(
    const float *weights, size_t outputs, size_t depth, int16_t *codes, float *scales
) {
    size_t stride = reel_int16_stride(depth), panels = reel_panel_count(outputs);
    memset(codes, 0, panels * reel_panel_width * stride * sizeof *codes);
    for (size_t output = 0; output < panels * reel_panel_width; output++) {
        scales[output] = 0.0f;
        if (output >= outputs) continue;
        const float *row = weights + output * depth;
        float top = largest_magnitude(row, depth);
        if (!isfinite(top)) {
            scales[output] = NAN;
            continue;
        }
        scales[output] = top / reel_int16_largest;
        float inverse = top > 0.0f ? reel_int16_largest / top : 0.0f;
        // The inverse of a number below the normal ones is infinite.
        if (!isfinite(inverse)) continue;
        int16_t *panel = codes + output / reel_panel_width * reel_panel_width * stride;
        int16_t *to = panel + output % reel_panel_width * 2;
        for (size_t start = 0; start < depth; start += reel_int16_block) {
            size_t count = depth - start < reel_int16_block ? depth - start : reel_int16_block;
            int16_t block[reel_int16_block + 1];
            for (size_t k = 0; k < count; k++)
                block[k] = (int16_t)(int32_t)__builtin_rintf(row[start + k] * inverse);
            block[count] = 0;
            // Pair by pair, each behind those of the panel's other outputs.
            for (size_t k = 0; k < count; k += 2)
                memcpy(to + (start + k) * reel_panel_width, block + k, 2 * sizeof *block);
        }
    }
}

#define PACK_PARAMETERS                                                                        \
    const float *weights, size_t outputs, size_t depth, int16_t *codes, float *scales
static void pack_plain(PACK_PARAMETERS) { pack_body(weights, outputs, depth, codes, scales); }
#if defined(__x86_64__)
AVX2 static void pack_avx2(PACK_PARAMETERS) {
    pack_body(weights, outputs, depth, codes, scales);
}
#endif
void reel_int16_pack(PACK_PARAMETERS) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return pack_avx2(weights, outputs, depth, codes, scales);
#endif
    pack_plain(weights, outputs, depth, codes, scales);
}

INLINE void rows_body(
    const float *input, size_t rows, size_t depth, int16_t *codes, float *scales
) {
    size_t stride = reel_int16_stride(depth);
    for (size_t row = 0; row < rows; row++) {
        const float *x = input + row * depth;
        int16_t *to = codes + row * stride;
        float top = largest_magnitude(x, depth);
        float inverse = top > 0.0f ? reel_int16_largest / top : 0.0f;
        int is_finite = isfinite(top);
        if (!is_finite || !isfinite(inverse)) {
            memset(to, 0, stride * sizeof *to);
            scales[row] = is_finite ? 0.0f : NAN;
            continue;
        }
        scales[row] = top / reel_int16_largest;
        for (size_t k = 0; k < depth; k++)
            to[k] = (int16_t)(int32_t)__builtin_rintf(x[k] * inverse);
        for (size_t k = depth; k < stride; k++) to[k] = 0;
    }
}

#define ROWS_PARAMETERS                                                                        \
    const float *input, size_t rows, size_t depth, int16_t *codes, float *scales
static void rows_plain(ROWS_PARAMETERS) { rows_body(input, rows, depth, codes, scales); }
#if defined(__x86_64__)
AVX2 static void rows_avx2(ROWS_PARAMETERS) { rows_body(input, rows, depth, codes, scales); }
#endif
void reel_int16_rows(ROWS_PARAMETERS) {
#if defined(__x86_64__)
    if (reel_best_vector_level() >= reel_level_avx2)
        return rows_avx2(input, rows, depth, codes, scales);
#endif
    rows_plain(input, rows, depth, codes, scales);
}

/// What a tile is told besides its constant number of rows.
typedef struct {
    const int16_t *codes;   // of its first row, at the block
    const float *scales;    // of its rows
    size_t stride;          // of codes
    const int16_t *panel;   // at the block
    const float *weight_scales;
    const float *bias;      // NULL when the output already holds it
    size_t pairs;
    int keep;               // whether the output's old values count
    float *output;
    size_t output_stride;
} tile;

INLINE void tile_plain(int rows, const tile *t) {
    for (int row = 0; row < rows; row++)
        for (size_t place = 0; place < reel_panel_width; place++) {
            int32_t sum = 0;
            for (size_t pair = 0; pair < t->pairs; pair++)
                for (size_t half = 0; half < 2; half++)
                    sum += t->codes[(size_t)row * t->stride + pair * 2 + half]
                        * t->panel[(pair * reel_panel_width + place) * 2 + half];
            float *out = t->output + (size_t)row * t->output_stride + place;
            float base = (t->keep ? *out : 0.0f) + (t->bias ? t->bias[place] : 0.0f);
            *out = __builtin_fmaf((float)sum * t->scales[row], t->weight_scales[place], base);
        }
}

#if defined(__x86_64__)
INLINE AVX2 void tile_avx2(int rows, const tile *t) {
    __m256i sums[6][2];
    for (int row = 0; row < rows; row++)
        sums[row][0] = sums[row][1] = _mm256_setzero_si256();
    const int16_t *panel = t->panel, *codes = t->codes;
    // Unrolled, it would want more registers than there are.
#pragma clang loop unroll(disable)
    for (size_t pair = 0; pair < t->pairs; pair++) {
        __m256i left = _mm256_load_si256((const __m256i *)(panel + pair * 32));
        __m256i right = _mm256_load_si256((const __m256i *)(panel + pair * 32 + 16));
        for (int row = 0; row < rows; row++) {
            int32_t two;
            memcpy(&two, codes + (size_t)row * t->stride + pair * 2, sizeof two);
            __m256i x = _mm256_set1_epi32(two);
            sums[row][0] = _mm256_add_epi32(sums[row][0], _mm256_madd_epi16(x, left));
            sums[row][1] = _mm256_add_epi32(sums[row][1], _mm256_madd_epi16(x, right));
        }
    }
    for (int half = 0; half < 2; half++) {
        __m256 scales = _mm256_load_ps(t->weight_scales + half * 8);
        __m256 bias = t->bias ? _mm256_load_ps(t->bias + half * 8) : _mm256_setzero_ps();
        for (int row = 0; row < rows; row++) {
            float *out = t->output + (size_t)row * t->output_stride + half * 8;
            __m256 base = t->keep ? _mm256_add_ps(_mm256_loadu_ps(out), bias) : bias;
            __m256 sum = _mm256_mul_ps(
                _mm256_cvtepi32_ps(sums[row][half]), _mm256_set1_ps(t->scales[row]));
            _mm256_storeu_ps(out, _mm256_fmadd_ps(sum, scales, base));
        }
    }
}

#define WIDE_TILE(name, target, multiply_add)                                                  \
    INLINE target void name(int rows, int panels, const tile *t) {                             \
        __m512i sums[12][2];                                                                   \
        for (int row = 0; row < rows; row++)                                                   \
            sums[row][0] = sums[row][1] = _mm512_setzero_si512();                              \
        const int16_t *panel = t->panel, *next = panel + t->stride * reel_panel_width;         \
        _Pragma("clang loop unroll(disable)")                                                  \
        for (size_t pair = 0; pair < t->pairs; pair++) {                                       \
            __m512i left = _mm512_load_si512(panel + pair * 32);                               \
            __m512i right = panels == 2 ? _mm512_load_si512(next + pair * 32) : left;          \
            for (int row = 0; row < rows; row++) {                                             \
                int32_t two;                                                                   \
                memcpy(&two, t->codes + (size_t)row * t->stride + pair * 2, sizeof two);       \
                __m512i x = _mm512_set1_epi32(two);                                            \
                sums[row][0] = multiply_add(sums[row][0], left, x);                            \
                if (panels == 2) sums[row][1] = multiply_add(sums[row][1], right, x);          \
            }                                                                                  \
        }                                                                                      \
        for (int panel = 0; panel < panels; panel++) {                                         \
            size_t column = (size_t)panel * reel_panel_width;                                  \
            __m512 scales = _mm512_load_ps(t->weight_scales + column);                         \
            __m512 bias = t->bias ? _mm512_load_ps(t->bias + column) : _mm512_setzero_ps();    \
            for (int row = 0; row < rows; row++) {                                             \
                float *out = t->output + (size_t)row * t->output_stride + column;              \
                __m512 base = t->keep ? _mm512_add_ps(_mm512_loadu_ps(out), bias) : bias;      \
                __m512 sum = _mm512_mul_ps(                                                    \
                    _mm512_cvtepi32_ps(sums[row][panel]), _mm512_set1_ps(t->scales[row]));     \
                _mm512_storeu_ps(out, _mm512_fmadd_ps(sum, scales, base));                     \
            }                                                                                  \
        }                                                                                      \
    }
#define IN_TWO_STEPS(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))
WIDE_TILE(wide_avx512, AVX512, IN_TWO_STEPS)
WIDE_TILE(wide_vnni, VNNI, _mm512_dpwssd_epi32)
INLINE AVX512 void tile_avx512(int rows, const tile *t) { wide_avx512(rows, 1, t); }
INLINE AVX512 void two_avx512(int rows, const tile *t) { wide_avx512(rows, 2, t); }
INLINE VNNI void tile_vnni(int rows, const tile *t) { wide_vnni(rows, 1, t); }
INLINE VNNI void two_vnni(int rows, const tile *t) { wide_vnni(rows, 2, t); }
#endif

#define PARAMETERS                                                                             \
    const int16_t *codes, const float *scales, size_t rows, const reel_int16_weights *weights, \
    size_t first_panel, size_t panel_count, int add, float *output, size_t output_stride
#define ARGUMENTS                                                                              \
    codes, scales, rows, weights, first_panel, panel_count, add, output, output_stride

enum { most_rows_at_once = 252 };

/// Tiles of `tall` rows, then of what is left.
#define TILES(tile_of, tall, last_tiles)                                                       \
    {                                                                                          \
        size_t left = count;                                                                   \
        for (size_t done = 0; left >= tall; left -= tall, done += tall) {                      \
            fetch_ahead(behind, bytes, done / tall, count / tall);                             \
            tile_of(tall, &t);                                                                 \
            t.codes += tall * t.stride;                                                        \
            t.scales += tall;                                                                  \
            t.output += tall * t.output_stride;                                                \
        }                                                                                      \
        switch (left) { last_tiles(tile_of) default: break; }                                  \
    }
#define LAST_TILE(tile_of, count) case count: tile_of(count, &t); break;
#define LAST_SIX(tile_of)                                                                      \
    LAST_TILE(tile_of, 1) LAST_TILE(tile_of, 2) LAST_TILE(tile_of, 3) LAST_TILE(tile_of, 4)    \
    LAST_TILE(tile_of, 5)
#define LAST_TWELVE(tile_of)                                                                   \
    LAST_SIX(tile_of) LAST_TILE(tile_of, 6) LAST_TILE(tile_of, 7) LAST_TILE(tile_of, 8)        \
    LAST_TILE(tile_of, 9) LAST_TILE(tile_of, 10) LAST_TILE(tile_of, 11)
#define NO_LAST(tile_of)

/// Rows in chunks that stay in the second cache, panels that stay in the first: one at a time, or
/// two where `at_once` is 2 and both are whole.
#define PRODUCT(tile_of_one, tile_of_two, at_once, tall, last_tiles)                           \
    size_t stride = reel_int16_stride(weights->depth);                                         \
    size_t chunk = rows_in_a_chunk(rows, stride * sizeof *codes, tall, most_rows_at_once);     \
    size_t end = first_panel + panel_count;                                                    \
    float edge[most_rows_at_once * reel_panel_width] = {0};                                    \
    for (size_t start = 0; start < rows; start += chunk) {                                     \
        size_t count = rows - start < chunk ? rows - start : chunk;                            \
        for (size_t panel = first_panel, panels; panel < end; panel += panels) {               \
            size_t column = panel * reel_panel_width;                                          \
            size_t width = weights->outputs - column;                                          \
            panels = panel + 1 < end && width >= 2 * reel_panel_width ? at_once : 1;           \
            float *to = output + start * output_stride + column;                               \
            int is_edge = width < reel_panel_width;                                            \
            if (is_edge && add)                                                                \
                for (size_t row = 0; row < count; row++)                                       \
                    memcpy(edge + row * reel_panel_width, to + row * output_stride,            \
                           width * sizeof *to);                                                \
            for (size_t k = 0; k < stride; k += reel_int16_block) {                            \
                size_t depth = stride - k < reel_int16_block ? stride - k : reel_int16_block;  \
                tile t = {                                                                     \
                    codes + start * stride + k, scales + start, stride,                        \
                    weights->codes + (panel * stride + k) * reel_panel_width,                  \
                    weights->scales + column, k == 0 ? weights->bias + column : NULL,          \
                    depth / 2, k > 0 || add, is_edge ? edge : to,                              \
                    is_edge ? reel_panel_width : output_stride};                               \
                const int16_t *behind = t.panel + panels * stride * reel_panel_width;          \
                size_t bytes = depth * panels * reel_panel_width * sizeof *behind;             \
                if (panels == 2) TILES(tile_of_two, tall, last_tiles)                          \
                else TILES(tile_of_one, tall, last_tiles)                                      \
            }                                                                                  \
            if (is_edge)                                                                       \
                for (size_t row = 0; row < count; row++)                                       \
                    memcpy(to + row * output_stride, edge + row * reel_panel_width,            \
                           width * sizeof *to);                                                \
        }                                                                                      \
    }

static void product_plain(PARAMETERS) { PRODUCT(tile_plain, tile_plain, 1, 1, NO_LAST) }
#if defined(__x86_64__)
AVX2 static void product_avx2(PARAMETERS) { PRODUCT(tile_avx2, tile_avx2, 1, 6, LAST_SIX) }
AVX512 static void product_avx512(PARAMETERS) {
    PRODUCT(tile_avx512, two_avx512, 2, 12, LAST_TWELVE)
}
VNNI static void product_vnni(PARAMETERS) { PRODUCT(tile_vnni, two_vnni, 2, 12, LAST_TWELVE) }
#endif

void reel_int16_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512)
        return __builtin_cpu_supports("avx512vnni") ? product_vnni(ARGUMENTS)
                                                    : product_avx512(ARGUMENTS);
    if (level == reel_level_avx2) return product_avx2(ARGUMENTS);
#endif
    (void)level;
    product_plain(ARGUMENTS);
}

void reel_int16_product(PARAMETERS) {
    reel_int16_product_at(reel_best_vector_level(), ARGUMENTS);
}
