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
AVX512 static void rows_avx512(ROWS_PARAMETERS) { rows_body(input, rows, depth, codes, scales); }
#endif
void reel_int16_rows(ROWS_PARAMETERS) {
#if defined(__x86_64__)
    reel_vector_level level = reel_best_vector_level();
    if (level == reel_level_avx512) return rows_avx512(input, rows, depth, codes, scales);
    if (level == reel_level_avx2) return rows_avx2(input, rows, depth, codes, scales);
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

INLINE void tile_plain(int rows, int panels, const tile *t) {
    (void)panels;
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
INLINE AVX2 void tile_avx2(int rows, int panels, const tile *t) {
    (void)panels;
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
        const int16_t *codes = t->codes;                                                       \
        size_t stride = t->stride, pairs = t->pairs;                                           \
        _Pragma("clang loop unroll(disable)")                                                  \
        for (size_t pair = 0; pair < pairs; pair++) {                                          \
            __m512i left = _mm512_load_si512(panel + pair * 32);                               \
            __m512i right = panels == 2 ? _mm512_load_si512(next + pair * 32) : left;          \
            fetch_ahead_of(panel + pair * 32);                                                 \
            if (panels == 2) fetch_ahead_of(next + pair * 32);                                 \
            for (int row = 0; row < rows; row++) {                                             \
                int32_t two;                                                                   \
                memcpy(&two, codes + (size_t)row * stride + pair * 2, sizeof two);             \
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
/// Not the compiler's own name for the instruction: it would split it in two to save a cycle of
/// waiting, of which there is none here.
VNNI INLINE __m512i add_pairs(__m512i sum, __m512i a, __m512i b) {
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}
WIDE_TILE(wide_vnni, VNNI, add_pairs)
#endif

TILE_FUNCTION(plain, , tile_plain, 1, 1)
static void (*const plain_tiles[])(const tile *) = {plain_1_1};
#if defined(__x86_64__)
SIX_TILES(avx2, AVX2, tile_avx2, 1)
static void (*const avx2_tiles[])(const tile *) = {SIX_NAMES(avx2, 1)};
TWELVE_TILES(avx512, AVX512, wide_avx512, 1)
TWELVE_TILES(avx512, AVX512, wide_avx512, 2)
static void (*const avx512_tiles[])(const tile *) = {TWELVE_NAMES(avx512, 1)};
static void (*const avx512_pairs[])(const tile *) = {TWELVE_NAMES(avx512, 2)};
TWELVE_TILES(vnni, VNNI, wide_vnni, 1)
TWELVE_TILES(vnni, VNNI, wide_vnni, 2)
static void (*const vnni_tiles[])(const tile *) = {TWELVE_NAMES(vnni, 1)};
static void (*const vnni_pairs[])(const tile *) = {TWELVE_NAMES(vnni, 2)};
#endif

/// The tiles of a level.
typedef struct {
    void (*const *one)(const tile *);   // by rows less one
    void (*const *pair)(const tile *);  // the same for two whole panels; null where there are none
    size_t tall;                        // rows of the largest
} tiles;

static const tiles plain_level = {plain_tiles, NULL, 1};
#if defined(__x86_64__)
static const tiles avx2_level = {avx2_tiles, NULL, 6};
static const tiles avx512_level = {avx512_tiles, avx512_pairs, 12};
static const tiles vnni_level = {vnni_tiles, vnni_pairs, 12};
#endif

#define PARAMETERS                                                                             \
    const int16_t *codes, const float *scales, size_t rows, const reel_int16_weights *weights, \
    size_t first_panel, size_t panel_count, int add, float *output, size_t output_stride
#define ARGUMENTS                                                                              \
    codes, scales, rows, weights, first_panel, panel_count, add, output, output_stride

enum { most_rows_at_once = 252 };

/// `count` rows with the panels and the block that `t` begins with: the tallest tiles, then what is
/// left.
static void multiply(const tiles *level, tile t, size_t count, size_t panels) {
    size_t panel_stride = t.stride * reel_panel_width, parts = count / level->tall;
    size_t bytes = t.pairs * 2 * reel_panel_width * sizeof *t.panel, height;
    for (size_t part = 0, left = count; left > 0; left -= height, part++) {
        // The panel that comes next; wider tiles do so themselves.
        if (!level->pair && part < parts) fetch_ahead(t.panel + panel_stride, bytes, part, parts);
        height = left < level->tall ? left : level->tall;
        (panels == 2 ? level->pair : level->one)[height - 1](&t);
        t.codes += height * t.stride;
        t.scales += height;
        t.output += height * t.output_stride;
    }
}

/// `multiply` where the last panel is not whole: by way of memory that is.
static void multiply_edge(const tiles *level, tile t, size_t count, size_t width) {
    float edge[most_rows_at_once * reel_panel_width] = {0};
    float *to = t.output;
    size_t to_stride = t.output_stride;
    for (size_t row = 0; row < count && t.keep; row++)
        memcpy(edge + row * reel_panel_width, to + row * to_stride, width * sizeof *to);
    t.output = edge;
    t.output_stride = reel_panel_width;
    multiply(level, t, count, 1);
    for (size_t row = 0; row < count; row++)
        memcpy(to + row * to_stride, edge + row * reel_panel_width, width * sizeof *to);
}

/// Rows in chunks of which a block of the depth stays in the second cache while all panels pass, one
/// or two at a time.
static void product(const tiles *level, PARAMETERS) {
    size_t stride = reel_int16_stride(weights->depth), panel_stride = stride * reel_panel_width;
    size_t largest_block = stride < reel_int16_block ? stride : reel_int16_block;
    size_t chunk = rows_in_a_chunk(
        rows, largest_block * sizeof *codes, level->tall, most_rows_at_once);
    size_t end = first_panel + panel_count;
    for (size_t start = 0; start < rows; start += chunk) {
        size_t count = rows - start < chunk ? rows - start : chunk;
        for (size_t k = 0; k < stride; k += reel_int16_block) {
            size_t depth = stride - k < reel_int16_block ? stride - k : reel_int16_block;
            for (size_t panel = first_panel, panels; panel < end; panel += panels) {
                size_t column = panel * reel_panel_width, width = weights->outputs - column;
                int has_two = panel + 1 < end && width >= 2 * reel_panel_width;
                panels = level->pair && has_two ? 2 : 1;
                tile t = {
                    codes + start * stride + k, scales + start, stride,
                    weights->codes + panel * panel_stride + k * reel_panel_width,
                    weights->scales + column, k == 0 ? weights->bias + column : NULL, depth / 2,
                    k > 0 || add, output + start * output_stride + column, output_stride};
                if (width < reel_panel_width) multiply_edge(level, t, count, width);
                else multiply(level, t, count, panels);
            }
        }
    }
}

void reel_int16_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512)
        return product(
            __builtin_cpu_supports("avx512vnni") ? &vnni_level : &avx512_level, ARGUMENTS);
    if (level == reel_level_avx2) return product(&avx2_level, ARGUMENTS);
#endif
    (void)level;
    product(&plain_level, ARGUMENTS);
}

void reel_int16_product(PARAMETERS) {
    reel_int16_product_at(reel_best_vector_level(), ARGUMENTS);
}
