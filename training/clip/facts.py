"""Numbers the facts of scenes, so that a batch can tell which caption is true of which picture."""

from __future__ import annotations

import zlib

from scenes.kinds import KINDS
from scenes.light import TIMES, WEATHERS
from scenes.palette import COLOURS
from scenes.scene import PLAIN, SIZES
from scenes.settings import SETTINGS
from scenes.slides import BACKGROUNDS, LAYOUTS

RELATION_BUCKETS = 4096  # relations of two kinds are too many to list; a rare collision hides one negative
NONE = 65535  # fills unused places in arrays of fact numbers


def listed_facts() -> list[str]:
    """The facts that training predicts one by one: all but the relations."""
    facts = [f"setting:{name}" for name in [*SETTINGS, PLAIN]]
    facts += [f"time:{time}" for time in TIMES] + [f"weather:{weather}" for weather in WEATHERS] + ["empty"]
    facts += [f"colour:{colour}" for colour in COLOURS] + [f"backdrop:{colour}" for colour in COLOURS]
    for kind in KINDS:
        facts.append(f"kind:{kind}")
        facts += [f"{kind}:{colour}" for colour in COLOURS]
        facts += [f"{kind}:count {count}" for count in (1, 2, 3)]
        facts += [f"{kind}:{size}" for size in SIZES if size != "medium"]
    facts += ["slide", "chart"] + [f"slide background:{background}" for background in BACKGROUNDS]
    facts += [f"slide count:{count}" for count in range(2, 7)]
    for layout in LAYOUTS:
        facts += [f"slide:{layout}"] + [f"slide:{layout}:{colour}" for colour in COLOURS]
    return facts


LISTED = {fact: number for number, fact in enumerate(listed_facts())}
FACT_COUNT = len(LISTED) + RELATION_BUCKETS


def fact_number(fact: str) -> int:
    number = LISTED.get(fact)
    if number is None:
        number = len(LISTED) + zlib.crc32(fact.encode()) % RELATION_BUCKETS
    return number


def fact_numbers(facts: frozenset[str], places: int) -> list[int]:
    """`facts` as sorted numbers, filled up to `places` with NONE."""
    numbers = sorted(fact_number(fact) for fact in facts)
    if len(numbers) > places:
        raise ValueError(f"{len(numbers)} facts do not fit into {places} places: {sorted(facts)}")
    return numbers + [NONE] * (places - len(numbers))
