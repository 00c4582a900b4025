"""Places outside of towns."""

from ..palette import blend, darker, lighter, varied
from .backdrop import Backdrop
from .setting import setting

GRASS = (104, 172, 74)
SAND = (238, 214, 150)
WATER = (52, 128, 190)
BARK = (92, 66, 44)
PINE = (34, 96, 58)


def tree_pine(backdrop: Backdrop, x: float, foot: float, height: float) -> None:
    light = backdrop.light
    backdrop.box(x - 0.012, foot - height * 0.2, x + 0.012, foot, light.shade(BARK))
    green = light.ground(varied(PINE, backdrop.randomness, 10)) if light.weather == "clear" else light.shade(
        blend(PINE, (240, 244, 250), 0.45 if light.weather == "snow" else 0))
    for low, top, half in ((0.12, 0.6, 0.2), (0.36, 0.82, 0.15), (0.6, 1, 0.1)):
        backdrop.shape([(x - half * height, foot - low * height), (x, foot - top * height),
                        (x + half * height, foot - low * height)], green)


def waves(backdrop: Backdrop, top: float, bottom: float) -> None:
    colour = backdrop.light.shade((150, 204, 232))
    for _ in range(int(22 * backdrop.half_width)):
        x = backdrop.randomness.uniform(-backdrop.half_width, backdrop.half_width)
        y = backdrop.randomness.uniform(top, bottom)
        backdrop.line([(x - 0.05, y), (x - 0.02, y - 0.012), (x + 0.02, y), (x + 0.05, y - 0.012)], colour, 0.008)


@setting("on a beach", "on the beach", "at the seaside", "on the seashore", "on a sandy shore")
def beach(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.4)
    backdrop.gradient(0.4, 0.64, light.shade((36, 104, 178)), light.shade((92, 178, 210)))
    waves(backdrop, 0.44, 0.58)
    backdrop.band(0.62, 0.645, light.shade((240, 248, 250)))
    backdrop.gradient(0.645, 1, light.ground(varied(SAND, backdrop.randomness, 8)), light.ground(darker(SAND, 0.12)))


@setting("by a lake", "at a lake", "by a pond", "on the lakeside", ground=(0.86, 0.95))
def lake(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.36)
    backdrop.hills(0.37, 0.14, light.ground((84, 140, 92)))
    backdrop.band(0.36, 0.42, light.ground((76, 128, 70)))
    backdrop.gradient(0.42, 0.8, light.shade((60, 140, 176)), light.shade((90, 172, 190)))
    for _ in range(5):
        x = backdrop.randomness.uniform(-backdrop.half_width, backdrop.half_width)
        backdrop.oval(x, backdrop.randomness.uniform(0.48, 0.76), 0.09, 0.008, light.shade((150, 206, 214)))
    backdrop.gradient(0.8, 1, light.ground(GRASS), light.ground(darker(GRASS, 0.2)))
    for x in backdrop.places(0.12):
        backdrop.line([(x, 0.83), (x + 0.01, 0.7)], light.shade((70, 110, 50)), 0.012)
        backdrop.oval(x + 0.01, 0.7, 0.01, 0.03, light.shade((110, 70, 40)))


@setting("at sea", "on the ocean", "on the open sea", "on the water", ground=(0.62, 0.9))
def sea(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.38)
    backdrop.gradient(0.38, 1, light.shade((24, 84, 160)), light.shade((44, 124, 184)))
    waves(backdrop, 0.42, 1)
    waves(backdrop, 0.42, 1)


@setting("in a forest", "in the woods", "among the trees", "in a wood")
def forest(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.6)
    backdrop.band(0.3, 0.7, light.shade((40, 84, 56)))
    for x in backdrop.places(0.17):
        tree_pine(backdrop, x, 0.7, backdrop.randomness.uniform(0.5, 0.66))
    backdrop.gradient(0.68, 1, light.ground((70, 112, 54)), light.ground((50, 84, 42)))
    for x in backdrop.places(0.3):
        backdrop.box(x - 0.025, 0, x + 0.025, 0.76, light.shade(BARK))


@setting("in the mountains", "in front of mountains", "below snowy peaks", "in an alpine valley")
def mountains(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.62)
    backdrop.band(0.62, 0.68, light.ground((124, 160, 92)))
    for x in backdrop.places(0.42):
        peak = backdrop.randomness.uniform(0.14, 0.3)
        half = backdrop.randomness.uniform(0.3, 0.4)
        rock = light.ground(varied((116, 118, 138), backdrop.randomness, 10))
        backdrop.shape([(x - half, 0.68), (x, peak), (x + half, 0.68)], rock)
        backdrop.shape([(x, peak), (x + half, 0.68), (x + half * 0.25, 0.68)], darker(rock, 0.18))
        drop = 0.12
        side = half * drop / (0.68 - peak)
        backdrop.shape([(x - side, peak + drop), (x, peak), (x + side, peak + drop), (x + side / 2, peak + drop * 0.8),
                        (x, peak + drop * 1.1), (x - side / 2, peak + drop * 0.8)], light.shade((246, 248, 252)))
    backdrop.gradient(0.66, 1, light.ground((124, 160, 92)), light.ground((92, 132, 70)))


@setting("in the desert", "in a desert", "among sand dunes", "on the dunes")
def desert(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.56)
    backdrop.hills(0.6, 0.14, light.ground((214, 152, 84)))
    backdrop.gradient(0.58, 1, light.ground((234, 178, 102)), light.ground((206, 146, 76)))
    for y in (0.68, 0.78, 0.9):
        x = backdrop.randomness.uniform(-0.5, 0.3)
        backdrop.line([(x, y), (x + 0.15, y - 0.02), (x + 0.3, y)], light.ground((190, 130, 66)), 0.012)


@setting("on a farm", "in a field", "on a farmyard", "by a barn")
def farm(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.5)
    backdrop.gradient(0.5, 1, light.ground((206, 190, 88)), light.ground((150, 170, 70)))
    for step in range(-8, 9):
        backdrop.line([(step * 0.08, 0.5), (step * 0.3, 1)], light.ground((164, 148, 62)), 0.01)
    x = backdrop.randomness.choice((-0.36, 0.36)) + backdrop.randomness.uniform(-0.06, 0.06)
    red = light.shade((158, 52, 44))
    backdrop.box(x - 0.15, 0.36, x + 0.15, 0.56, red)
    backdrop.shape([(x - 0.18, 0.37), (x - 0.09, 0.25), (x + 0.09, 0.25), (x + 0.18, 0.37)],
                   light.ground((96, 84, 84)))
    backdrop.box(x - 0.05, 0.43, x + 0.05, 0.56, light.shade((236, 226, 210)))
    for post in backdrop.places(0.14, 0):
        backdrop.box(post - 0.008, 0.55, post + 0.008, 0.66, light.shade((240, 236, 226)))
    for y in (0.575, 0.615):
        backdrop.band(y, y + 0.014, light.shade((240, 236, 226)))


@setting("in a garden", "in a flower garden", "in the back garden", "among flower beds")
def garden(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.sky(0.42)
    backdrop.band(0.42, 0.62, light.ground((58, 112, 56)))
    for x in backdrop.places(0.085, 0):
        backdrop.box(x - 0.034, 0.34, x + 0.034, 0.62, light.shade((196, 142, 88)))
        backdrop.shape([(x - 0.034, 0.345), (x, 0.305), (x + 0.034, 0.345)], light.shade((196, 142, 88)))
    backdrop.gradient(0.6, 1, light.ground((112, 184, 80)), light.ground((84, 150, 62)))
    for x in backdrop.places(0.1):
        y = backdrop.randomness.uniform(0.6, 0.68)
        petals = light.shade(backdrop.randomness.choice(((240, 90, 120), (250, 220, 80), (250, 250, 250),
                                                         (170, 90, 210))))
        backdrop.line([(x, y), (x, y + 0.06)], light.shade((50, 120, 50)), 0.012)
        backdrop.disc(x, y, 0.026, petals)
        backdrop.disc(x, y, 0.01, lighter(petals, 0.6))
