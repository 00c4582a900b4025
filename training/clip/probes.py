"""Questions with a known answer: short queries, paraphrases and nonsense."""

from __future__ import annotations

from scenes.captions import scene_facts
from scenes.scene import draw_scene, random_scene

FIRST_SEED = 2_500_000_000  # neither training nor the held-out scenes reach it

SHORT_QUERIES: list[tuple[str, set[str]]] = [  # query, and the facts of a right answer
    ("red car", {"car:red"}),
    ("blue car", {"car:blue"}),
    ("a red automobile", {"car:red"}),
    ("beach", {"setting:beach"}),
    ("the seaside", {"setting:beach"}),
    ("a dog in the snow", {"kind:dog", "weather:snow"}),
    ("blue boat at night", {"boat:blue", "time:night"}),
    ("boat", {"kind:boat"}),
    ("bar chart slide", {"slide:bar chart"}),
    ("pie chart", {"slide:pie chart"}),
    ("two birds", {"bird:count 2"}),
    ("yellow bird", {"bird:yellow"}),
    ("kid in the park", {"kind:child", "setting:park"}),
    ("kid", {"kind:child"}),
    ("balloon", {"kind:balloon"}),
    ("snow at night", {"weather:snow", "time:night"}),
    ("sunset in the mountains", {"setting:mountains", "time:sunset"}),
    ("rainy street", {"setting:street", "weather:rain"}),
    ("kitchen", {"setting:kitchen"}),
    ("a guitar on a stage", {"kind:guitar", "setting:stage"}),
    ("three apples", {"apple:count 3"}),
    ("lighthouse", {"kind:lighthouse"}),
    ("green tractor", {"tractor:green"}),
    ("cat", {"kind:cat"}),
    ("kitten", {"kind:cat"}),
    ("show me a clip with a purple umbrella", {"umbrella:purple"}),
    ("where is the aeroplane", {"kind:plane"}),
    ("people talking about a robot", {"kind:robot"}),
]

PARAPHRASES: list[tuple[str, str, str]] = [  # text, same meaning, other meaning
    ("car", "automobile", "bus"),
    ("a red car", "a scarlet automobile", "a blue car"),
    ("beach", "seaside", "lake"),
    ("a child", "a kid", "a woman"),
    ("sofa", "couch", "chair"),
    ("lorry", "truck", "car"),
    ("in the woods", "in a forest", "in a garden"),
    ("a plane at sunset", "an aircraft at dusk", "a plane at night"),
    ("two yellow birds", "a pair of yellow birds", "two yellow fish"),
    ("bar chart", "bar graph", "pie chart"),
    ("a bird above a tree", "a tree below a bird", "a tree above a bird"),
    ("a dog to the left of a cat", "a cat to the right of a dog", "a cat to the left of a dog"),
    ("a red ball and a blue cup", "a blue cup and a red ball", "a blue ball and a red cup"),
]

NONSENSE = ["xqzt blorp", "constitutional amendment", "日本語", "1234567", ""]


class QuestionScenes:
    """Scenes to ask about, drawn as 16:9 frames: some at random, and ten with an answer to each short query."""

    def __init__(self, count: int):
        candidates = range(FIRST_SEED, FIRST_SEED + 40_000)
        known = {seed: scene_facts(random_scene(seed)) for seed in candidates}
        seeds = set(candidates[:count])
        for _, facts in SHORT_QUERIES:
            seeds |= set([seed for seed in candidates if facts <= known[seed]][:10])
        self.facts = [known[seed] for seed in sorted(seeds)]
        self.pictures = [draw_scene(random_scene(seed), 320, 180)[0] for seed in sorted(seeds)]

    def answering(self, facts: set[str]) -> set[int]:
        """Numbers of the scenes of which all `facts` are true."""
        return {number for number, known in enumerate(self.facts) if facts <= known}
