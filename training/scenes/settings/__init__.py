"""The places where scenes happen."""

from . import indoors, nature, towns
from .setting import SETTINGS, Setting

__all__ = ["SETTINGS", "Setting", "indoors", "nature", "towns"]
