"""Paints what lies behind the objects: sky, ground, walls, in frame heights (0, 0 is the top's middle)."""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from ..light import Light
from ..palette import Rgb, blend, lighter, varied

Point = tuple[float, float]


class Backdrop:
    def __init__(self, picture: Image.Image, light: Light, randomness: random.Random):
        self.picture = picture
        self.light = light
        self.randomness = randomness
        self.draw = ImageDraw.Draw(picture)
        self.height = picture.height  # pixels
        self.half_width = picture.width / picture.height / 2  # frame heights

    def pixel(self, x: float, y: float) -> Point:
        return (x + self.half_width) * self.height, y * self.height

    def gradient(self, top: float, bottom: float, first: Rgb, second: Rgb, left: float | None = None,
                 right: float | None = None) -> None:
        """A vertical gradient, across the whole frame unless `left` and `right` are given."""
        start, end = round(top * self.height), round(bottom * self.height)
        x0 = 0 if left is None else self.pixel(left, 0)[0]
        x1 = self.picture.width if right is None else self.pixel(right, 0)[0]
        step = 2
        for y in range(start, end, step):
            share = (y - start) / max(1, end - start)
            self.draw.rectangle([x0, y, x1, min(end, y + step)], fill=blend(first, second, share))

    def sky(self, horizon: float) -> None:
        """The sky down to `horizon` with sun, moon, stars or clouds as the light has them."""
        top, low = self.light.sky
        spread = self.randomness
        self.gradient(0, horizon, varied(top, spread, 8), varied(low, spread, 8))
        clear = self.light.weather == "clear"
        side = spread.uniform(-0.45, 0.45)
        if self.light.time == "night":
            if clear:
                for _ in range(int(36 * self.half_width)):
                    self.disc(spread.uniform(-self.half_width, self.half_width), spread.uniform(0, horizon * 0.9),
                              spread.uniform(0.003, 0.008), (240, 240, 220))
                self.disc(side, 0.13, 0.065, (244, 240, 206))
                self.disc(side + 0.03, 0.12, 0.055, blend(top, low, 0.25))
        elif self.light.time == "sunset":
            for radius, share in ((0.17, 0.25), (0.13, 0.5), (0.095, 1)):
                self.disc(side, horizon - 0.02, radius, blend(low, (255, 226, 110), share))
        elif clear:
            self.disc(side, 0.13, 0.075, (255, 232, 96))
        if self.light.time == "day" or not clear:
            for _ in range(spread.randint(1, 3) if clear else 6):
                self.cloud(spread.uniform(-self.half_width, self.half_width), spread.uniform(0.05, horizon * 0.5))

    def cloud(self, x: float, y: float) -> None:
        colour = lighter(self.light.sky[1], 0.7 if self.light.weather == "clear" else 0.12)
        for shift, drop, radius in ((-0.08, 0.01, 0.04), (0, -0.015, 0.055), (0.08, 0.01, 0.045)):
            self.disc(x + shift, y + drop, radius, colour)

    def disc(self, x: float, y: float, radius: float, fill: Rgb) -> None:
        centre_x, centre_y = self.pixel(x, y)
        r = radius * self.height
        self.draw.ellipse([centre_x - r, centre_y - r, centre_x + r, centre_y + r], fill=fill)

    def oval(self, x: float, y: float, across: float, down: float, fill: Rgb) -> None:
        left, top = self.pixel(x - across, y - down)
        right, bottom = self.pixel(x + across, y + down)
        self.draw.ellipse([left, top, right, bottom], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Rgb) -> None:
        self.draw.rectangle([self.pixel(left, top), self.pixel(right, bottom)], fill=fill)

    def band(self, top: float, bottom: float, fill: Rgb) -> None:
        self.box(-self.half_width, top, self.half_width, bottom, fill)

    def shape(self, points: list[Point], fill: Rgb) -> None:
        self.draw.polygon([self.pixel(x, y) for x, y in points], fill=fill)

    def line(self, points: list[Point], fill: Rgb, width: float = 0.01) -> None:
        self.draw.line([self.pixel(x, y) for x, y in points], fill=fill, width=max(1, round(width * self.height)))

    def hills(self, base: float, rise: float, fill: Rgb) -> None:
        """Rounded hills standing on the line y = `base`, at most `rise` high."""
        x = -self.half_width - self.randomness.uniform(0, 0.3)
        while x < self.half_width + 0.3:
            self.oval(x, base, self.randomness.uniform(0.22, 0.4), self.randomness.uniform(0.5, 1) * rise, fill)
            x += self.randomness.uniform(0.25, 0.4)

    def places(self, spacing: float, jitter: float = 0.3) -> list[float]:
        """x positions across the frame, about `spacing` apart, for things that repeat."""
        found = []
        x = -self.half_width - self.randomness.uniform(0, spacing)
        while x < self.half_width + spacing:
            found.append(x + self.randomness.uniform(-jitter, jitter) * spacing)
            x += spacing
        return found
