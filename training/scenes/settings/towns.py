"""Places that people built, outdoors."""

from ..palette import darker, varied
from .backdrop import Backdrop
from .setting import setting


def lit_windows(backdrop: Backdrop, left: float, top: float, right: float, bottom: float) -> None:
    night = backdrop.light.time == "night"
    y = top + 0.03
    while y < bottom - 0.05:
        x = left + 0.02
        while x < right - 0.03:
            on = backdrop.randomness.random() < 0.6
            backdrop.box(x, y, x + 0.025, y + 0.035,
                         (250, 216, 110) if night and on else backdrop.light.shade((206, 226, 240)))
            x += 0.05
        y += 0.07


@setting("on a city street", "in a street", "in the city", "downtown in a town")
def street(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.6)
    x = -backdrop.half_width - backdrop.randomness.uniform(0, 0.2)
    while x < backdrop.half_width:
        width = backdrop.randomness.uniform(0.16, 0.3)
        top = backdrop.randomness.uniform(0.1, 0.38)
        wall = backdrop.randomness.choice(((170, 110, 90), (150, 150, 160), (196, 176, 140), (120, 132, 150)))
        backdrop.box(x, top, x + width, 0.7, light.shade(varied(wall, backdrop.randomness, 10)))
        lit_windows(backdrop, x, top, x + width, 0.66)
        x += width + 0.004
    backdrop.band(0.68, 0.76, light.ground((172, 172, 174)))
    backdrop.band(0.76, 1, light.ground((78, 80, 86)))
    for x in backdrop.places(0.24, 0):
        backdrop.box(x, 0.865, x + 0.12, 0.885, light.shade((236, 236, 224)))


@setting("in a park", "in the park", "on a playground", "on the village green")
def park(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.5)
    for x in backdrop.places(0.26):
        radius = backdrop.randomness.uniform(0.09, 0.14)
        backdrop.box(x - 0.015, 0.4, x + 0.015, 0.56, light.shade((100, 72, 46)))
        backdrop.disc(x, 0.36, radius, light.ground(varied((66, 140, 62), backdrop.randomness, 16)))
    backdrop.gradient(0.5, 1, light.ground((122, 192, 84)), light.ground((84, 156, 60)))
    path = light.ground((214, 198, 160))
    backdrop.shape([(0.05, 0.53), (0.1, 0.53), (-0.2, 0.78), (0.3, 1), (-0.16, 1), (-0.42, 0.78)], path)


@setting("at a harbour", "in a harbour", "at a port", "on the docks", ground=(0.84, 0.95))
def harbour(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.46)
    backdrop.band(0.46, 0.54, light.ground((130, 130, 136)))
    for x in backdrop.places(0.5):
        steel = light.shade((206, 92, 48))
        backdrop.line([(x, 0.5), (x, 0.14)], steel, 0.022)
        backdrop.line([(x - 0.12, 0.18), (x + 0.22, 0.18)], steel, 0.018)
        backdrop.line([(x, 0.12), (x + 0.2, 0.18)], steel, 0.01)
        backdrop.line([(x + 0.18, 0.18), (x + 0.18, 0.3)], steel, 0.008)
    for x in backdrop.places(0.2):
        box = backdrop.randomness.choice(((180, 70, 60), (60, 110, 170), (90, 150, 90), (220, 170, 70)))
        backdrop.box(x, 0.4, x + 0.15, 0.49, light.ground(box))
    backdrop.gradient(0.54, 0.8, light.shade((36, 92, 130)), light.shade((60, 124, 150)))
    backdrop.band(0.78, 1, light.ground((160, 130, 96)))
    for x in backdrop.places(0.13, 0):
        backdrop.line([(x, 0.78), (x, 1)], light.ground((110, 86, 60)), 0.01)
    for x in backdrop.places(0.36, 0.1):
        backdrop.box(x - 0.022, 0.7, x + 0.022, 0.8, light.shade((70, 62, 58)))


@setting("on a road", "on a country road", "on the highway", "on the motorway", ground=(0.82, 0.94))
def road(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.5)
    backdrop.hills(0.52, 0.1, light.ground((96, 150, 84)))
    backdrop.gradient(0.5, 1, light.ground((134, 184, 92)), light.ground((100, 160, 70)))
    tarmac = light.ground((92, 94, 100))
    wide = backdrop.half_width
    backdrop.shape([(-0.04, 0.5), (0.04, 0.5), (wide, 0.9), (wide, 1), (-wide, 1), (-wide, 0.9)], tarmac)
    line = light.shade((244, 238, 200))
    for near, far in ((1, 0.86), (0.78, 0.68), (0.63, 0.57)):
        backdrop.shape([(-0.03 * (near - 0.45), near), (0.03 * (near - 0.45), near), (0.02 * (far - 0.45), far),
                        (-0.02 * (far - 0.45), far)], line)


@setting("in a railway station", "at a train station", "on a railway platform", "by the railway tracks")
def station(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.4)
    backdrop.band(0.16, 0.23, light.ground((70, 96, 104)))
    for x in backdrop.places(0.14, 0):
        backdrop.shape([(x, 0.23), (x + 0.07, 0.28), (x + 0.14, 0.23)], light.shade((224, 220, 204)))
    backdrop.band(0.36, 0.64, light.shade((176, 108, 84)))
    for x in backdrop.places(0.34, 0):
        backdrop.box(x - 0.014, 0.23, x + 0.014, 0.66, light.shade((56, 76, 84)))
        backdrop.box(x + 0.08, 0.42, x + 0.25, 0.54, light.shade((40, 60, 110)))
    backdrop.band(0.62, 0.76, light.ground((184, 180, 172)))
    backdrop.band(0.755, 0.78, light.shade((246, 214, 60)))
    backdrop.band(0.78, 1, light.ground((96, 90, 88)))
    for x in backdrop.places(0.09, 0):
        backdrop.box(x, 0.82, x + 0.04, 0.98, light.ground(darker((120, 86, 58), 0.1)))
    for y in (0.85, 0.93):
        backdrop.band(y, y + 0.016, light.shade((206, 210, 216)))
