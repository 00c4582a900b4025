"""A scene: what is where, in which light; made at random from a seed, and drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from .kinds import KINDS
from .light import TIMES, WEATHERS, Light
from .palette import COLOURS, Rgb, blend, varied
from .pen import Pen, Placement
from .settings import SETTINGS
from .settings.backdrop import Backdrop
from .slides import Slide, draw_slide, random_slide

SIZES: dict[str, float] = {"small": 0.22, "medium": 0.36, "large": 0.5}  # of a single object, in frame heights
PLAIN = "plain"  # the setting of objects before an empty backdrop
OPPOSITES = {"left": "right", "right": "left", "above": "below", "below": "above"}


@dataclass(frozen=True)
class Group:
    """One to three objects of the same kind and colour."""

    kind: str  # a key of KINDS
    colour: str  # a key of COLOURS
    count: int  # 1…3
    size: str  # a key of SIZES; "medium" where there are several
    x: float  # middle of the group, in frame heights from the picture's middle
    y: float  # foot of the group, 0 (top) … 1 (bottom)
    member_size: float  # of each object, in frame heights
    mirrored: bool = False


@dataclass(frozen=True)
class Scene:
    seed: int  # decides everything the other fields leave open
    setting: str  # a key of SETTINGS, PLAIN, or "slide"
    light: Light
    groups: tuple[Group, ...] = ()
    relation: str | None = None  # where the first group is, seen from the second: a key of OPPOSITES
    backdrop_colour: str = "white"  # of a plain backdrop
    slide: Slide | None = None


@dataclass(frozen=True)
class DrawnObject:
    kind: str
    colour: str
    box: tuple[float, float, float, float]  # left, top, right, bottom as shares of the picture, 0…1


def random_scene(seed: int) -> Scene:
    randomness = random.Random(seed)
    draw = randomness.random()
    if draw < 0.08:
        return Scene(seed, "slide", Light("day", "clear"), slide=random_slide(randomness))
    if draw < 0.16:
        setting, light = PLAIN, Light("day", "clear")
    else:
        setting = randomness.choice(list(SETTINGS))
        light = random_light(randomness, setting)
    backdrop_colour = randomness.choice(list(COLOURS))
    count = randomness.choices((0, 1, 2), (0.06 if setting != PLAIN else 0, 0.4, 0.54))[0]
    kinds = randomness.sample(list(KINDS), count)
    relation = randomness.choice(list(OPPOSITES)) if count == 2 else None
    if relation in ("above", "below"):
        # Flying things go above; walls and waves of objects in the air stay rare.
        airborne = [KINDS[kind].place == "air" for kind in kinds]
        if airborne[0] != airborne[1]:
            relation = "above" if airborne[0] else "below"
    groups = tuple(
        random_group(randomness, kind, setting, relation if index == 0 else OPPOSITES.get(relation), backdrop_colour)
        for index, kind in enumerate(kinds))
    return Scene(seed, setting, light, groups, relation, backdrop_colour)


def crowded_scene(seed: int) -> Scene:
    """One object in each quarter, of four kinds: to learn kinds from, four at the cost of one picture."""
    randomness = random.Random(seed)
    setting = randomness.choice([*SETTINGS, PLAIN])
    light = Light("day", "clear") if setting == PLAIN else random_light(randomness, setting)
    backdrop_colour = randomness.choice(list(COLOURS))
    places = [(x, y) for y in (0.47, 0.95) for x in (-0.25, 0.25)]
    groups = []
    for kind, (x, y) in zip(randomness.sample(list(KINDS), 4), places):
        size = randomness.choices(list(SIZES), (0.2, 0.45, 0.35))[0]
        groups.append(Group(
            kind, random_colour(randomness, kind, setting, backdrop_colour), 1, size,
            x + randomness.uniform(-0.05, 0.05), y + randomness.uniform(-0.04, 0.04),
            min(SIZES[size], 0.46) * randomness.uniform(0.92, 1.08), randomness.random() < 0.5))
    return Scene(seed, setting, light, tuple(groups), backdrop_colour=backdrop_colour)


def random_light(randomness: random.Random, setting: str) -> Light:
    weather = "clear"
    if not SETTINGS[setting].indoor:
        weather = randomness.choices(WEATHERS, (0.6, 0.2, 0.2))[0]
    return Light(randomness.choices(TIMES, (0.5, 0.22, 0.28))[0], weather)


def random_colour(randomness: random.Random, kind: str, setting: str, backdrop_colour: str) -> str:
    usual = KINDS[kind].usual_colours
    colour = randomness.choice(usual if usual and randomness.random() < 0.5 else list(COLOURS))
    while setting == PLAIN and colour == backdrop_colour:
        colour = randomness.choice(list(COLOURS))
    return colour


def random_group(randomness: random.Random, kind: str, setting: str, relation: str | None,
                 backdrop_colour: str) -> Group:
    colour = random_colour(randomness, kind, setting, backdrop_colour)
    count = randomness.choices((1, 2, 3), (0.64, 0.2, 0.16))[0]
    size = randomness.choice(list(SIZES)) if count == 1 else "medium"
    sideways = relation in ("left", "right")
    stacked = relation in ("above", "below")
    member_size = SIZES[size] if count == 1 else (0.34, 0.28)[count - 2]
    if sideways:
        member_size = min(member_size, 0.42) if count == 1 else (0.25, 0.22)[count - 2]
    elif stacked:
        member_size = min(member_size, 0.37) if count == 1 else min(member_size, 0.28)
    member_size *= randomness.uniform(0.92, 1.08)
    x = randomness.uniform(-0.06, 0.06)
    if sideways:
        x = randomness.uniform(0.21, 0.27) * (-1 if relation == "left" else 1)
    elif count == 1:
        x = randomness.uniform(-0.2, 0.2)
    return Group(kind, colour, count, size, x, foot(randomness, kind, setting, relation, member_size), member_size,
                 randomness.random() < 0.5)


def foot(randomness: random.Random, kind: str, setting: str, relation: str | None, member_size: float) -> float:
    """Where the lower edge of an object goes, 0 (top of the picture) … 1 (bottom)."""
    if relation == "above":
        return randomness.uniform(0.4, 0.47)
    if relation == "below":
        return randomness.uniform(0.88, 0.96)
    if setting == PLAIN:
        return min(0.97, 0.5 + member_size * 0.5 + randomness.uniform(-0.08, 0.08))
    if KINDS[kind].place == "air":
        return max(randomness.uniform(0.36, 0.6), member_size + 0.03)
    highest, lowest = SETTINGS[setting].ground
    return randomness.uniform(highest, lowest)


def members(group: Group) -> list[tuple[float, float]]:
    """Middle and foot of every object of the group, in frame heights."""
    step = group.member_size * 1.08
    if group.count == 3 and abs(group.x) > 0.15:
        # Three do not fit beside something else in one row.
        return [(group.x, group.y - step * 0.9), (group.x - step / 2, group.y), (group.x + step / 2, group.y)]
    first = group.x - step * (group.count - 1) / 2
    return [(first + step * index, group.y) for index in range(group.count)]


def draw_scene(scene: Scene, width: int, height: int,
               seconds: float | None = None) -> tuple[Image.Image, list[DrawnObject]]:
    """Draws `scene` with `width` × `height` pixels; for film, `seconds` since its start move what falls or grows."""
    picture = Image.new("RGB", (width, height))
    if scene.slide:
        draw_slide(picture, scene.slide, scene.seed, growth=1.0 if seconds is None else min(1.0, 0.5 + seconds))
        return picture, []
    randomness = random.Random(scene.seed)
    if scene.setting == PLAIN:
        Backdrop(picture, scene.light, randomness).gradient(0, 1, *plain_colours(scene, randomness))
    else:
        SETTINGS[scene.setting].paint(Backdrop(picture, scene.light, randomness))
    drawn = []
    for group in scene.groups:
        body = varied(COLOURS[group.colour], randomness)
        for x, y in members(group):
            pen = Pen(picture, Placement(x, y, group.member_size, group.mirrored), body)
            KINDS[group.kind].draw(pen)
            left, top, right, bottom = pen.extent
            drawn.append(DrawnObject(group.kind, group.colour,
                                     (left / width, top / height, right / width, bottom / height)))
    picture = scene.light.object_tint(picture)
    scene.light.fall(picture, randomness, shift=(seconds or 0.0) * 0.7)
    return picture, drawn


def plain_colours(scene: Scene, randomness: random.Random) -> tuple[Rgb, Rgb]:
    colour = varied(blend(COLOURS[scene.backdrop_colour], (255, 255, 255), 0.25), randomness)
    return colour, blend(colour, (0, 0, 0), randomness.uniform(0, 0.25))
