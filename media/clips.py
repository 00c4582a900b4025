"""What the ten clips, the sound recording and the picture show and say."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

# The drawing library is not installed: it lies beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))

from scenes.kinds import KINDS  # noqa: E402
from scenes.light import Light  # noqa: E402
from scenes.scene import Group, Scene  # noqa: E402
from scenes.slides import Slide  # noqa: E402


@dataclass(frozen=True)
class Shot:
    """One scene from one hard cut to the next."""

    scene: Scene
    sentences: tuple[str, ...] = ()  # spoken one after the other
    seconds: float = 4.0  # shortest length; speech makes it longer
    velocity: tuple[float, float] = (0.0, 0.0)  # of the first group, in frame heights per second, down is positive


@dataclass(frozen=True)
class Clip:
    name: str
    shots: tuple[Shot, ...]
    width: int = 640  # pixels as displayed
    height: int = 360
    video: str = "h264"  # or "vp9"
    subtitles: str = "sidecar"  # "sidecar", "embedded" or "none"
    rotated: bool = False  # stored on its side, with a display matrix that turns it upright
    voice: str = "en-gb"  # of espeak-ng


def group(words: str, x: float = 0.0, y: float = 0.92, size: float = 0.42, mirrored: bool = False) -> Group:
    """`words` are "count colour kind", such as "2 yellow bird"."""
    count, colour, kind = words.split(" ", 2)
    assert kind in KINDS, kind
    return Group(kind, colour, int(count), "medium", x, y, size, mirrored)


def place(setting: str, light: str, *groups: Group, seed: int = 7) -> Scene:
    """`light` is "time weather", such as "night clear"."""
    time, weather = light.split()
    return Scene(seed, setting, Light(time, weather), groups)


def slide(layout: str, colour: str, count: int, title: str, background: str = "white", seed: int = 3) -> Scene:
    return Scene(seed, "slide", Light("day", "clear"), slide=Slide(layout, colour, count, background, title))


CLIPS = (
    Clip("travel-diary.mp4", (
        Shot(place("beach", "day clear", group("1 red car", -0.2, 0.9, 0.46), seed=11),
             ("Day one. We drove along the coast with all the windows open.",), velocity=(0.07, 0)),
        Shot(place("lake", "day clear", group("2 yellow bird", -0.06, 0.42, 0.32), seed=12),
             ("On the second day we swam, and the water was freezing cold.",), velocity=(0.03, 0.005)),
        Shot(place("park", "day clear", group("1 blue child", -0.2, 0.93, 0.42), group("1 red balloon", 0.2, 0.5, 0.36),
                   seed=13),
             ("On our last afternoon my little nephew made a new friend.",), velocity=(0.02, 0)),
    )),
    Clip("lighthouses.webm", (
        Shot(place("sea", "night clear", group("1 blue boat", -0.15, 0.84, 0.5), seed=21),
             ("Two thousand years ago, sailors steered by fires of wood burning on stone towers.",),
             velocity=(0.04, 0)),
        Shot(place("harbour", "sunset clear", group("1 red lighthouse", 0.08, 0.94, 0.62), seed=22),
             ("The keeper climbed the stairs every evening to clean the lens and light the oil.",)),
        Shot(place("harbour", "day rain", group("2 green boat", 0, 0.76, 0.3), seed=23),
             ("Today no keeper is left. Everything is switched on by machines.",), velocity=(0.02, 0)),
    ), width=427, height=239, video="vp9", voice="en-us"),
    Clip("winter-animals.mp4", (
        Shot(place("forest", "day snow", group("1 brown dog", -0.2, 0.92, 0.46), seed=31), velocity=(0.09, 0)),
        Shot(place("mountains", "day snow", group("3 black penguin", 0, 0.92, 0.28), seed=32), seconds=3.5,
             velocity=(0.02, 0)),
        Shot(place("garden", "night snow", group("1 white rabbit", -0.1, 0.92, 0.44), seed=33), velocity=(0.05, 0)),
    ), width=480, height=270, subtitles="none"),
    Clip("budget-talk.mp4", (
        Shot(slide("title", "blue", 2, "Budget 2027", seed=41),
             ("Good morning. This is the spending plan for the coming year.",)),
        Shot(slide("bar chart", "red", 4, "Travel costs", seed=42),
             ("Flights and hotels have become twice as expensive since spring.",)),
        Shot(slide("pie chart", "green", 4, "Energy", "dark", seed=43),
             ("We can save on electricity by switching off the machines at night.",)),
    ), width=480, height=360, subtitles="embedded"),
    Clip("apple-cake.mkv", (
        Shot(place("kitchen", "day clear", group("3 red apple", 0, 0.92, 0.27), seed=51),
             ("Peel three apples, cut them into slices, and sprinkle them with lemon juice.",)),
        Shot(place("kitchen", "day clear", group("1 white cup", 0.05, 0.92, 0.42), seed=52),
             ("Heat the oven to one hundred and eighty degrees, and mix flour, sugar and butter.",)),
        Shot(place("kitchen", "sunset clear", group("1 pink cake", 0, 0.92, 0.48), seed=53),
             ("Bake it for forty minutes, until the top is golden.",)),
    ), subtitles="embedded", voice="en-gb-scotland"),
    Clip("weather-report.mp4", (
        Shot(place("street", "day rain", group("1 purple umbrella", -0.05, 0.86, 0.48), seed=61),
             ("A storm with heavy showers and lightning reaches the capital this afternoon.",), velocity=(0.02, 0)),
        Shot(place("desert", "day clear", group("1 green cactus", 0.1, 0.93, 0.5), seed=62),
             ("The south stays dry, with a heat record of forty-five degrees expected tomorrow.",)),
        Shot(place("mountains", "night clear", group("1 orange tent", 0, 0.93, 0.46), seed=63),
             ("Hikers should pack warm clothes, for the nights will be frosty.",)),
    ), width=480, height=270, voice="en-us"),
    Clip("safety-training.webm", (
        Shot(place("office", "day clear", group("1 orange man", 0.02, 0.96, 0.62), seed=71),
             ("When the fire alarm rings, leave at once, and never use the lift.",), velocity=(0.02, 0)),
        Shot(place("road", "day clear", group("1 white truck", -0.12, 0.9, 0.5), seed=72),
             ("Drivers must keep two seconds of distance, and rest after four hours.",), velocity=(0.06, 0)),
        Shot(place("living_room", "night clear", group("2 yellow candle", 0, 0.92, 0.36), seed=73),
             ("At home, never leave an open flame alone.",)),
    ), width=480, height=270, video="vp9"),
    Clip("farm-morning.mp4", (
        Shot(place("farm", "day clear", group("1 green tractor", -0.15, 0.92, 0.5), seed=81),
             ("It is six in the morning, and the engine is running.",), velocity=(0.06, 0)),
        Shot(place("farm", "day clear", group("2 white sheep", 0, 0.92, 0.34), seed=82),
             ("The flock has been shorn this week.",), velocity=(0.02, 0)),
        Shot(place("farm", "sunset clear", group("1 brown horse", -0.12, 0.93, 0.52), seed=83),
             ("And the mare goes back to her stable.",), velocity=(0.05, 0)),
    ), subtitles="none", rotated=True),
    Clip("guitar-interview.mkv", (
        Shot(place("stage", "day clear", group("1 purple woman", -0.16, 0.95, 0.6),
                   group("1 orange guitar", 0.2, 0.93, 0.46), seed=91),
             ("I choose spruce for the top, because this wood is light and strong.",)),
        Shot(place("stage", "day clear", group("1 blue guitar", 0.02, 0.93, 0.62), seed=92),
             ("A new string must be stretched and tuned again for several days.",)),
    ), width=480, height=360, voice="en-us"),
    Clip("space-lesson.mp4", (
        Shot(place("classroom", "day clear", group("1 green robot", 0.12, 0.94, 0.56), seed=101),
             ("Welcome, class. Our machine can answer your questions about space.",)),
        Shot(place("desert", "night clear", group("1 white rocket", 0.02, 0.8, 0.56), seed=102),
             ("Nine tenths of its weight at take-off is fuel.",), velocity=(0, -0.05)),
        Shot(slide("line chart", "orange", 2, "Distance", "dark", seed=103),
             ("It takes three days to fly to the moon, which circles us far away.",)),
    ), width=320, height=240),
)

# Sound alone, and a picture alone.
RECORDING_NAME = "garden-radio.ogg"
RECORDING_SENTENCES = (
    "Welcome to the garden hour.",
    "Water your tomatoes early in the day, and only at the roots.",
    "Bees love lavender, so plant some beside your vegetables.",
)
PICTURE_NAME = "birthday.jpg"
PICTURE = place("living_room", "day clear", group("1 pink cake", -0.22, 0.92, 0.4),
                group("1 blue gift", 0.22, 0.92, 0.38), seed=111)
