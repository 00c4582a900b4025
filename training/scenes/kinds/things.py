"""Toys, tools and buildings."""

import math

from ..pen import Pen
from .kind import kind

INK = (36, 36, 42)
GLASS = (250, 226, 130)
WOOD = (120, 82, 48)
STONE = (150, 146, 142)


@kind("ball", "beach ball", "football")
def ball(pen: Pen) -> None:
    pen.oval(0, 0.48, 0.46, 0.46)
    pen.oval(0, 0.48, 0.2, 0.46, pen.light)
    pen.line([(-0.44, 0.48), (0.44, 0.48)], pen.outline, 0.03)


@kind("balloon", "toy balloon", place="air")
def balloon(pen: Pen) -> None:
    pen.line([(0, 0.4), (0.05, 0.26), (-0.04, 0.14), (0.02, 0)], INK, 0.02)
    pen.shape([(-0.06, 0.34), (0.06, 0.34), (0, 0.42)])
    pen.oval(0, 0.69, 0.26, 0.31)
    pen.oval(-0.1, 0.8, 0.05, 0.08, pen.light, outlined=False)


@kind("umbrella", "parasol", "sunshade")
def umbrella(pen: Pen) -> None:
    pen.line([(0, 0.6), (0, 0.08), (0.06, 0.02), (0.13, 0.08)], INK, 0.04)
    arch = [(0.5 * math.cos(turn), 0.52 + 0.44 * math.sin(turn)) for turn in [math.pi * i / 12 for i in range(13)]]
    scallops = [(-0.33, 0.6), (-0.17, 0.52), (0, 0.6), (0.17, 0.52), (0.33, 0.6)]
    pen.shape(arch + scallops)
    pen.shape([(0, 0.96), (-0.17, 0.53), (0, 0.6), (0.17, 0.53)], pen.light, outlined=False)


@kind("kite", place="air")
def kite(pen: Pen) -> None:
    pen.line([(0, 0.36), (-0.1, 0.24), (0.04, 0.14), (-0.06, 0)], INK, 0.02)
    pen.shape([(0, 1), (0.32, 0.7), (0, 0.32), (-0.32, 0.7)])
    pen.shape([(0, 1), (0.32, 0.7), (0, 0.7)], pen.light)
    pen.shape([(0, 0.7), (-0.32, 0.7), (0, 0.32)], pen.dark)


@kind("book", "textbook", "novel")
def book(pen: Pen) -> None:
    page = (250, 248, 236)
    pen.shape([(-0.5, 0.08), (0, 0), (0.5, 0.08), (0.5, 0.66), (0, 0.56), (-0.5, 0.66)])
    pen.shape([(0, 0.08), (-0.43, 0.16), (-0.43, 0.7), (0, 0.6)], page)
    pen.shape([(0, 0.08), (0.43, 0.16), (0.43, 0.7), (0, 0.6)], page)
    for y in (0.28, 0.4, 0.52):
        pen.line([(-0.36, y + 0.07), (-0.07, y)], (120, 120, 126), 0.03)
        pen.line([(0.36, y + 0.07), (0.07, y)], (120, 120, 126), 0.03)


@kind("guitar")
def guitar(pen: Pen) -> None:
    pen.box(-0.04, 0.5, 0.04, 0.9, WOOD)
    pen.box(-0.07, 0.88, 0.07, 1, INK, outlined=False)
    pen.oval(0, 0.22, 0.26, 0.22)
    pen.oval(0, 0.5, 0.19, 0.16)
    pen.box(-0.14, 0.3, 0.14, 0.5, outlined=False)
    pen.oval(0, 0.42, 0.085, 0.085, INK, outlined=False)
    pen.box(-0.1, 0.14, 0.1, 0.18, INK, outlined=False)
    pen.line([(0, 0.16), (0, 0.94)], (230, 220, 190), 0.02)


@kind("hat", "cap")
def hat(pen: Pen) -> None:
    pen.oval(0, 0.14, 0.5, 0.12)
    pen.box(-0.28, 0.14, 0.28, 0.56, rounded=0.1)
    pen.box(-0.28, 0.18, 0.28, 0.28, pen.dark, outlined=False)


@kind("gift", "present", "gift box/gift boxes", "parcel")
def gift(pen: Pen) -> None:
    ribbon = (250, 220, 90) if pen.body[2] < 150 else (220, 50, 60)
    pen.box(-0.38, 0, 0.38, 0.6)
    pen.box(-0.43, 0.54, 0.43, 0.7)
    pen.box(-0.07, 0, 0.07, 0.7, ribbon, outlined=False)
    pen.oval(-0.15, 0.78, 0.14, 0.08, ribbon)
    pen.oval(0.15, 0.78, 0.14, 0.08, ribbon)


@kind("key", "door key")
def key(pen: Pen) -> None:
    pen.ring(-0.28, 0.3, 0.2, width=0.1)
    pen.box(-0.1, 0.26, 0.48, 0.35)
    pen.box(0.24, 0.12, 0.31, 0.28)
    pen.box(0.39, 0.08, 0.47, 0.28)


@kind("phone", "telephone", "smartphone", "mobile phone")
def phone(pen: Pen) -> None:
    pen.box(-0.25, 0, 0.25, 0.98, rounded=0.07)
    pen.box(-0.2, 0.14, 0.2, 0.86, (190, 226, 250), outlined=False)
    pen.oval(0, 0.07, 0.04, 0.04, (235, 235, 235), outlined=False)
    pen.box(-0.07, 0.9, 0.07, 0.93, (235, 235, 235), outlined=False)
    for x in (-0.12, 0.02):
        for y in (0.3, 0.46, 0.62):
            pen.box(x, y, x + 0.1, y + 0.1, (70, 110, 200), outlined=False)


@kind("camera")
def camera(pen: Pen) -> None:
    pen.box(-0.18, 0.5, 0.12, 0.7)
    pen.box(-0.48, 0.04, 0.48, 0.58, rounded=0.06)
    pen.oval(0, 0.3, 0.22, 0.22, (210, 212, 218))
    pen.oval(0, 0.3, 0.15, 0.15, (50, 60, 90), outlined=False)
    pen.oval(-0.05, 0.36, 0.04, 0.04, (240, 246, 255), outlined=False)
    pen.box(0.28, 0.44, 0.42, 0.52, (255, 248, 200))


@kind("backpack", "bag", "rucksack")
def backpack(pen: Pen) -> None:
    pen.ring(0, 0.88, 0.11, width=0.05)
    pen.box(-0.34, 0, 0.34, 0.9, rounded=0.2)
    pen.box(-0.24, 0.08, 0.24, 0.42, pen.dark, rounded=0.05)
    pen.line([(-0.26, 0.56), (0.26, 0.56)], pen.outline, 0.03)
    pen.box(-0.04, 0.3, 0.04, 0.4, (230, 200, 90), outlined=False)


@kind("star", place="air")
def star(pen: Pen) -> None:
    points = []
    for corner in range(10):
        radius = 0.5 if corner % 2 == 0 else 0.21
        turn = math.pi / 2 + corner * math.pi / 5
        points.append((radius * math.cos(turn), 0.48 + radius * math.sin(turn)))
    pen.shape(points)


@kind("heart", "heart shape", place="air", colours=("red", "pink"))
def heart(pen: Pen) -> None:
    curve = []
    for step in range(24):
        turn = step * math.pi / 12
        x = 16 * math.sin(turn) ** 3
        y = 13 * math.cos(turn) - 5 * math.cos(2 * turn) - 2 * math.cos(3 * turn) - math.cos(4 * turn)
        curve.append((x / 34, 0.5 + y / 34))
    pen.shape(curve)


@kind("flag", "banner")
def flag(pen: Pen) -> None:
    pen.box(-0.4, 0, -0.34, 1, (110, 110, 116), outlined=False)
    pen.shape([(-0.34, 0.96), (-0.1, 0.9), (0.14, 0.97), (0.42, 0.92), (0.42, 0.5), (0.14, 0.55), (-0.1, 0.48),
               (-0.34, 0.54)])


@kind("house", "cottage", "home")
def house(pen: Pen) -> None:
    pen.box(0.2, 0.66, 0.32, 0.96, STONE)
    pen.box(-0.4, 0, 0.4, 0.54)
    pen.shape([(-0.5, 0.52), (0, 0.96), (0.5, 0.52)], (122, 62, 46))
    pen.box(-0.1, 0, 0.1, 0.32, WOOD)
    for x in (-0.33, 0.17):
        pen.box(x, 0.24, x + 0.16, 0.42, GLASS)


@kind("tent", "camping tent")
def tent(pen: Pen) -> None:
    pen.shape([(-0.5, 0), (0, 0.68), (0.5, 0)])
    pen.shape([(-0.16, 0), (0, 0.5), (0.16, 0)], (50, 42, 40))
    pen.line([(0, 0.66), (0.02, 0.78)], WOOD, 0.04)


@kind("lighthouse")
def lighthouse(pen: Pen) -> None:
    pen.box(-0.3, 0, 0.3, 0.08, STONE)
    pen.shape([(-0.2, 0.08), (0.2, 0.08), (0.12, 0.7), (-0.12, 0.7)], (246, 246, 246))
    pen.shape([(-0.18, 0.2), (0.18, 0.2), (0.16, 0.36), (-0.16, 0.36)])
    pen.shape([(-0.145, 0.5), (0.145, 0.5), (0.125, 0.64), (-0.125, 0.64)])
    pen.box(-0.17, 0.69, 0.17, 0.73, INK, outlined=False)
    pen.box(-0.09, 0.73, 0.09, 0.87, (255, 236, 110))
    pen.shape([(-0.14, 0.87), (0.14, 0.87), (0, 1)])


@kind("windmill")
def windmill(pen: Pen) -> None:
    pen.shape([(-0.2, 0), (0.2, 0), (0.11, 0.6), (-0.11, 0.6)])
    pen.shape([(-0.13, 0.6), (0.13, 0.6), (0, 0.74)], (110, 60, 44))
    pen.box(-0.06, 0, 0.06, 0.17, WOOD)
    for turn in (0.5, 2.07, 3.64, 5.21):
        across, up = math.cos(turn), math.sin(turn)
        pen.shape([(0, 0.62), (0.44 * across, 0.62 + 0.36 * up),
                   (0.44 * across - 0.1 * up, 0.62 + 0.36 * up + 0.1 * across)], (240, 236, 224))


@kind("robot", "android")
def robot(pen: Pen) -> None:
    for side in (-1, 1):
        pen.box(side * 0.11 - 0.07, 0, side * 0.11 + 0.07, 0.2, pen.dark)
        pen.box(side * 0.3 - 0.06, 0.22, side * 0.3 + 0.06, 0.54, pen.dark)
    pen.box(-0.24, 0.18, 0.24, 0.58)
    pen.box(-0.13, 0.3, 0.13, 0.48, (200, 206, 214))
    pen.box(-0.2, 0.6, 0.2, 0.88, rounded=0.04)
    pen.line([(0, 0.88), (0, 0.96)], INK, 0.03)
    pen.oval(0, 0.97, 0.035, 0.035, (240, 70, 60), outlined=False)
    for x in (-0.09, 0.09):
        pen.oval(x, 0.76, 0.05, 0.05, (255, 246, 160))
    pen.box(-0.1, 0.65, 0.1, 0.69, INK, outlined=False)
