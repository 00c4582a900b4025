// Rows of text in counts of edges, and the small pictures that they are looked for in.
#include "TextEdges.h"
#include <string.h>

enum {
    /// Stretches before and after one that are counted with it: three are 48 pixels.
    around = 1,
    /// Edge pairs (a rise and a fall) there that a row of pixels through letters has.
    fewest_pairs = 4,
    /// Rows of pixels above and below among which a row through letters has at least half of the
    /// most pairs: letters' middles, but neither the strokes that stick out nor the gap.
    reach = 12,
    lowest = 4,
    highest = 18,
    /// Rows of pixels by which top and bottom may differ from one stretch to the next, and a sixth
    /// of the height.
    wobble = 2,
    fewest_stretches = 2,
};

/// Rows of pixels through letters at one stretch, linked to those at the stretches before.
typedef struct {
    uint32_t top, bottom;
    uint32_t first;     ///< the stretch where the chain begins
    uint32_t length;    ///< stretches in the chain
    uint32_t least_top, greatest_bottom;  ///< of the chain
} band;

static inline size_t aligned(size_t bytes) { return (bytes + 15) & ~(size_t)15; }

size_t reel_text_rows_scratch(size_t stretches, size_t height) {
    return 2 * aligned(stretches * height) + 2 * aligned((height / 2 + 1) * sizeof(band));
}

static inline uint8_t least(uint8_t a, uint8_t b) { return a < b ? a : b; }
static inline uint8_t most(uint8_t a, uint8_t b) { return a > b ? a : b; }

// Pairs of a rise and a fall around each stretch.
static void count_pairs(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, size_t height, uint8_t *pairs) {
    for (size_t y = 0; y < height; y++) {
        const uint8_t *rise = rises + y * stretches, *fall = falls + y * stretches;
        uint8_t *to = pairs + y * stretches;
        if (stretches < 3) {
            memset(to, 0, stretches);
            continue;
        }
        to[0] = least(rise[0] + rise[1], fall[0] + fall[1]);
        for (size_t s = 1; s + 1 < stretches; s++)
            to[s] = least(rise[s - 1] + rise[s] + rise[s + 1], fall[s - 1] + fall[s] + fall[s + 1]);
        size_t last = stretches - 1;
        to[last] = least(rise[last - 1] + rise[last], fall[last - 1] + fall[last]);
    }
}

// The most among the rows from `reach` above to `reach` below; one flat loop a shift, over rows.
static void spread_most(
    const uint8_t *pairs, size_t stretches, size_t height, uint8_t *spread) {
    memcpy(spread, pairs, stretches * height);
    // After these, each row holds the most of itself and of the 2, 4, 8, then 12 that follow …
    static const size_t below[] = {1, 2, 4, 5};
    for (size_t step = 0; step < 4; step++) {
        if (height <= below[step]) continue;
        size_t shift = below[step] * stretches, count = stretches * height - shift;
        for (size_t i = 0; i < count; i++) spread[i] = most(spread[i], spread[i + shift]);
    }
    // … and after these, also of the 12 above. Backwards, as what is read must not be new yet.
    if (height <= reach) return;
    size_t shift = (size_t)reach * stretches;
    for (size_t y = height; y-- > reach;) {
        uint8_t *to = spread + y * stretches;
        const uint8_t *from = to - shift;
        for (size_t s = 0; s < stretches; s++) to[s] = most(to[s], from[s]);
    }
}

static inline int apart(uint32_t a, uint32_t b) { return a > b ? (int)(a - b) : (int)(b - a); }

// Whether the letters' rows have edges in this stretch too: half of the rows a pair.
static int has_edges(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, const reel_text_row *row,
    size_t stretch) {
    uint32_t sum = 0;
    for (size_t y = row->top; y < row->bottom; y++)
        sum += least(rises[y * stretches + stretch], falls[y * stretches + stretch]);
    return 2 * sum >= row->bottom - row->top;
}

// Goes on to both sides while there are edges, across gaps as wide as those between words.
static void extend(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, reel_text_row *row) {
    uint32_t gap = 1 + (row->bottom - row->top) * 2 / reel_edge_stretch;
    for (uint32_t s = row->left, empty = 0; s-- > 0 && empty <= gap;) {
        if (has_edges(rises, falls, stretches, row, s)) {
            row->left = s;
            empty = 0;
        } else {
            empty++;
        }
    }
    for (uint32_t s = row->right, empty = 0; s < stretches && empty <= gap; s++) {
        if (has_edges(rises, falls, stretches, row, s)) {
            row->right = s + 1;
            empty = 0;
        } else {
            empty++;
        }
    }
}

// Edge pairs a stretch between two rows of pixels, of the stretches of `row`; 0 where there is no
// such row of pixels.
static float density(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, const reel_text_row *row,
    int64_t top, int64_t bottom, size_t height) {
    if (top < 0) top = 0;
    if (bottom > (int64_t)height) bottom = (int64_t)height;
    if (top >= bottom) return 0;
    uint64_t sum = 0;
    for (int64_t y = top; y < bottom; y++)
        for (size_t s = row->left; s < row->right; s++)
            sum += least(rises[(size_t)y * stretches + s], falls[(size_t)y * stretches + s]);
    return (float)sum / (float)((uint64_t)(bottom - top) * (row->right - row->left));
}

// Whether there are few edges beyond the strokes that stick out above and below: text stands in
// lines, while noise and foliage go on.
static int stands_apart(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, size_t height,
    const reel_text_row *row) {
    int64_t top = row->top, bottom = row->bottom, tall = bottom - top;
    float inside = density(rises, falls, stretches, row, top, bottom, height);
    float above = density(
        rises, falls, stretches, row, top - tall * 5 / 4, top - tall / 2, height);
    float below = density(
        rises, falls, stretches, row, bottom + tall / 2, bottom + tall * 5 / 4, height);
    return 2 * above <= inside && 2 * below <= inside;
}

typedef struct {
    const uint8_t *rises, *falls;
    size_t stretches, height;
    reel_text_row *rows;
    size_t count, capacity;
} finding;

// A chain that no stretch goes on: text, if it is long enough.
static void finish(finding *found, const band *chain) {
    // The first and the last stretch only saw their neighbours' edges.
    uint32_t height = chain->bottom - chain->top;
    if (chain->length < fewest_stretches + 2 * around) return;
    uint32_t length = chain->length - 2 * around;
    if (length * reel_edge_stretch < 2 * height || found->count == found->capacity) return;
    reel_text_row row = {
        chain->first + around, chain->first + around + length, chain->least_top,
        chain->greatest_bottom};
    extend(found->rises, found->falls, found->stretches, &row);
    if (!stands_apart(found->rises, found->falls, found->stretches, found->height, &row)) return;
    found->rows[found->count++] = row;
}

size_t reel_find_text_rows(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, size_t height, void *scratch,
    reel_text_row *rows, size_t capacity) {
    uint8_t *pairs = scratch;
    uint8_t *spread = pairs + aligned(stretches * height);
    band *before = (band *)(spread + aligned(stretches * height));
    band *here = (band *)((uint8_t *)before + aligned((height / 2 + 1) * sizeof(band)));
    size_t before_count = 0;
    finding found = {rises, falls, stretches, height, rows, 0, capacity};
    count_pairs(rises, falls, stretches, height, pairs);
    spread_most(pairs, stretches, height, spread);
    for (size_t s = 0; s < stretches; s++) {
        size_t here_count = 0, top = 0;
        int is_open = 0;
        for (size_t y = 0; y <= height; y++) {
            size_t at = y * stretches + s;
            int is_through =
                y < height && pairs[at] >= fewest_pairs && 2 * pairs[at] >= spread[at];
            if (is_through && !is_open) top = y;
            if (!is_through && is_open && y - top >= lowest && y - top <= highest)
                here[here_count++] = (band){
                    (uint32_t)top, (uint32_t)y, (uint32_t)s, 1, (uint32_t)top, (uint32_t)y};
            is_open = is_through;
        }
        // Both lists are in order from top to bottom, and bands of one list do not overlap.
        size_t next = 0;
        for (size_t i = 0; i < before_count; i++) {
            const band *chain = before + i;
            while (next < here_count && here[next].bottom <= chain->top) next++;
            int goes_on = 0;
            for (size_t j = next; j < here_count && here[j].top < chain->bottom; j++) {
                band *joined = here + j;
                int slack = wobble + (int)(joined->bottom - joined->top) / 6;
                if (joined->length > 1 || apart(joined->top, chain->top) > slack
                    || apart(joined->bottom, chain->bottom) > slack)
                    continue;
                joined->first = chain->first;
                joined->length = chain->length + 1;
                if (chain->least_top < joined->least_top) joined->least_top = chain->least_top;
                if (chain->greatest_bottom > joined->greatest_bottom)
                    joined->greatest_bottom = chain->greatest_bottom;
                goes_on = 1;
                break;
            }
            if (!goes_on) finish(&found, chain);
        }
        band *other = before;
        before = here;
        here = other;
        before_count = here_count;
    }
    for (size_t i = 0; i < before_count; i++) finish(&found, before + i);
    return found.count;
}

float reel_two_level_share(
    const uint8_t *grey, size_t width, size_t left, size_t top, size_t right, size_t bottom) {
    uint32_t histogram[256] = {0};
    for (size_t y = top; y < bottom; y++)
        for (size_t x = left; x < right; x++) histogram[grey[y * width + x]]++;
    double count = 0, sum = 0, squares = 0;
    for (int level = 0; level < 256; level++) {
        count += histogram[level];
        sum += (double)level * histogram[level];
        squares += (double)level * level * histogram[level];
    }
    if (count == 0) return 0;
    double mean = sum / count, variance = squares / count - mean * mean;
    if (variance <= 0) return 0;
    double below = 0, below_sum = 0, best = 0;
    for (int level = 0; level < 255; level++) {
        below += histogram[level];
        below_sum += (double)level * histogram[level];
        if (below == 0 || below == count) continue;
        double share = below / count, difference = mean * share - below_sum / count;
        double between = difference * difference / (share * (1 - share));
        if (between > best) best = between;
    }
    return (float)(best / variance);
}

void reel_white_from_rgb(const uint8_t *rgb, size_t count, uint8_t *inverse) {
    for (size_t i = 0; i < count; i++) {
        int white = least(least(rgb[3 * i], rgb[3 * i + 1]), rgb[3 * i + 2]);
        int value = (white - 150) * 255 / 80;
        inverse[i] = (uint8_t)(255 - (value < 0 ? 0 : value > 255 ? 255 : value));
    }
}

int reel_ground_is_dark(const uint8_t *grey, size_t count) {
    size_t histogram[256] = {0};
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        histogram[grey[i]]++;
        sum += grey[i];
    }
    size_t median = 0;
    for (size_t below = histogram[0]; median < 255 && 2 * below < count; below += histogram[median])
        median++;
    return median * count < sum;
}

size_t reel_count_dark(const uint8_t *grey, size_t count) {
    size_t dark = 0;
    for (size_t i = 0; i < count; i++) dark += grey[i] < 128;
    return dark;
}

void reel_invert_grey(const uint8_t *grey, size_t count, uint8_t *inverse) {
    for (size_t i = 0; i < count; i++) inverse[i] = 255 - grey[i];
}

void reel_halve_grey(const uint8_t *grey, size_t width, size_t height, uint8_t *half) {
    size_t columns = width / 2;
    for (size_t y = 0; y < height / 2; y++) {
        const uint8_t *upper = grey + 2 * y * width, *lower = upper + width;
        uint8_t *to = half + y * columns;
        for (size_t x = 0; x < columns; x++)
            to[x] = (uint8_t)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2)
                              >> 2);
    }
}

// The place of a target pixel's centre along a side of the source, in 1/256 pixels.
static inline size_t place(size_t at, size_t side, size_t target_side) {
    size_t centre = (2 * at + 1) * side * 128 / target_side;
    size_t limit = (side - 1) * 256;
    return centre < 128 ? 0 : centre - 128 > limit ? limit : centre - 128;
}

void reel_enlarge_grey(
    const uint8_t *grey, size_t width, size_t height, uint8_t *target, size_t target_width,
    size_t target_height) {
    for (size_t y = 0; y < target_height; y++) {
        size_t row = place(y, height, target_height), low = row & 255;
        const uint8_t *upper = grey + (row >> 8) * width;
        const uint8_t *lower = (row >> 8) + 1 < height ? upper + width : upper;
        for (size_t x = 0; x < target_width; x++) {
            size_t column = place(x, width, target_width), right = column & 255;
            size_t a = column >> 8, b = a + 1 < width ? a + 1 : a;
            size_t above = upper[a] * (256 - right) + upper[b] * right;
            size_t below = lower[a] * (256 - right) + lower[b] * right;
            target[y * target_width + x] =
                (uint8_t)((above * (256 - low) + below * low + (1 << 15)) >> 16);
        }
    }
}
