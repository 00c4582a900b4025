// A tile of a few rows by two panels keeps its sums in registers along the whole depth: integers
// within a group, floats from group to group.
#include "EightBitProduct.h"
#include "Quantizing.h"

#define VNNI256 __attribute__((target("avxvnni,avx2,fma")))

int reel_has_vnni256(void) {
#if defined(__x86_64__)
    return reel_vector_limit() == reel_level_avx512
        && reel_best_vector_level() >= reel_level_avx2 && __builtin_cpu_supports("avxvnni");
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
            fetch_ahead_of(weights);
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
            fetch_ahead_of(panel + k * reel_panel_width);
            if (panels == 2) fetch_ahead_of(panel + (t->stride + k) * reel_panel_width);
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
        size_t left = count;                                                                   \
        for (; left >= 6; left -= 6) {                                                         \
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
