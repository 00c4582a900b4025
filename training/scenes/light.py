"""Time of day and weather: what they do to the sky, to the ground, and over the finished picture."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from .palette import Rgb, blend

TIMES = ("day", "sunset", "night")
WEATHERS = ("clear", "rain", "snow")

SKIES: dict[str, tuple[Rgb, Rgb]] = {  # top, horizon
    "day": ((88, 160, 236), (206, 232, 250)),
    "sunset": ((118, 70, 140), (255, 156, 74)),
    "night": ((8, 12, 40), (34, 42, 86)),
}
GREY_SKY: Rgb = (128, 136, 148)
SNOW: Rgb = (240, 244, 250)
NIGHT: Rgb = (10, 14, 44)
GLOW: Rgb = (236, 120, 60)


@dataclass(frozen=True)
class Light:
    """One time of day in one weather."""

    time: str  # one of TIMES
    weather: str  # one of WEATHERS

    @property
    def sky(self) -> tuple[Rgb, Rgb]:
        top, horizon = SKIES[self.time]
        if self.weather == "clear":
            return top, horizon
        share = 0.75 if self.time == "day" else 0.35
        grey = GREY_SKY if self.weather == "rain" else (186, 194, 206)
        return blend(top, grey, share), blend(horizon, grey, share)

    def shade(self, colour: Rgb) -> Rgb:
        """`colour` of something in the backdrop under this light, without snow on it."""
        if self.weather == "rain":
            colour = blend(colour, (70, 78, 92), 0.3)
        if self.time == "night":
            return blend(colour, NIGHT, 0.62)
        if self.time == "sunset":
            return blend(blend(colour, GLOW, 0.3), (60, 30, 60), 0.2)
        return colour

    def ground(self, colour: Rgb) -> Rgb:
        """`colour` of the ground under this light: white where it snows."""
        return self.shade(blend(colour, SNOW, 0.82) if self.weather == "snow" else colour)

    def object_tint(self, picture: Image.Image) -> Image.Image:
        """The finished picture a little darker or warmer, so that objects belong to their scene."""
        if self.time == "night":
            return Image.blend(picture, Image.new("RGB", picture.size, NIGHT), 0.16)
        if self.time == "sunset":
            return Image.blend(picture, Image.new("RGB", picture.size, GLOW), 0.1)
        return picture

    def fall(self, picture: Image.Image, randomness: random.Random, shift: float = 0.0) -> None:
        """Draws the rain or snow of the foreground; `shift` (frame heights) moves it down for film."""
        if self.weather == "clear":
            return
        draw = ImageDraw.Draw(picture)
        height = picture.height
        count = int((70 if self.weather == "rain" else 85) * picture.width / height)
        for _ in range(count):
            x = randomness.uniform(0, picture.width)
            y = (randomness.random() + shift * randomness.uniform(0.8, 1.2)) % 1 * height
            if self.weather == "rain":
                length = height * randomness.uniform(0.05, 0.09)
                draw.line([(x, y), (x - length * 0.35, y + length)], fill=(186, 206, 232),
                          width=max(1, height // 130))
            else:
                radius = height * randomness.uniform(0.006, 0.014)
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=(252, 253, 255))
