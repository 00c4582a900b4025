"""Things that stand in rooms."""

from ..pen import Pen
from .kind import kind

WOOD = (120, 82, 48)
INK = (36, 36, 42)


@kind("chair", "seat")
def chair(pen: Pen) -> None:
    for x in (-0.24, 0.2):
        pen.box(x, 0, x + 0.06, 0.42)
    pen.box(-0.3, 0.38, 0.3, 0.48)
    pen.box(-0.3, 0.48, -0.22, 0.98)
    pen.box(0.16, 0.48, 0.24, 0.98, outlined=False)
    for y in (0.6, 0.76, 0.9):
        pen.box(-0.26, y, 0.22, y + 0.07)


@kind("table", "desk")
def table(pen: Pen) -> None:
    pen.box(-0.42, 0, -0.33, 0.46, pen.dark)
    pen.box(0.33, 0, 0.42, 0.46, pen.dark)
    pen.box(-0.5, 0.44, 0.5, 0.56)


@kind("sofa", "couch/couches", "settee")
def sofa(pen: Pen) -> None:
    pen.box(-0.4, 0, -0.32, 0.1, WOOD)
    pen.box(0.32, 0, 0.4, 0.1, WOOD)
    pen.box(-0.42, 0.2, 0.42, 0.58, rounded=0.07)
    pen.box(-0.42, 0.08, 0.42, 0.3, pen.light, rounded=0.04)
    pen.line([(0, 0.1), (0, 0.28)], pen.outline, 0.02)
    for left in (-0.5, 0.34):
        pen.box(left, 0.06, left + 0.16, 0.42, rounded=0.06)


@kind("lamp", "lantern")
def lamp(pen: Pen) -> None:
    pen.box(-0.16, 0, 0.16, 0.06, INK, outlined=False)
    pen.box(-0.025, 0.05, 0.025, 0.6, INK, outlined=False)
    pen.oval(0, 0.6, 0.1, 0.08, (255, 244, 170), outlined=False)
    pen.shape([(-0.28, 0.6), (-0.14, 0.96), (0.14, 0.96), (0.28, 0.6)])


@kind("clock", "watch/watches")
def clock(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.46, 0.46)
    pen.oval(0, 0.5, 0.36, 0.36, (250, 250, 244))
    for x, y in ((0, 0.8), (0, 0.2), (0.3, 0.5), (-0.3, 0.5)):
        pen.oval(x, y, 0.03, 0.03, INK, outlined=False)
    pen.line([(0, 0.76), (0, 0.5), (0.17, 0.6)], INK, 0.05)


@kind("computer", "laptop", "notebook computer")
def computer(pen: Pen) -> None:
    pen.box(-0.36, 0.16, 0.36, 0.66, rounded=0.03)
    pen.box(-0.3, 0.22, 0.3, 0.6, (150, 205, 245), outlined=False)
    pen.shape([(-0.36, 0.16), (0.36, 0.16), (0.5, 0.02), (-0.5, 0.02)])
    pen.shape([(-0.3, 0.13), (0.3, 0.13), (0.36, 0.07), (-0.36, 0.07)], INK, outlined=False)


@kind("television", "TV", "screen")
def television(pen: Pen) -> None:
    pen.line([(-0.2, 0.9), (0, 0.7), (0.2, 0.9)], INK, 0.03)
    for x in (-0.3, 0.22):
        pen.box(x, 0, x + 0.08, 0.1, INK, outlined=False)
    pen.box(-0.48, 0.08, 0.48, 0.72, rounded=0.06)
    pen.box(-0.4, 0.16, 0.24, 0.64, (120, 140, 150), rounded=0.05)
    pen.oval(0.36, 0.54, 0.05, 0.05, (240, 240, 240))
    pen.oval(0.36, 0.38, 0.05, 0.05, (240, 240, 240))


@kind("candle")
def candle(pen: Pen) -> None:
    pen.oval(0, 0.05, 0.28, 0.05, (190, 150, 80))
    pen.box(-0.13, 0.05, 0.13, 0.66)
    pen.line([(0, 0.66), (0, 0.74)], INK, 0.03)
    pen.shape([(-0.09, 0.78), (0, 1), (0.09, 0.78), (0, 0.7)], (255, 180, 40), outlined=False)
    pen.oval(0, 0.79, 0.045, 0.06, (255, 244, 170), outlined=False)


@kind("bench/benches", "park bench/park benches")
def bench(pen: Pen) -> None:
    for x in (-0.42, 0.34):
        pen.box(x, 0, x + 0.08, 0.6, INK, outlined=False)
    for y in (0.24, 0.4, 0.52):
        pen.box(-0.5, y, 0.5, y + 0.085)
