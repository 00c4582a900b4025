"""Things that carry people."""

from ..pen import Pen
from .kind import kind

GLASS = (178, 220, 240)
TYRE = (34, 34, 38)
HUB = (190, 190, 196)
METAL = (120, 124, 132)


def wheel(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.oval(x, y, radius, radius, TYRE, outlined=False)
    pen.oval(x, y, radius * 0.5, radius * 0.5, HUB, outlined=False)


@kind("car", "automobile", "motorcar")
def car(pen: Pen) -> None:
    pen.shape([(-0.28, 0.3), (-0.17, 0.5), (0.14, 0.5), (0.28, 0.3)])
    pen.box(-0.5, 0.1, 0.5, 0.32, rounded=0.07)
    pen.shape([(-0.21, 0.31), (-0.14, 0.46), (-0.03, 0.46), (-0.03, 0.31)], GLASS, outlined=False)
    pen.shape([(0.01, 0.31), (0.01, 0.46), (0.12, 0.46), (0.21, 0.31)], GLASS, outlined=False)
    pen.box(0.43, 0.2, 0.5, 0.27, (255, 240, 160), outlined=False)
    wheel(pen, -0.27, 0.1, 0.105)
    wheel(pen, 0.27, 0.1, 0.105)


@kind("bus/buses", "coach/coaches", colours=("red", "yellow"))
def bus(pen: Pen) -> None:
    pen.box(-0.5, 0.1, 0.5, 0.58, rounded=0.05)
    for left in (-0.45, -0.26, -0.07, 0.12):
        pen.box(left, 0.34, left + 0.15, 0.5, GLASS, outlined=False)
    pen.box(0.33, 0.14, 0.46, 0.5, GLASS)
    pen.box(-0.5, 0.22, 0.3, 0.27, pen.light, outlined=False)
    wheel(pen, -0.3, 0.1, 0.1)
    wheel(pen, 0.26, 0.1, 0.1)


@kind("truck", "lorry/lorries")
def truck(pen: Pen) -> None:
    pen.box(-0.5, 0.16, 0.18, 0.62)
    pen.shape([(0.2, 0.12), (0.2, 0.48), (0.38, 0.48), (0.5, 0.28), (0.5, 0.12)], pen.dark)
    pen.shape([(0.27, 0.29), (0.27, 0.43), (0.36, 0.43), (0.45, 0.29)], GLASS, outlined=False)
    pen.box(-0.5, 0.11, 0.24, 0.16, METAL, outlined=False)
    for x in (-0.36, -0.14, 0.34):
        wheel(pen, x, 0.1, 0.1)


@kind("bicycle", "bike", "cycle")
def bicycle(pen: Pen) -> None:
    for x in (-0.28, 0.28):
        pen.ring(x, 0.2, 0.2, TYRE, 0.04)
    width = 0.045
    pen.line([(-0.28, 0.2), (-0.1, 0.46), (0.2, 0.46), (-0.02, 0.2), (-0.28, 0.2)], width=width)
    pen.line([(-0.02, 0.2), (-0.12, 0.54)], width=width)
    pen.line([(0.28, 0.2), (0.18, 0.58), (0.3, 0.6)], width=width)
    pen.box(-0.21, 0.53, -0.04, 0.58, TYRE, outlined=False)


@kind("train", "locomotive", "railway engine")
def train(pen: Pen) -> None:
    pen.box(-0.5, 0.1, -0.14, 0.62)
    pen.box(-0.54, 0.6, -0.1, 0.67, pen.dark)
    pen.box(-0.42, 0.36, -0.22, 0.54, GLASS)
    pen.box(-0.14, 0.14, 0.42, 0.44, rounded=0.06)
    pen.box(0.22, 0.44, 0.33, 0.66, pen.dark)
    pen.oval(0.02, 0.46, 0.07, 0.06, pen.dark)
    pen.shape([(0.42, 0.02), (0.42, 0.16), (0.54, 0.02)], METAL)
    for x in (-0.38, -0.06, 0.14, 0.33):
        wheel(pen, x, 0.1, 0.1)
    for x, y, radius in ((0.3, 0.74, 0.06), (0.2, 0.83, 0.08)):
        pen.oval(x, y, radius, radius, (225, 225, 228), outlined=False)


@kind("boat", "sailing boat", "sailboat", "ship", place="water")
def boat(pen: Pen) -> None:
    pen.shape([(-0.48, 0.24), (-0.34, 0.02), (0.34, 0.02), (0.48, 0.24)])
    pen.line([(0, 0.22), (0, 0.98)], (96, 66, 40), 0.04)
    pen.shape([(0.04, 0.3), (0.04, 0.96), (0.42, 0.3)], pen.light)
    pen.shape([(-0.04, 0.3), (-0.04, 0.84), (-0.34, 0.3)])


@kind("plane", "airplane", "aeroplane", "aircraft/aircraft", place="air")
def plane(pen: Pen) -> None:
    pen.shape([(-0.05, 0.36), (-0.28, 0.58), (-0.18, 0.58), (0.14, 0.36)], pen.dark)
    pen.shape([(-0.46, 0.3), (-0.52, 0.56), (-0.42, 0.56), (-0.28, 0.36)])
    pen.oval(0, 0.3, 0.48, 0.1)
    pen.shape([(-0.04, 0.28), (-0.3, 0.04), (-0.18, 0.04), (0.16, 0.28)], pen.dark)
    for x in (-0.2, -0.08, 0.04, 0.16):
        pen.oval(x, 0.33, 0.028, 0.028, GLASS, outlined=False)
    pen.shape([(0.32, 0.32), (0.34, 0.38), (0.44, 0.32)], GLASS, outlined=False)


@kind("helicopter", "chopper", place="air")
def helicopter(pen: Pen) -> None:
    pen.shape([(-0.5, 0.36), (-0.5, 0.42), (-0.1, 0.44), (-0.1, 0.28)])
    pen.shape([(-0.54, 0.34), (-0.56, 0.52), (-0.47, 0.52), (-0.44, 0.36)])
    pen.oval(0.1, 0.32, 0.26, 0.19)
    pen.shape([(0.12, 0.3), (0.12, 0.47), (0.25, 0.43), (0.34, 0.3)], GLASS, outlined=False)
    pen.line([(0.08, 0.5), (0.08, 0.6)], TYRE, 0.04)
    pen.line([(-0.36, 0.6), (0.52, 0.6)], TYRE, 0.04)
    pen.line([(-0.16, 0.06), (0.34, 0.06)], TYRE, 0.035)
    pen.line([(0, 0.06), (0.03, 0.16)], TYRE, 0.03)
    pen.line([(0.2, 0.06), (0.17, 0.16)], TYRE, 0.03)


@kind("rocket", "spaceship", "spacecraft/spacecraft", place="air")
def rocket(pen: Pen) -> None:
    pen.shape([(-0.1, 0.18), (0, 0), (0.1, 0.18)], (255, 160, 40), outlined=False)
    pen.shape([(-0.16, 0.42), (-0.32, 0.14), (-0.14, 0.2)], pen.dark)
    pen.shape([(0.16, 0.42), (0.32, 0.14), (0.14, 0.2)], pen.dark)
    pen.shape([(-0.16, 0.18), (-0.18, 0.6), (-0.1, 0.85), (0, 1), (0.1, 0.85), (0.18, 0.6), (0.16, 0.18)])
    pen.oval(0, 0.62, 0.08, 0.08, GLASS)


@kind("hot-air balloon", "hot air balloon", place="air")
def hot_air_balloon(pen: Pen) -> None:
    pen.line([(-0.22, 0.46), (-0.08, 0.16)], TYRE, 0.02)
    pen.line([(0.22, 0.46), (0.08, 0.16)], TYRE, 0.02)
    pen.shape([(-0.3, 0.5), (-0.1, 0.26), (0.1, 0.26), (0.3, 0.5)])
    pen.oval(0, 0.66, 0.36, 0.34)
    pen.oval(0, 0.66, 0.14, 0.34, pen.light)
    pen.box(-0.1, 0, 0.1, 0.16, (150, 100, 50))


@kind("tractor", colours=("green", "red", "blue"))
def tractor(pen: Pen) -> None:
    pen.box(-0.1, 0.2, 0.46, 0.44, rounded=0.03)
    pen.box(-0.38, 0.26, -0.02, 0.46)
    pen.line([(-0.34, 0.46), (-0.3, 0.76)], width=0.04)
    pen.line([(-0.02, 0.46), (-0.02, 0.76)], width=0.04)
    pen.box(-0.38, 0.74, 0.04, 0.8)
    pen.line([(0.28, 0.44), (0.28, 0.64)], METAL, 0.05)
    wheel(pen, -0.26, 0.22, 0.22)
    wheel(pen, 0.34, 0.13, 0.13)
