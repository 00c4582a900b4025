"""Food and plants."""

from ..pen import Pen
from .kind import kind

STEM = (60, 130, 50)
BARK = (108, 74, 44)
CREAM = (252, 246, 230)


@kind("tree", colours=("green", "green", "orange"))
def tree(pen: Pen) -> None:
    pen.box(-0.07, 0, 0.07, 0.42, BARK)
    for x, y, radius in ((-0.2, 0.5, 0.2), (0.2, 0.5, 0.2), (0, 0.74, 0.25)):
        pen.oval(x, y, radius, radius)
    pen.oval(0, 0.58, 0.22, 0.2, outlined=False)


@kind("flower", "blossom", "tulip")
def flower(pen: Pen) -> None:
    pen.line([(0, 0), (0, 0.6)], STEM, 0.05)
    pen.oval(-0.13, 0.22, 0.13, 0.06, STEM, outlined=False)
    pen.oval(0.13, 0.32, 0.13, 0.06, STEM, outlined=False)
    for x, y in ((0, 0.87), (0.17, 0.77), (0.11, 0.58), (-0.11, 0.58), (-0.17, 0.77)):
        pen.oval(x, y, 0.13, 0.13)
    pen.oval(0, 0.72, 0.09, 0.09, (250, 200, 40))


@kind("mushroom", "toadstool", colours=("red", "brown"))
def mushroom(pen: Pen) -> None:
    pen.box(-0.14, 0, 0.14, 0.46, CREAM, rounded=0.06)
    pen.shape([(-0.46, 0.42), (-0.42, 0.62), (-0.28, 0.8), (0, 0.88), (0.28, 0.8), (0.42, 0.62), (0.46, 0.42)])
    spot = CREAM if sum(pen.body) < 620 else (210, 60, 60)
    for x, y, radius in ((-0.22, 0.6, 0.07), (0.04, 0.74, 0.08), (0.24, 0.55, 0.06)):
        pen.oval(x, y, radius, radius, spot, outlined=False)


@kind("cactus/cacti", colours=("green",))
def cactus(pen: Pen) -> None:
    pen.line([(-0.34, 0.72), (-0.34, 0.44), (0, 0.4)], width=0.15)
    pen.line([(0.34, 0.84), (0.34, 0.56), (0, 0.52)], width=0.15)
    pen.box(-0.13, 0, 0.13, 0.98, rounded=0.12)
    for x in (-0.05, 0.05):
        pen.line([(x, 0.06), (x, 0.9)], pen.dark, 0.02)


@kind("apple", colours=("red", "green"))
def apple(pen: Pen) -> None:
    pen.oval(-0.14, 0.4, 0.28, 0.38)
    pen.oval(0.14, 0.4, 0.28, 0.38)
    pen.oval(0, 0.4, 0.26, 0.34, outlined=False)
    pen.line([(0, 0.72), (0.04, 0.94)], BARK, 0.05)
    pen.oval(0.18, 0.88, 0.15, 0.07, STEM)
    pen.oval(-0.2, 0.52, 0.06, 0.11, pen.light, outlined=False)


@kind("banana", colours=("yellow",))
def banana(pen: Pen) -> None:
    pen.shape([(-0.46, 0.66), (-0.38, 0.7), (-0.28, 0.5), (-0.08, 0.36), (0.16, 0.34), (0.42, 0.48), (0.48, 0.42),
               (0.3, 0.16), (0, 0.06), (-0.26, 0.16), (-0.42, 0.38)])
    pen.line([(-0.43, 0.64), (-0.42, 0.76)], BARK, 0.07)


@kind("cake", "birthday cake")
def cake(pen: Pen) -> None:
    pen.oval(0, 0.05, 0.5, 0.05, (220, 220, 226))
    pen.box(-0.42, 0.05, 0.42, 0.36)
    pen.box(-0.28, 0.36, 0.28, 0.62, pen.light)
    for x in (-0.42, -0.21, 0, 0.21):
        pen.oval(x + 0.105, 0.35, 0.105, 0.06, CREAM, outlined=False)
    for x in (-0.16, 0, 0.16):
        pen.line([(x, 0.62), (x, 0.78)], (240, 90, 120), 0.04)
        pen.oval(x, 0.83, 0.03, 0.05, (255, 180, 40), outlined=False)


@kind("cup", "mug", "coffee cup")
def cup(pen: Pen) -> None:
    pen.ring(0.32, 0.36, 0.16, width=0.07)
    pen.shape([(-0.36, 0.66), (0.3, 0.66), (0.22, 0.04), (-0.28, 0.04)])
    pen.oval(-0.03, 0.66, 0.33, 0.07, (90, 56, 36))
    for x in (-0.16, 0.08):
        pen.line([(x, 0.76), (x + 0.05, 0.84), (x, 0.92), (x + 0.05, 1)], (220, 220, 224), 0.03)


@kind("bottle", "flask")
def bottle(pen: Pen) -> None:
    pen.shape([(-0.18, 0), (0.18, 0), (0.18, 0.52), (0.07, 0.7), (0.07, 0.92), (-0.07, 0.92), (-0.07, 0.7),
               (-0.18, 0.52)])
    pen.box(-0.18, 0.16, 0.18, 0.4, CREAM)
    pen.box(-0.09, 0.9, 0.09, 0.99, BARK)


@kind("ice cream", "ice-cream cone")
def ice_cream(pen: Pen) -> None:
    pen.shape([(-0.2, 0.5), (0.2, 0.5), (0, 0)], (222, 170, 96))
    pen.line([(-0.12, 0.5), (0.06, 0.16)], (176, 124, 60), 0.02)
    pen.line([(0.12, 0.5), (-0.06, 0.16)], (176, 124, 60), 0.02)
    pen.oval(0, 0.66, 0.26, 0.24)
    pen.oval(0, 0.86, 0.17, 0.14, pen.light)
