#ifndef REEL_TEXTEDGES_H
#define REEL_TEXTEDGES_H
#include <stddef.h>
#include <stdint.h>

/// Brightness of `count` pixels of red, green, blue bytes: (38 r + 75 g + 15 b + 64) / 128, the
/// weights of BT.601 in seven bits.
void reel_grey_from_rgb(const uint8_t *rgb, size_t count, uint8_t *grey);
void reel_grey_from_rgb_scalar(const uint8_t *rgb, size_t count, uint8_t *grey);

/// How white `count` pixels are, black on white: 255 where the least of red, green and blue is 150 or
/// less, 0 where it is 230 or more, in between in proportion.
void reel_white_from_rgb(const uint8_t *rgb, size_t count, uint8_t *inverse);

/// Whether the median brightness is below the mean, as of a dark ground with a few bright pixels.
int reel_ground_is_dark(const uint8_t *grey, size_t count);

/// Number of bytes below 128 among `count`.
size_t reel_count_dark(const uint8_t *grey, size_t count);

/// 255 less each of `count` bytes.
void reel_invert_grey(const uint8_t *grey, size_t count, uint8_t *inverse);

/// Half the size of a grey picture, a pixel being the mean of four; an odd last row or column is left
/// out. `half` takes (height / 2) × (width / 2) bytes.
void reel_halve_grey(const uint8_t *grey, size_t width, size_t height, uint8_t *half);

/// A grey picture made larger, with straight lines between pixels' centres (bilinear).
/// Requires width ≥ 1, height ≥ 1, and all sides below 32 768.
void reel_enlarge_grey(
    const uint8_t *grey, size_t width, size_t height, uint8_t *target, size_t target_width,
    size_t target_height);

enum {
    /// Pixels in a stretch of a row whose edges are counted together.
    reel_edge_stretch = 16
};

/// Counts where strong edges begin along each row. An edge stands at pixel x, 1 ≤ x < width − 1, if
/// pixel x + 1 is brighter (a rise) or darker (a fall) than pixel x − 1 by more than `threshold`;
/// it begins where the pixel before has none of the same kind.
///
/// `rises` and `falls` take height × stretches counts of 0…8, a stretch being `reel_edge_stretch`
/// pixels of a row, the last one the rest: stretches = ⌈width / reel_edge_stretch⌉.
void reel_count_edges(
    const uint8_t *grey, size_t width, size_t height, uint8_t threshold, uint8_t *rises,
    uint8_t *falls);
void reel_count_edges_scalar(
    const uint8_t *grey, size_t width, size_t height, uint8_t threshold, uint8_t *rises,
    uint8_t *falls);

/// Where letters may stand side by side: rows of pixels of a picture, and stretches of those rows.
typedef struct {
    uint32_t left, right;  ///< stretches, the right one excluded
    uint32_t top, bottom;  ///< rows of pixels, the bottom one excluded: from a small letter's top to
                           ///< the base line, more or less
} reel_text_row;

/// Finds rows of text by the edges that `reel_count_edges` counted. There edges follow each other
/// closely from letter to letter, over some 4 to 18 rows of pixels, and above and below there are
/// few, along at least two stretches and twice the row's height.
///
/// Returns the number of rows written, at most `capacity`; any beyond are left out. `scratch` takes
/// `reel_text_rows_scratch` bytes, aligned as memory from malloc is.
size_t reel_find_text_rows(
    const uint8_t *rises, const uint8_t *falls, size_t stretches, size_t height, void *scratch,
    reel_text_row *rows, size_t capacity);
size_t reel_text_rows_scratch(size_t stretches, size_t height);

/// How well two levels explain the brightness in a rectangle: the greatest share of its variance that
/// lies between two classes (Otsu 1979), 0…1; 0 where all pixels are equal. Of text about .8 and more,
/// of a normal distribution .64.
float reel_two_level_share(
    const uint8_t *grey, size_t width, size_t left, size_t top, size_t right, size_t bottom);
#endif
