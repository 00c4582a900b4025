"""Animals."""

from ..pen import Pen
from .kind import kind

EYE = (20, 20, 24)
WHITE = (250, 250, 250)
BEAK = (250, 150, 30)


def legs(pen: Pen, positions: tuple[float, ...], height: float, width: float = 0.08) -> None:
    for x in positions:
        pen.box(x - width / 2, 0, x + width / 2, height)


def eye(pen: Pen, x: float, y: float, radius: float = 0.025) -> None:
    pen.oval(x, y, radius * 1.6, radius * 1.6, WHITE, outlined=False)
    pen.oval(x, y, radius, radius, EYE, outlined=False)


@kind("dog", "puppy/puppies", "hound", colours=("brown", "black", "white"))
def dog(pen: Pen) -> None:
    pen.line([(-0.34, 0.42), (-0.46, 0.64)], width=0.07)
    legs(pen, (-0.28, -0.17, 0.08, 0.19), 0.3)
    pen.oval(-0.04, 0.37, 0.32, 0.15)
    pen.shape([(0.1, 0.4), (0.18, 0.62), (0.3, 0.6), (0.26, 0.34)], outlined=False)
    pen.oval(0.28, 0.64, 0.14, 0.13)
    pen.box(0.3, 0.54, 0.5, 0.66, rounded=0.05)
    pen.oval(0.2, 0.6, 0.06, 0.13, pen.dark)
    pen.oval(0.48, 0.63, 0.03, 0.03, EYE, outlined=False)
    eye(pen, 0.32, 0.69)


@kind("cat", "kitten", "kitty/kitties", colours=("orange", "black", "white"))
def cat(pen: Pen) -> None:
    pen.line([(-0.2, 0.1), (-0.42, 0.16), (-0.44, 0.42), (-0.36, 0.5)], width=0.07)
    pen.oval(0, 0.26, 0.24, 0.26)
    pen.oval(-0.1, 0.04, 0.09, 0.045)
    pen.oval(0.1, 0.04, 0.09, 0.045)
    pen.shape([(-0.23, 0.66), (-0.21, 0.95), (-0.04, 0.8)])
    pen.shape([(0.23, 0.66), (0.21, 0.95), (0.04, 0.8)])
    pen.oval(0, 0.65, 0.24, 0.2)
    pen.oval(-0.09, 0.68, 0.05, 0.05, (150, 220, 90), outlined=False)
    pen.oval(0.09, 0.68, 0.05, 0.05, (150, 220, 90), outlined=False)
    pen.oval(-0.09, 0.68, 0.02, 0.045, EYE, outlined=False)
    pen.oval(0.09, 0.68, 0.02, 0.045, EYE, outlined=False)
    pen.shape([(-0.035, 0.6), (0.035, 0.6), (0, 0.56)], (240, 120, 140), outlined=False)
    for side in (-1, 1):
        pen.line([(side * 0.1, 0.58), (side * 0.34, 0.62)], pen.outline, 0.015)
        pen.line([(side * 0.1, 0.56), (side * 0.34, 0.53)], pen.outline, 0.015)


@kind("bird", "songbird", place="air")
def bird(pen: Pen) -> None:
    pen.shape([(-0.5, 0.34), (-0.5, 0.54), (-0.2, 0.42)], pen.dark)
    pen.oval(0, 0.4, 0.3, 0.17)
    pen.oval(0.27, 0.54, 0.13, 0.13)
    pen.shape([(0.38, 0.6), (0.38, 0.48), (0.54, 0.53)], BEAK)
    pen.shape([(-0.14, 0.42), (-0.3, 0.9), (0.14, 0.46)], pen.light)
    eye(pen, 0.3, 0.58)


@kind("fish/fish", "fish/fishes", place="water", colours=("orange", "blue", "yellow"))
def fish(pen: Pen) -> None:
    pen.shape([(-0.22, 0.3), (-0.5, 0.54), (-0.5, 0.06)], pen.dark)
    pen.shape([(-0.1, 0.42), (0, 0.62), (0.16, 0.46)], pen.dark)
    pen.oval(0.08, 0.3, 0.36, 0.2)
    pen.line([(0.2, 0.16), (0.15, 0.3), (0.2, 0.44)], pen.dark, 0.03)
    eye(pen, 0.3, 0.36, 0.035)


@kind("horse", "pony/ponies", colours=("brown", "white", "black"))
def horse(pen: Pen) -> None:
    pen.line([(-0.34, 0.52), (-0.47, 0.2)], pen.dark, 0.08)
    legs(pen, (-0.28, -0.18, 0.1, 0.2), 0.4, 0.07)
    pen.oval(-0.04, 0.48, 0.32, 0.15)
    pen.shape([(0.08, 0.5), (0.2, 0.86), (0.34, 0.86), (0.28, 0.44)])
    pen.shape([(0.2, 0.9), (0.32, 0.94), (0.5, 0.72), (0.42, 0.64), (0.28, 0.74)])
    pen.shape([(0.22, 0.88), (0.24, 1), (0.3, 0.9)])
    pen.line([(0.22, 0.9), (0.14, 0.74), (0.08, 0.58)], pen.dark, 0.08)
    eye(pen, 0.33, 0.83, 0.02)


@kind("cow", "calf/calves", colours=("white", "brown", "black"))
def cow(pen: Pen) -> None:
    legs(pen, (-0.32, -0.2, 0.1, 0.22), 0.26, 0.09)
    pen.box(-0.4, 0.22, 0.28, 0.58, rounded=0.1)
    patch = (40, 36, 36) if sum(pen.body) > 300 else (235, 235, 235)
    pen.oval(-0.2, 0.46, 0.11, 0.09, patch, outlined=False)
    pen.oval(0.08, 0.36, 0.09, 0.08, patch, outlined=False)
    pen.oval(-0.04, 0.22, 0.08, 0.05, (245, 170, 180))
    pen.line([(-0.4, 0.5), (-0.47, 0.24)], pen.dark, 0.03)
    pen.box(0.22, 0.44, 0.44, 0.72, rounded=0.08)
    pen.oval(0.36, 0.47, 0.13, 0.08, (245, 180, 186))
    pen.shape([(0.22, 0.7), (0.17, 0.84), (0.27, 0.73)], (235, 225, 200))
    pen.shape([(0.44, 0.7), (0.49, 0.84), (0.38, 0.73)], (235, 225, 200))
    eye(pen, 0.33, 0.62, 0.025)


@kind("sheep/sheep", "lamb", colours=("white", "black"))
def sheep(pen: Pen) -> None:
    for x in (-0.2, -0.08, 0.1, 0.22):
        pen.box(x - 0.03, 0, x + 0.03, 0.2, (50, 44, 42), outlined=False)
    for x, y in ((-0.3, 0.36), (-0.16, 0.24), (-0.16, 0.48), (0.04, 0.24), (0.04, 0.5), (0.2, 0.28), (0.2, 0.46)):
        pen.oval(x, y, 0.14, 0.13)
    pen.oval(0, 0.37, 0.3, 0.17, outlined=False)
    pen.oval(0.36, 0.5, 0.11, 0.15, (50, 44, 42), outlined=False)
    pen.oval(0.32, 0.63, 0.1, 0.06)
    eye(pen, 0.39, 0.53, 0.022)


@kind("duck", "duckling", place="water", colours=("yellow", "white", "brown"))
def duck(pen: Pen) -> None:
    pen.shape([(-0.44, 0.42), (-0.3, 0.2), (-0.1, 0.3)])
    pen.oval(-0.04, 0.22, 0.34, 0.19)
    pen.oval(-0.06, 0.25, 0.18, 0.1, pen.dark)
    pen.box(0.12, 0.26, 0.26, 0.52, outlined=False)
    pen.oval(0.2, 0.56, 0.15, 0.15)
    pen.shape([(0.32, 0.6), (0.32, 0.5), (0.52, 0.52)], BEAK)
    eye(pen, 0.24, 0.6)


@kind("butterfly/butterflies", "moth", place="air")
def butterfly(pen: Pen) -> None:
    for side in (-1, 1):
        pen.oval(side * 0.24, 0.6, 0.22, 0.22)
        pen.oval(side * 0.19, 0.26, 0.16, 0.17, pen.dark)
        pen.oval(side * 0.26, 0.62, 0.09, 0.09, pen.light, outlined=False)
        pen.line([(0, 0.74), (side * 0.12, 0.94)], EYE, 0.02)
    pen.oval(0, 0.45, 0.045, 0.32, EYE, outlined=False)


@kind("rabbit", "bunny/bunnies", "hare", colours=("white", "brown"))
def rabbit(pen: Pen) -> None:
    pen.oval(-0.3, 0.16, 0.08, 0.08, WHITE)
    pen.oval(-0.06, 0.22, 0.27, 0.21)
    pen.oval(0.08, 0.04, 0.16, 0.05)
    pen.oval(0.1, 0.8, 0.06, 0.2)
    pen.oval(0.24, 0.8, 0.06, 0.2)
    pen.oval(0.24, 0.8, 0.03, 0.14, (245, 170, 180), outlined=False)
    pen.oval(0.18, 0.5, 0.18, 0.16)
    pen.oval(0.35, 0.48, 0.025, 0.02, (240, 110, 130), outlined=False)
    eye(pen, 0.24, 0.54, 0.028)


@kind("elephant")
def elephant(pen: Pen) -> None:
    legs(pen, (-0.3, -0.16, 0.08, 0.22), 0.3, 0.12)
    pen.oval(-0.06, 0.46, 0.36, 0.25)
    pen.line([(-0.41, 0.46), (-0.48, 0.24)], width=0.03)
    pen.line([(0.4, 0.6), (0.47, 0.4), (0.45, 0.16), (0.52, 0.12)], width=0.1)
    pen.oval(0.28, 0.62, 0.19, 0.19)
    pen.oval(0.16, 0.62, 0.13, 0.19, pen.dark)
    pen.shape([(0.36, 0.48), (0.36, 0.42), (0.52, 0.38)], WHITE)
    eye(pen, 0.36, 0.67)


@kind("turtle", "tortoise", colours=("green", "brown"))
def turtle(pen: Pen) -> None:
    skin = (140, 180, 90)
    pen.oval(0.38, 0.28, 0.13, 0.11, skin)
    for x in (-0.22, 0.2):
        pen.oval(x, 0.06, 0.09, 0.07, skin)
    pen.shape([(-0.36, 0.16), (-0.5, 0.08), (-0.34, 0.08)], skin)
    pen.shape([(-0.38, 0.12), (-0.34, 0.3), (-0.2, 0.45), (0, 0.5), (0.18, 0.44), (0.3, 0.3), (0.34, 0.12)])
    for x, y in ((-0.2, 0.24), (0, 0.34), (0.16, 0.22)):
        pen.oval(x, y, 0.08, 0.07, pen.dark, outlined=False)
    eye(pen, 0.42, 0.31, 0.02)


@kind("snail", "slug")
def snail(pen: Pen) -> None:
    flesh = (226, 196, 150)
    pen.shape([(-0.46, 0), (-0.3, 0.1), (0.2, 0.1), (0.26, 0.4), (0.42, 0.42), (0.42, 0.08), (0.36, 0)], flesh)
    pen.line([(0.3, 0.4), (0.26, 0.6)], flesh, 0.03)
    pen.line([(0.38, 0.4), (0.44, 0.6)], flesh, 0.03)
    pen.oval(-0.06, 0.36, 0.3, 0.29)
    pen.ring(-0.06, 0.36, 0.2, pen.dark, 0.05)
    pen.ring(-0.04, 0.36, 0.09, pen.dark, 0.05)


@kind("penguin", colours=("black", "blue"))
def penguin(pen: Pen) -> None:
    pen.oval(-0.12, 0.03, 0.11, 0.04, BEAK)
    pen.oval(0.12, 0.03, 0.11, 0.04, BEAK)
    for side in (-1, 1):
        pen.shape([(side * 0.2, 0.66), (side * 0.4, 0.3), (side * 0.22, 0.36)])
    pen.oval(0, 0.42, 0.28, 0.4)
    pen.oval(0, 0.36, 0.18, 0.31, WHITE, outlined=False)
    pen.oval(0, 0.82, 0.19, 0.18)
    pen.shape([(-0.06, 0.8), (0.06, 0.8), (0, 0.7)], BEAK)
    eye(pen, -0.08, 0.87)
    eye(pen, 0.08, 0.87)
