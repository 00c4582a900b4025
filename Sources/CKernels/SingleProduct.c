// Blocks of the depth are added to the output one after the other: sums stay short and exact, and a
// block of weights stays in the nearest caches while the rows pass by.
#include "SingleProduct.h"
#include "Quantizing.h"
#include "SingleTile.h"

enum { single_block = 512, most_single_rows_at_once = 252 };

INLINE void pack_body(const float *weights, size_t outputs, size_t depth, float *panels) {
    pack_panels(weights, depth, outputs, depth, panels, depth * reel_panel_width);
}

/// What a tile is told besides its constant number of rows and panels.
typedef struct {
    const float *input;    // of its first row, at the block
    size_t input_stride;
    const float *panel;    // its first, at the block
    size_t panel_stride;
    size_t depth;          // of the block
    const float *bias;     // null when the output already holds it
    int keep;              // whether the output's old values count
    size_t width;          // outputs there are from its first on, some perhaps beyond it
    float *output;
    size_t output_stride;
} tile;

/// The rows of a tile when some are cut into as few as there can be of up to `tall`, all of about
/// the same height: a low one would not keep the processor busy.
INLINE size_t height_of_tile(size_t rows, size_t tall, size_t tile) {
    size_t tiles = (rows + tall - 1) / tall;
    return rows * (tile + 1) / tiles - rows * tile / tiles;
}

INLINE void tile_of(int rows, int panels, const tile *t) {
    reel_sixteen sums[12][2];
    tile_sums(
        rows, panels, t->input, t->input_stride, t->panel, t->panel_stride, t->depth, 4096, sums);
    for (int panel = 0; panel < panels; panel++) {
        size_t column = (size_t)panel * reel_panel_width, width = t->width - column;
        reel_sixteen bias = t->bias ? load_sixteen(t->bias + column) : (reel_sixteen){0};
        for (int row = 0; row < rows; row++) {
            float *out = t->output + (size_t)row * t->output_stride + column;
            reel_sixteen sum = sums[row][panel] + bias;
            if (width >= reel_panel_width) {
                store_sixteen(t->keep ? sum + load_sixteen(out) : sum, out);
                continue;
            }
            float some[reel_panel_width];
            store_sixteen(sum, some);
            for (size_t i = 0; i < width; i++) out[i] = t->keep ? some[i] + out[i] : some[i];
        }
    }
}

TWO_TILES(plain, , tile_of, 1)
static void (*const plain_tiles[])(const tile *) = {TWO_NAMES(plain, 1)};
#if defined(__x86_64__)
SIX_TILES(avx2, AVX2, tile_of, 1)
static void (*const avx2_tiles[])(const tile *) = {SIX_NAMES(avx2, 1)};
TWELVE_TILES(avx512, AVX512, tile_of, 1)
TWELVE_TILES(avx512, AVX512, tile_of, 2)
static void (*const avx512_tiles[])(const tile *) = {TWELVE_NAMES(avx512, 1)};
static void (*const avx512_pairs[])(const tile *) = {TWELVE_NAMES(avx512, 2)};
#endif

/// The tiles of a level.
typedef struct {
    void (*const *one)(const tile *);   // by rows less one
    void (*const *pair)(const tile *);  // the same for two panels; null where there are none
    size_t tall;                        // rows of the largest
} tiles;

static const tiles plain_level = {plain_tiles, NULL, reel_tile_rows_plain};
#if defined(__x86_64__)
static const tiles avx2_level = {avx2_tiles, NULL, reel_tile_rows_avx2};
static const tiles avx512_level = {avx512_tiles, avx512_pairs, reel_tile_rows_avx512};
#endif

#define PARAMETERS                                                                             \
    const float *input, size_t rows, const reel_single_weights *weights, size_t first_panel,   \
    size_t panel_count, int add, float *output, size_t output_stride
#define ARGUMENTS input, rows, weights, first_panel, panel_count, add, output, output_stride

/// `count` rows with the panels and the block that `t` begins with.
static void multiply(const tiles *level, tile t, size_t count, size_t panels) {
    size_t parts = (count + level->tall - 1) / level->tall;
    for (size_t part = 0; part < parts; part++) {
        size_t height = height_of_tile(count, level->tall, part);
        (panels == 2 ? level->pair : level->one)[height - 1](&t);
        t.input += height * t.input_stride;
        t.output += height * t.output_stride;
    }
}

/// Rows in chunks of which a block of the depth stays in the second cache while all panels pass, one
/// or two at a time.
static void product(const tiles *level, PARAMETERS) {
    size_t depth = weights->depth, panel_stride = depth * reel_panel_width;
    size_t largest_block = depth < single_block ? depth : single_block;
    size_t chunk = rows_in_a_chunk(
        rows, largest_block * sizeof *input, level->tall, most_single_rows_at_once);
    size_t end = first_panel + panel_count;
    for (size_t start = 0; start < rows; start += chunk) {
        size_t count = rows - start < chunk ? rows - start : chunk;
        for (size_t k = 0; k < depth; k += single_block) {
            size_t block = depth - k < single_block ? depth - k : single_block;
            for (size_t panel = first_panel, panels; panel < end; panel += panels) {
                size_t column = panel * reel_panel_width;
                panels = level->pair && panel + 1 < end ? 2 : 1;
                tile t = {
                    input + start * depth + k, depth,
                    weights->panels + panel * panel_stride + k * reel_panel_width, panel_stride,
                    block, k == 0 ? weights->bias + column : NULL, k > 0 || add,
                    weights->outputs - column, output + start * output_stride + column,
                    output_stride};
                multiply(level, t, count, panels);
            }
        }
    }
}

static void pack_plain(const float *weights, size_t outputs, size_t depth, float *panels) {
    pack_body(weights, outputs, depth, panels);
}
#if defined(__x86_64__)
AVX2 static void pack_avx2(const float *weights, size_t outputs, size_t depth, float *panels) {
    pack_body(weights, outputs, depth, panels);
}
AVX512 static void pack_avx512(
    const float *weights, size_t outputs, size_t depth, float *panels
) {
    pack_body(weights, outputs, depth, panels);
}
#endif

void reel_single_pack(const float *weights, size_t outputs, size_t depth, float *panels) {
#if defined(__x86_64__)
    reel_vector_level level = reel_best_vector_level();
    if (level == reel_level_avx512) return pack_avx512(weights, outputs, depth, panels);
    if (level == reel_level_avx2) return pack_avx2(weights, outputs, depth, panels);
#endif
    pack_plain(weights, outputs, depth, panels);
}

void reel_single_product_at(reel_vector_level level, PARAMETERS) {
#if defined(__x86_64__)
    if (level == reel_level_avx512) return product(&avx512_level, ARGUMENTS);
    if (level == reel_level_avx2) return product(&avx2_level, ARGUMENTS);
#endif
    (void)level;
    product(&plain_level, ARGUMENTS);
}

void reel_single_product(PARAMETERS) {
    reel_single_product_at(reel_best_vector_level(), ARGUMENTS);
}

void reel_single_product_scalar(PARAMETERS) {
    for (size_t row = 0; row < rows; row++)
        for (size_t place = first_panel * reel_panel_width;
             place < (first_panel + panel_count) * reel_panel_width && place < weights->outputs;
             place++) {
            const float *panel =
                weights->panels + place / reel_panel_width * reel_panel_width * weights->depth;
            double total = weights->bias[place];
            for (size_t k = 0; k < weights->depth; k++)
                total += (double)input[row * weights->depth + k]
                    * panel[k * reel_panel_width + place % reel_panel_width];
            float *out = output + row * output_stride + place;
            *out = (float)(add ? *out + total : total);
        }
}
