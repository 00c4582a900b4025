"""Rooms. Their window shows the time of day; lamps are never so strong that night looks like day."""

from ..palette import Rgb, darker, lighter, varied
from .backdrop import Backdrop
from .setting import setting

WOOD = (168, 116, 70)


def room(backdrop: Backdrop, wall: Rgb, floor: Rgb, boards: bool = False) -> None:
    light = backdrop.light
    wall = light.shade(varied(wall, backdrop.randomness, 8))
    backdrop.gradient(0, 0.66, wall, darker(wall, 0.1))
    floor = light.shade(floor)
    backdrop.gradient(0.66, 1, floor, darker(floor, 0.15))
    if boards:
        for step in range(-9, 10):
            backdrop.line([(step * 0.1, 0.66), (step * 0.2, 1)], darker(floor, 0.18), 0.006)
    backdrop.band(0.645, 0.665, light.shade((246, 240, 230)))


def window(backdrop: Backdrop, x: float, top: float = 0.1, across: float = 0.28, down: float = 0.26) -> None:
    light = backdrop.light
    frame = light.shade((250, 248, 244))
    left, right = x - across / 2, x + across / 2
    backdrop.box(left - 0.015, top - 0.015, right + 0.015, top + down + 0.015, frame)
    high, low = light.sky
    backdrop.gradient(top, top + down, high, low, left, right)
    if light.time == "night":
        backdrop.disc(x + 0.06, top + 0.08, 0.03, (244, 240, 206))
    elif light.time == "sunset":
        backdrop.disc(x + 0.04, top + down - 0.07, 0.055, (255, 224, 110))
    else:
        backdrop.disc(x + 0.06, top + 0.08, 0.04, (255, 236, 120))
    backdrop.box(x - 0.008, top, x + 0.008, top + down, frame)
    backdrop.box(left, top + down / 2 - 0.008, right, top + down / 2 + 0.008, frame)


def side(backdrop: Backdrop) -> float:
    return backdrop.randomness.choice((-1, 1)) * backdrop.randomness.uniform(0.2, 0.28)


@setting("in a kitchen", "in the kitchen", "in a room with kitchen cupboards", indoor=True)
def kitchen(backdrop: Backdrop) -> None:
    light = backdrop.light
    room(backdrop, (206, 232, 222), (216, 210, 200))
    for x in backdrop.places(0.12, 0):
        for row, y in enumerate((0.72, 0.82, 0.92)):
            if (round(x / 0.12) + row) % 2:
                backdrop.box(x, y, x + 0.12, y + 0.1, light.shade((150, 176, 180)))
    x = side(backdrop)
    window(backdrop, x, 0.1)
    for cupboard in (-x - 0.22, -x):
        backdrop.box(cupboard, 0.06, cupboard + 0.2, 0.3, light.shade((236, 190, 120)))
        backdrop.box(cupboard + 0.02, 0.09, cupboard + 0.18, 0.27, light.shade((222, 170, 98)))
    backdrop.band(0.46, 0.5, light.shade((110, 112, 120)))
    backdrop.band(0.5, 0.68, light.shade((236, 190, 120)))
    for x in backdrop.places(0.22, 0):
        backdrop.box(x, 0.53, x + 0.18, 0.66, light.shade((222, 170, 98)))
        backdrop.box(x + 0.15, 0.57, x + 0.165, 0.61, light.shade((90, 80, 70)))


@setting("in a living room", "in the living room", "in a lounge", "in a sitting room", indoor=True)
def living_room(backdrop: Backdrop) -> None:
    light = backdrop.light
    room(backdrop, (232, 206, 168), WOOD, boards=True)
    x = side(backdrop)
    window(backdrop, x, 0.1, 0.26, 0.32)
    curtain = light.shade((176, 64, 70))
    backdrop.box(x - 0.22, 0.06, x - 0.12, 0.5, curtain)
    backdrop.box(x + 0.12, 0.06, x + 0.22, 0.5, curtain)
    backdrop.box(-x - 0.14, 0.12, -x + 0.14, 0.34, light.shade((110, 74, 40)))
    backdrop.box(-x - 0.115, 0.145, -x + 0.115, 0.315, light.shade((130, 186, 200)))
    backdrop.shape([(-x - 0.115, 0.315), (-x - 0.02, 0.2), (-x + 0.06, 0.315)], light.shade((80, 130, 84)))
    backdrop.oval(0, 0.88, 0.5, 0.09, light.shade((150, 60, 64)))
    backdrop.oval(0, 0.88, 0.42, 0.065, light.shade((196, 120, 100)))


@setting("in a bedroom", "in the bedroom", "in a room with a bed", indoor=True)
def bedroom(backdrop: Backdrop) -> None:
    light = backdrop.light
    room(backdrop, (202, 198, 232), (190, 160, 140))
    x = side(backdrop)
    window(backdrop, x, 0.1)
    bed = -x
    backdrop.box(bed - 0.26, 0.36, bed + 0.26, 0.66, light.shade((128, 84, 52)))
    backdrop.box(bed - 0.23, 0.5, bed + 0.23, 0.6, light.shade((250, 250, 250)))
    backdrop.box(bed - 0.26, 0.58, bed + 0.26, 0.76, light.shade((110, 136, 206)))
    backdrop.box(bed - 0.26, 0.58, bed + 0.26, 0.62, light.shade((226, 230, 246)))
    for pillow in (-0.12, 0.12):
        backdrop.oval(bed + pillow, 0.5, 0.09, 0.04, light.shade((255, 255, 255)))


@setting("in a classroom", "in the classroom", "in front of a blackboard", "at school", indoor=True)
def classroom(backdrop: Backdrop) -> None:
    light = backdrop.light
    room(backdrop, (240, 226, 180), (176, 150, 116), boards=True)
    backdrop.box(-0.44, 0.1, 0.24, 0.48, light.shade((150, 104, 60)))
    backdrop.box(-0.42, 0.12, 0.22, 0.46, light.shade((36, 82, 64)))
    chalk = light.shade((230, 236, 230))
    for y in (0.19, 0.26, 0.33):
        start = -0.38
        while start < backdrop.randomness.uniform(-0.1, 0.12):
            length = backdrop.randomness.uniform(0.04, 0.11)
            backdrop.line([(start, y), (start + length, y)], chalk, 0.012)
            start += length + 0.03
    window(backdrop, 0.4, 0.12, 0.2, 0.3)


@setting("in an office", "in the office", "at work in an office", indoor=True)
def office(backdrop: Backdrop) -> None:
    light = backdrop.light
    room(backdrop, (214, 220, 226), (110, 120, 136))
    x = side(backdrop)
    for shift in (-0.16, 0.14):
        window(backdrop, x + shift, 0.08, 0.24, 0.36)
    shelf = -x
    backdrop.box(shelf - 0.15, 0.08, shelf + 0.15, 0.6, light.shade((146, 108, 72)))
    for y in (0.11, 0.28, 0.45):
        backdrop.box(shelf - 0.13, y, shelf + 0.13, y + 0.13, light.shade((92, 66, 44)))
        for step in range(6):
            spine = backdrop.randomness.choice(((200, 70, 60), (70, 110, 190), (80, 150, 90), (230, 190, 80)))
            left = shelf - 0.12 + step * 0.04
            backdrop.box(left, y + 0.03, left + 0.03, y + 0.13, light.shade(spine))
    backdrop.band(0, 0.03, lighter(light.shade((240, 240, 236)), 0.2))


@setting("on a stage", "on the stage", "in a theatre", "in front of a red curtain", indoor=True)
def stage(backdrop: Backdrop) -> None:
    light = backdrop.light
    backdrop.band(0, 0.72, light.shade((150, 26, 40)))
    for x in backdrop.places(0.1, 0):
        backdrop.box(x, 0, x + 0.04, 0.72, light.shade((108, 16, 30)))
    for x in backdrop.places(0.3, 0):
        backdrop.oval(x, 0, 0.17, 0.12, light.shade((184, 40, 50)))
        backdrop.oval(x, 0.11, 0.12, 0.014, light.shade((240, 200, 80)))
    backdrop.gradient(0.72, 1, light.shade((150, 100, 58)), light.shade((106, 68, 40)))
    for y in (0.79, 0.87):
        backdrop.band(y, y + 0.008, light.shade((92, 60, 36)))
    spread = backdrop.randomness.uniform(-0.15, 0.15)
    backdrop.oval(spread, 0.86, 0.36, 0.09, light.shade((226, 186, 120)))
