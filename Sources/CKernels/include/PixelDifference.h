#ifndef REEL_PIXELDIFFERENCE_H
#define REEL_PIXELDIFFERENCE_H
#include <stddef.h>
#include <stdint.h>

/// Sum of |a[i] − b[i]| over `count` bytes. Any alignment; the fastest variant the CPU has.
uint64_t reel_absolute_difference_sum(const uint8_t *a, const uint8_t *b, size_t count);

/// The same in plain C: the oracle of the tests.
uint64_t reel_absolute_difference_sum_scalar(const uint8_t *a, const uint8_t *b, size_t count);

/// Cells of two grey planes, 16 pixels wide and `cell_height` high, over which the difference of the
/// planes has a standard deviation of `threshold` or more: they show something else, whatever the
/// brightness. What is left at the right and lower edges is no cell.
///
/// Requires 1 ≤ cell_height, and threshold ≤ 255.
size_t reel_restructured_cells(
    const uint8_t *a, const uint8_t *b, size_t width, size_t height, size_t cell_height,
    unsigned threshold);
size_t reel_restructured_cells_scalar(
    const uint8_t *a, const uint8_t *b, size_t width, size_t height, size_t cell_height,
    unsigned threshold);

/// A grey plane and its small copy, of which each pixel is the mean of a cell of the plane: cell i of
/// n along a side of length s goes from i·s/n up to, not including, (i + 1)·s/n, rounded down.
///
/// Requires 1 ≤ target_width ≤ width, 1 ≤ target_height ≤ height and height / target_height < 256.
typedef struct {
    const void *source;       ///< 8- or 16-bit pixels, the latter in the CPU's byte order
    ptrdiff_t row_bytes;      ///< from one row to the next; negative when rows go upwards
    size_t width, height;     ///< of the source, pixels
    uint8_t *target;          ///< target_height × target_width, without padding
    size_t target_width, target_height;
    uint32_t *columns;        ///< scratch: room for width + target_width + 1 numbers
} reel_grey_shrink;

/// Shrinks a plane of bytes.
void reel_shrink_grey8(const reel_grey_shrink *job);
void reel_shrink_grey8_scalar(const reel_grey_shrink *job);

/// Shrinks a plane of 16-bit numbers of which the lowest `shift` bits (0…8) are dropped at the end.
void reel_shrink_grey16(const reel_grey_shrink *job, unsigned shift);
void reel_shrink_grey16_scalar(const reel_grey_shrink *job, unsigned shift);
#endif
