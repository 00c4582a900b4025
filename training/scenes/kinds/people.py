"""People, dressed in the object's colour."""

import math

from ..pen import Pen
from .kind import kind

HAIR = (84, 52, 28)
SHOE = (44, 40, 44)
TROUSERS = (64, 74, 104)
SKINS = ((238, 196, 160), (205, 150, 105), (140, 94, 62))


def skin(pen: Pen) -> tuple[int, int, int]:
    """One of three skin tones, chosen by the shade of the clothes so that drawing stays repeatable."""
    return SKINS[sum(pen.body) % 3]


def head(pen: Pen, y: float, radius: float) -> None:
    pen.oval(0, y, radius, radius, skin(pen))
    for x in (-0.4, 0.4):
        pen.oval(x * radius, y + radius * 0.1, radius * 0.14, radius * 0.14, SHOE, outlined=False)
    smile = [(radius * 0.5 * math.cos(turn), y - radius * 0.2 + radius * 0.35 * math.sin(turn))
             for turn in (3.5, 4.1, 4.7, 5.3, 5.9)]
    pen.line(smile, (170, 50, 60), 0.02)


@kind("man/men", "guy", "gentleman/gentlemen")
def man(pen: Pen) -> None:
    for side in (-1, 1):
        pen.box(side * 0.08 - 0.06, 0.02, side * 0.08 + 0.06, 0.42, TROUSERS)
        pen.box(side * 0.1 - 0.08, 0, side * 0.1 + 0.08, 0.05, SHOE, outlined=False)
        pen.line([(side * 0.16, 0.7), (side * 0.27, 0.42)], width=0.09)
        pen.oval(side * 0.28, 0.4, 0.045, 0.045, skin(pen), outlined=False)
    pen.box(-0.17, 0.38, 0.17, 0.76, rounded=0.05)
    head(pen, 0.88, 0.12)
    pen.shape([(-0.13, 0.9), (-0.11, 1), (0, 1.03), (0.11, 1), (0.13, 0.9), (0.08, 0.95), (-0.08, 0.95)], HAIR,
              outlined=False)


@kind("woman/women", "lady/ladies")
def woman(pen: Pen) -> None:
    hair = (60, 34, 24)
    pen.oval(0, 0.86, 0.16, 0.17, hair, outlined=False)
    pen.box(-0.16, 0.66, 0.16, 0.86, hair, outlined=False)
    for side in (-1, 1):
        pen.box(side * 0.07 - 0.035, 0.02, side * 0.07 + 0.035, 0.28, skin(pen), outlined=False)
        pen.box(side * 0.09 - 0.06, 0, side * 0.09 + 0.06, 0.04, SHOE, outlined=False)
        pen.line([(side * 0.12, 0.7), (side * 0.26, 0.46)], skin(pen), 0.06)
    pen.shape([(-0.13, 0.76), (0.13, 0.76), (0.1, 0.54), (0.28, 0.2), (-0.28, 0.2), (-0.1, 0.54)])
    head(pen, 0.87, 0.115)
    pen.shape([(-0.13, 0.9), (-0.1, 1), (0.1, 1), (0.13, 0.9), (0, 0.95)], hair, outlined=False)


@kind("child/children", "kid", "kid", "boy", "girl", "youngster")
def child(pen: Pen) -> None:
    for side in (-1, 1):
        pen.box(side * 0.09 - 0.06, 0.03, side * 0.09 + 0.06, 0.24, TROUSERS)
        pen.oval(side * 0.11, 0.03, 0.09, 0.035, SHOE, outlined=False)
        pen.line([(side * 0.15, 0.48), (side * 0.33, 0.64)], width=0.09)
        pen.oval(side * 0.34, 0.66, 0.05, 0.05, skin(pen), outlined=False)
    pen.box(-0.18, 0.2, 0.18, 0.54, rounded=0.06)
    head(pen, 0.73, 0.21)
    pen.shape([(-0.22, 0.78), (-0.17, 0.93), (0, 1), (0.17, 0.93), (0.22, 0.78), (0.08, 0.87), (-0.1, 0.85)],
              (214, 160, 60), outlined=False)
