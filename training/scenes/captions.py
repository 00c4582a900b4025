"""Says in words what a scene shows, in full or in part, and which facts the words claim."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from .kinds import KINDS
from .palette import COLOUR_WORDS
from .phrases import (
    CHART_PHRASES,
    CLEAR_DAY,
    CLEAR_NIGHT,
    CLOTHES,
    NUMBERS,
    PREFIXES,
    RELATIONS,
    SIZE_WORDS,
    SLIDE_PHRASES,
    TIME_PHRASES,
    TOGETHER,
    WEATHER_PHRASES,
)
from .scene import OPPOSITES, PLAIN, Group, Scene
from .settings import SETTINGS
from .slides import BACKGROUNDS, COUNTED, LAYOUTS, Slide

ARTICLE = re.compile(r"\ba(?= [aeiou])")  # an "a" that must become "an"


@dataclass(frozen=True)
class Caption:
    text: str
    facts: frozenset[str]  # what the text claims; true of every scene that has all of them


def scene_facts(scene: Scene) -> frozenset[str]:
    """Every fact that a caption may claim and that is true of `scene`."""
    if scene.slide:
        slide = scene.slide
        facts = {"slide", f"slide:{slide.layout}", f"slide:{slide.layout}:{slide.colour}",
                 f"slide background:{slide.background}", f"colour:{slide.colour}"}
        if slide.layout.endswith("chart"):
            facts.add("chart")
        if slide.layout in COUNTED:
            facts.add(f"slide count:{slide.count}")
        return frozenset(facts)
    facts = {f"setting:{scene.setting}"}
    if scene.setting == PLAIN:
        facts.add(f"backdrop:{scene.backdrop_colour}")
    else:
        facts.add(f"time:{scene.light.time}")
        if not SETTINGS[scene.setting].indoor:
            facts.add(f"weather:{scene.light.weather}")
    if not scene.groups:
        facts.add("empty")
    for group in scene.groups:
        facts |= group_facts(group, colour=True, count=True, size=True) | {f"colour:{group.colour}"}
    if scene.relation:
        first, second = scene.groups
        facts.add(f"{first.kind}:{scene.relation}:{second.kind}")
        facts.add(f"{second.kind}:{OPPOSITES[scene.relation]}:{first.kind}")
    return frozenset(facts)


def group_facts(group: Group, colour: bool, count: bool, size: bool) -> set[str]:
    facts = {f"kind:{group.kind}"}
    if colour:
        facts.add(f"{group.kind}:{group.colour}")
    if count:
        facts.add(f"{group.kind}:count {group.count}")
    if size and group.size != "medium":
        facts.add(f"{group.kind}:{group.size}")
    return facts


class Captioner:
    """Words for one scene, drawn from `randomness`."""

    def __init__(self, scene: Scene, randomness: random.Random):
        self.scene = scene
        self.randomness = randomness
        self.facts: set[str] = set()

    def chance(self, share: float) -> bool:
        return self.randomness.random() < share

    def pick(self, words: list[str]) -> str:
        # The first word is the commonest, as in speech.
        return words[0] if self.chance(0.35) else self.randomness.choice(words)

    def full(self) -> Caption:
        """Everything there is to say."""
        if self.scene.slide:
            return self.slide(everything=True)
        place, atmosphere = self.place(), self.atmosphere(True, True)
        if not self.scene.groups:
            self.facts.add("empty")
            return self.finish(self.pick(["an empty scene", "nothing", "no objects"]), place, atmosphere)
        return self.finish(self.subject(colours=True, counts=True, sizes=True, relation=True), place, atmosphere)

    def partial(self) -> Caption:
        """Some of it, as short queries do."""
        if self.scene.slide:
            return self.slide(everything=False)
        groups = list(self.scene.groups)
        say_subject = bool(groups) and self.chance(0.8)
        say_place = self.chance(0.45) or not say_subject
        atmosphere = ""
        if self.chance(0.3):
            both = self.chance(0.5)
            first = self.chance(0.5)
            atmosphere = self.atmosphere(both or first, both or not first)
        subject = ""
        if say_subject:
            if len(groups) == 2 and self.chance(0.45):
                colours = self.chance(0.6)
                subject = self.subject(colours, colours and self.chance(0.5), self.chance(0.2), self.chance(0.5))
            else:
                group = self.randomness.choice(groups)
                if self.chance(0.04):
                    self.facts.add(f"colour:{group.colour}")
                    subject = f"something {self.pick(COLOUR_WORDS[group.colour])}"
                else:
                    subject = self.noun(group, self.chance(0.65), self.chance(0.35), self.chance(0.2))
        return self.finish(subject, self.place(bare=not say_subject) if say_place else "", atmosphere)

    def finish(self, subject: str, place: str, atmosphere: str) -> Caption:
        if subject and self.chance(0.2):
            subject = f"{self.pick(PREFIXES)} {subject}"
        text = " ".join(part for part in (subject, place, atmosphere) if part)
        if atmosphere and self.chance(0.15):
            text = ", ".join((atmosphere, " ".join(part for part in (subject, place) if part))).rstrip(", ")
        elif subject and place and self.chance(0.08):
            text = f"{place} {subject} {atmosphere}".strip()
        return Caption(ARTICLE.sub("an", text), frozenset(self.facts))

    def subject(self, colours: bool, counts: bool, sizes: bool, relation: bool) -> str:
        groups = list(self.scene.groups)
        if len(groups) == 1:
            return self.noun(groups[0], colours, counts, sizes)
        towards = self.scene.relation
        if self.chance(0.5):
            groups.reverse()
            towards = OPPOSITES[towards]
        first, second = (self.noun(group, colours, counts, sizes) for group in groups)
        if not relation:
            return f"{first} {self.pick(TOGETHER)} {second}"
        self.facts.add(f"{groups[0].kind}:{towards}:{groups[1].kind}")
        return f"{first} {self.pick(RELATIONS[towards])} {second}"

    def noun(self, group: Group, colour: bool, count: bool, size: bool) -> str:
        self.facts |= group_facts(group, colour, count, size)
        singular, plural = self.randomness.choice(KINDS[group.kind].words[:1] * 2 + KINDS[group.kind].words)
        shade = self.pick(COLOUR_WORDS[group.colour]) if colour else ""
        clothed = group.kind in CLOTHES
        words = [self.pick(SIZE_WORDS[group.size]) if size else "",
                 "" if clothed else shade,
                 plural if group.count > 1 else singular]
        if clothed and colour:
            words.append(self.pick(CLOTHES[group.kind]).format(shade))
        phrase = " ".join(word for word in words if word)
        if count:
            number = self.pick(NUMBERS[group.count])
        elif group.count > 1 or self.chance(0.3):
            number = ""
        else:
            number = "a"
        return f"{number} {phrase}".strip()

    def place(self, bare: bool = False) -> str:
        """Where it is; `bare` names the place alone ("a beach") most of the time."""
        scene = self.scene
        self.facts.add(f"setting:{scene.setting}")
        if scene.setting == PLAIN:
            if self.chance(0.7):
                self.facts.add(f"backdrop:{scene.backdrop_colour}")
                colour = self.pick(COLOUR_WORDS[scene.backdrop_colour])
                return f"on a {colour} background"
            return self.pick(["on a plain background", "before a plain backdrop"])
        phrases = SETTINGS[scene.setting].phrases
        noun, preposition = phrases[0] if self.chance(0.3) else self.randomness.choice(phrases)
        if bare and self.chance(0.7):
            return noun.removeprefix("the ").removeprefix("a ") if self.chance(0.3) else noun
        if self.chance(0.15):
            preposition = "in front of"
        elif len(scene.groups) == 1 and KINDS[scene.groups[0].kind].place == "air" and self.chance(0.4):
            preposition = self.pick(["above", "over"])
        return f"{preposition} {noun}"

    def atmosphere(self, say_time: bool, say_weather: bool) -> str:
        scene = self.scene
        if scene.setting == PLAIN:
            return ""
        time, weather = scene.light.time, scene.light.weather
        if SETTINGS[scene.setting].indoor:
            self.facts.add(f"time:{time}")
            return self.pick(TIME_PHRASES[time])
        if say_time:
            self.facts.add(f"time:{time}")
        if say_weather:
            self.facts.add(f"weather:{weather}")
        if weather == "clear":
            if say_weather and time != "sunset":
                self.facts.add(f"time:{time}")
                return self.pick(CLEAR_DAY if time == "day" else CLEAR_NIGHT)
            self.facts.discard("weather:clear")
            self.facts.add(f"time:{time}")
            return self.pick(TIME_PHRASES[time])
        if not say_weather:
            return self.pick(TIME_PHRASES[time])
        if not say_time:
            return self.pick(WEATHER_PHRASES[weather])
        if self.chance(0.3):
            return f"on a {weather}y {'evening' if time == 'sunset' else time}"
        phrases = [self.pick(WEATHER_PHRASES[weather]), self.pick(TIME_PHRASES[time])]
        self.randomness.shuffle(phrases)
        return " ".join(phrases)

    def slide(self, everything: bool) -> Caption:
        slide = self.scene.slide
        self.facts |= {"slide", f"slide:{slide.layout}"}
        colour = everything or self.chance(0.4)
        count = slide.layout in COUNTED and (everything or self.chance(0.3))
        if not everything and self.chance(0.5):
            return self.short_slide(slide)
        text = self.pick(LAYOUTS[slide.layout])
        if colour:
            self.facts.add(f"slide:{slide.layout}:{slide.colour}")
        if count:
            self.facts.add(f"slide count:{slide.count}")
        text = text.replace("{colour}", self.pick(COLOUR_WORDS[slide.colour]) if colour else "")
        text = text.replace("{count}", self.pick(NUMBERS[slide.count]) if count else "")
        text = " ".join(text.replace(", mostly ,", ",").split()).removesuffix(", mostly")
        if everything or self.chance(0.25):
            self.facts.add(f"slide background:{slide.background}")
            text = f"{text} {self.pick(BACKGROUNDS[slide.background])}"
        return self.finish(text, "", "")

    def short_slide(self, slide: Slide) -> Caption:
        """The sort of slide alone, or only that it is a slide."""
        chart = slide.layout.endswith("chart")
        if chart and self.chance(0.5):
            self.facts = {"slide", "chart"}
            return self.finish(self.pick(CHART_PHRASES), "", "")
        if chart or self.chance(0.5):
            name = {"title": "a title slide", "bullets": "bullet points", "table": "a table of figures"}.get(
                slide.layout, f"a {slide.layout}")
            return self.finish(self.pick([name, f"{name} on a slide"]), "", "")
        self.facts = {"slide"}
        return self.finish(self.pick(SLIDE_PHRASES), "", "")


def full_caption(scene: Scene, randomness: random.Random) -> Caption:
    return Captioner(scene, randomness).full()


def partial_caption(scene: Scene, randomness: random.Random) -> Caption:
    return Captioner(scene, randomness).partial()
