#ifndef REEL_TEXTEDGES_H
#define REEL_TEXTEDGES_H
#include <stddef.h>
#include <stdint.h>

/// Brightness of `count` pixels of red, green, blue bytes: (38 r + 75 g + 15 b + 64) / 128, the
/// weights of BT.601 in seven bits.
void reel_grey_from_rgb(const uint8_t *rgb, size_t count, uint8_t *grey);
void reel_grey_from_rgb_scalar(const uint8_t *rgb, size_t count, uint8_t *grey);
#endif
