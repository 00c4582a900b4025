"""One kind of object: its names, where it likes to be, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..pen import Pen


@dataclass(frozen=True)
class Kind:
    name: str
    words: list[tuple[str, str]]  # (singular, plural), the commonest first
    place: str  # "ground", "air" or "water": where it is drawn unless a relation says otherwise
    draw: Callable[[Pen], None]
    usual_colours: tuple[str, ...]  # drawn in one of these half of the time; empty: any colour


KINDS: dict[str, Kind] = {}


def kind(*names: str, place: str = "ground", colours: tuple[str, ...] = ()):
    """Registers a drawing function; `names` are synonyms, an irregular plural follows a slash."""
    words = []
    for name in names:
        singular, _, plural = name.partition("/")
        words.append((singular, plural or singular + "s"))

    def register(draw: Callable[[Pen], None]) -> Callable[[Pen], None]:
        KINDS[words[0][0]] = Kind(words[0][0], words, place, draw, colours)
        return draw

    return register
