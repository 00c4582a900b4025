"""The kinds of object that can be drawn."""

from . import animals, food_and_plants, furniture, people, things, vehicles
from .kind import KINDS, Kind

__all__ = ["KINDS", "Kind", "animals", "food_and_plants", "furniture", "people", "things", "vehicles"]
