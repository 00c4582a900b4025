"""Draws shapes of one object, whose own coordinates are placed and scaled into the picture."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from .palette import Rgb, darker, lighter

Point = tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """Where an object stands, in frame heights; the picture's centre is x = 0, its top is y = 0."""

    x: float  # middle of the object
    y: float  # bottom of the object, 0 (top of the picture) … 1 (bottom)
    size: float  # the object's larger side
    mirrored: bool = False
    lean: float = 0.0  # sideways shift of the top per unit of height, a cheap tilt


class Pen:
    """A pen in an object's own coordinates: x −0.5…0.5, y 0 (bottom) … 1 (top)."""

    def __init__(self, picture: Image.Image, placement: Placement, body: Rgb):
        self._draw = ImageDraw.Draw(picture)
        self._centre = picture.width / 2  # pixels
        self._height = picture.height  # pixels
        self._placement = placement
        self.body = body
        self.dark = darker(body)
        # A black body is lit by a lighter shade and outlined by one too, else its parts melt together.
        self.light = lighter(body)
        self.outline = darker(body, 0.55) if sum(body) > 150 else lighter(body, 0.3)
        self._outline_width = max(1, round(self._height * placement.size * 0.016))
        self.extent: list[float] = [1e9, 1e9, -1e9, -1e9]  # left, top, right, bottom in pixels

    def _pixel(self, point: Point) -> Point:
        x, y = point
        place = self._placement
        x += place.lean * y
        side = -x if place.mirrored else x
        pixel_x = self._centre + (place.x + side * place.size) * self._height
        pixel_y = (place.y - y * place.size) * self._height
        extent = self.extent
        extent[0] = min(extent[0], pixel_x)
        extent[1] = min(extent[1], pixel_y)
        extent[2] = max(extent[2], pixel_x)
        extent[3] = max(extent[3], pixel_y)
        return pixel_x, pixel_y

    def _corners(self, first: Point, second: Point) -> list[float]:
        (x0, y0), (x1, y1) = self._pixel(first), self._pixel(second)
        return [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]

    def oval(self, x: float, y: float, across: float, up: float, fill: Rgb | None = None, outlined: bool = True):
        """An ellipse around (x, y) with radii `across` and `up`."""
        fill = fill or self.body
        self._draw.ellipse(
            self._corners((x - across, y - up), (x + across, y + up)), fill=fill,
            outline=self.outline if outlined else None, width=self._outline_width)

    def box(self, left: float, bottom: float, right: float, top: float, fill: Rgb | None = None,
            rounded: float = 0.0, outlined: bool = True):
        fill = fill or self.body
        corners = self._corners((left, bottom), (right, top))
        self._draw.rounded_rectangle(
            corners, radius=rounded * self._placement.size * self._height, fill=fill,
            outline=self.outline if outlined else None, width=self._outline_width)

    def shape(self, points: list[Point], fill: Rgb | None = None, outlined: bool = True):
        pixels = [self._pixel(point) for point in points]
        self._draw.polygon(pixels, fill=fill or self.body)
        if outlined:
            self._draw.line(pixels + pixels[:1], fill=self.outline, width=self._outline_width)

    def line(self, points: list[Point], fill: Rgb | None = None, width: float = 0.03):
        pixels = [self._pixel(point) for point in points]
        thickness = max(1, round(width * self._placement.size * self._height))
        self._draw.line(pixels, fill=fill or self.body, width=thickness, joint="curve")

    def ring(self, x: float, y: float, radius: float, fill: Rgb | None = None, width: float = 0.04):
        thickness = max(1, round(width * self._placement.size * self._height))
        self._draw.ellipse(
            self._corners((x - radius, y - radius), (x + radius, y + radius)), outline=fill or self.body,
            width=thickness)
