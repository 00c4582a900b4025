"""Slides of a talk: titles, bullet points, charts and tables."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from .palette import COLOURS, blend, lighter

LAYOUTS: dict[str, list[str]] = {  # layout → phrases, {colour} and {count} are filled in
    "title": ["a title slide with a {colour} heading", "a slide with a big {colour} title"],
    "bullets": ["a slide with {count} {colour} bullet points", "a text slide with a list of {count} {colour} points"],
    "bar chart": ["a bar chart with {count} {colour} bars", "a bar graph with {count} {colour} bars",
                  "a column chart with {count} {colour} columns"],
    "pie chart": ["a pie chart with {count} slices, mostly {colour}", "a {colour} pie chart with {count} slices",
                  "a circle diagram with {count} {colour} slices"],
    "line chart": ["a line chart with a {colour} line", "a line graph with a {colour} curve",
                   "a {colour} line graph of a trend"],
    "table": ["a table of figures with a {colour} header and {count} rows", "a {colour} table with {count} rows"],
}
BACKGROUNDS: dict[str, list[str]] = {"white": ["on a white background", "on a light slide"],
                                     "dark": ["on a dark background", "on a dark slide"]}
COUNTED = ("bullets", "bar chart", "pie chart", "table")
WORDS = ("results plan budget growth sales team report market year quarter review safety goals costs summary "
         "people energy water health school project design update next steps").split()


@dataclass(frozen=True)
class Slide:
    layout: str  # a key of LAYOUTS
    colour: str  # accent, a key of COLOURS
    count: int  # bars, slices, points or rows, 2…6
    background: str  # a key of BACKGROUNDS
    title: str = ""  # drawn as the heading; random words when empty


@lru_cache(maxsize=32)
def font(pixels: int) -> ImageFont.FreeTypeFont:
    # Pillow brings this font along, so that no font need be installed.
    return ImageFont.load_default(size=pixels)


def draw_slide(picture: Image.Image, slide: Slide, seed: int, growth: float = 1.0) -> None:
    """Draws `slide`; `growth` (0…1) is how far bars and lines have grown, for film."""
    randomness = random.Random(seed)
    draw = ImageDraw.Draw(picture)
    height = picture.height
    dark = slide.background == "dark"
    paper = (28, 32, 48) if dark else (250, 250, 248)
    ink = (226, 228, 234) if dark else (48, 50, 58)
    accent = COLOURS[slide.colour]
    if slide.colour == ("black" if dark else "white"):
        accent = blend(accent, ink, 0.35)
    draw.rectangle([0, 0, picture.width, height], fill=paper)
    half = 0.5  # slides keep to the middle square, which a centre crop leaves
    middle = picture.width / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return middle + x * height, y * height

    def words(x: float, y: float, size: float, count: int, fill, text: str = "") -> None:
        text = text or " ".join(randomness.choice(WORDS) for _ in range(count))
        draw.text(at(x, y), text, fill=fill, font=font(max(6, round(size * height))))

    if slide.layout == "title":
        draw.rectangle([at(-half + 0.04, 0.56), at(half - 0.06, 0.58)], fill=accent)
        words(-half + 0.06, 0.36, 0.13, 2, accent, slide.title.capitalize())
        words(-half + 0.06, 0.64, 0.06, 4, ink)
        return
    words(-half + 0.06, 0.05, 0.085, 2, ink, slide.title.capitalize())
    draw.rectangle([at(-half + 0.06, 0.17), at(-0.1, 0.18)], fill=accent)
    if slide.layout == "bullets":
        for row in range(slide.count):
            y = 0.25 + row * 0.7 / max(slide.count, 4)
            draw.ellipse([at(-half + 0.07, y), at(-half + 0.13, y + 0.06)], fill=accent)
            words(-half + 0.18, y - 0.005, 0.062, randomness.randint(3, 4), ink)
    elif slide.layout == "bar chart":
        draw.line([at(-0.4, 0.24), at(-0.4, 0.88), at(0.42, 0.88)], fill=ink, width=max(1, height // 90))
        step = 0.78 / slide.count
        for bar in range(slide.count):
            tall = randomness.uniform(0.16, 0.6) * growth
            left = -0.37 + bar * step
            draw.rectangle([at(left, 0.875 - tall), at(left + step * 0.66, 0.875)], fill=accent)
    elif slide.layout == "pie chart":
        start = randomness.uniform(0, 360)
        shares = [1.6] + [randomness.uniform(0.6, 1.2) for _ in range(slide.count - 1)]
        box = [*at(-0.32, 0.23), *at(0.32, 0.87)]
        for piece, share in enumerate(shares):
            sweep = 360 * share / sum(shares)
            fill = accent if piece == 0 else blend(lighter(accent, 0.25 + 0.12 * piece), (128, 128, 128), 0.2)
            draw.pieslice(box, start, start + sweep, fill=fill, outline=paper, width=max(1, height // 100))
            start += sweep
    elif slide.layout == "line chart":
        draw.line([at(-0.4, 0.24), at(-0.4, 0.88), at(0.42, 0.88)], fill=ink, width=max(1, height // 90))
        steps = 7
        rise = randomness.choice((-1, 1))
        points = []
        for step in range(1 + max(1, round((steps - 1) * growth))):
            level = 0.56 - rise * (step / (steps - 1) - 0.5) * 0.45 + randomness.uniform(-0.06, 0.06)
            points.append(at(-0.37 + step * 0.77 / (steps - 1), level))
        draw.line(points, fill=accent, width=max(2, height // 32), joint="curve")
        for x, y in points:
            dot = height * 0.022
            draw.ellipse([x - dot, y - dot, x + dot, y + dot], fill=accent)
    else:
        down = 0.66 / (slide.count + 1)
        draw.rectangle([at(-0.42, 0.24), at(0.42, 0.24 + down)], fill=accent)
        for row in range(slide.count):
            y = 0.24 + down * (row + 1)
            for column in range(3):
                words(-0.39 + column * 0.28, y + down * 0.2, min(0.06, down * 0.6), 0, ink,
                      str(randomness.randint(10, 999)))
        for row in range(slide.count + 2):
            y = 0.24 + down * row
            draw.line([at(-0.42, y), at(0.42, y)], fill=ink, width=max(1, height // 130))
        for column in range(4):
            x = -0.42 + column * 0.28
            draw.line([at(x, 0.24), at(x, 0.24 + down * (slide.count + 1))], fill=ink, width=max(1, height // 130))


def random_slide(randomness: random.Random) -> Slide:
    return Slide(
        layout=randomness.choice(list(LAYOUTS)),
        colour=randomness.choice(list(COLOURS)),
        count=randomness.randint(2, 6),
        background=randomness.choice(list(BACKGROUNDS)))

