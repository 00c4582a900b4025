"""One place: its names, and how its backdrop is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .backdrop import Backdrop


@dataclass(frozen=True)
class Setting:
    name: str
    phrases: list[tuple[str, str]]  # (noun phrase, preposition of an object that is there)
    indoor: bool
    ground: tuple[float, float]  # highest and lowest foot of a standing object, in frame heights from the top
    paint: Callable[[Backdrop], None]


SETTINGS: dict[str, Setting] = {}


def setting(*names: str, indoor: bool = False, ground: tuple[float, float] = (0.8, 0.93)):
    """Registers a backdrop; `names` are "preposition noun phrase", synonyms after the first."""
    phrases = []
    for name in names:
        preposition, _, noun = name.partition(" ")
        phrases.append((noun, preposition))

    def register(paint: Callable[[Backdrop], None]) -> Callable[[Backdrop], None]:
        name = paint.__name__
        SETTINGS[name] = Setting(name, phrases, indoor, ground, paint)
        return paint

    return register
