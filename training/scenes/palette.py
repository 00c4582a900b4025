"""The ten colours that objects come in, with the words people use for them."""

from __future__ import annotations

import random

Rgb = tuple[int, int, int]  # red, green, blue, 0…255

COLOURS: dict[str, Rgb] = {
    "red": (214, 38, 38),
    "orange": (245, 138, 28),
    "yellow": (248, 218, 44),
    "green": (46, 158, 62),
    "blue": (38, 88, 214),
    "purple": (134, 50, 178),
    "pink": (246, 130, 182),
    "brown": (128, 80, 42),
    "black": (30, 30, 34),
    "white": (246, 246, 246),
}

COLOUR_WORDS: dict[str, list[str]] = {
    "red": ["red", "red", "red", "crimson", "scarlet"],
    "orange": ["orange", "orange", "orange", "tangerine"],
    "yellow": ["yellow", "yellow", "yellow", "golden"],
    "green": ["green", "green", "green", "emerald"],
    "blue": ["blue", "blue", "blue", "navy"],
    "purple": ["purple", "purple", "purple", "violet"],
    "pink": ["pink", "pink", "pink", "magenta"],
    "brown": ["brown", "brown", "brown", "chestnut"],
    "black": ["black", "black", "jet-black"],
    "white": ["white"],
}


def blend(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`first` with `share` (0…1) of `second` mixed in."""
    return tuple(round(a + (b - a) * share) for a, b in zip(first, second))


def darker(colour: Rgb, share: float = 0.35) -> Rgb:
    return blend(colour, (0, 0, 0), share)


def lighter(colour: Rgb, share: float = 0.35) -> Rgb:
    return blend(colour, (255, 255, 255), share)


def varied(colour: Rgb, randomness: random.Random, spread: int = 14) -> Rgb:
    """A near neighbour of `colour`, so that a colour word covers a range and not a point."""
    return tuple(max(0, min(255, part + randomness.randint(-spread, spread))) for part in colour)
