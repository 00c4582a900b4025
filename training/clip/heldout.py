"""Fresh scenes that training never draws, and the measure taken on them."""

from __future__ import annotations

import random

import numpy
from torch import Tensor

from clip.dataset import SIDE
from scenes.captions import full_caption, scene_facts
from scenes.distort import distorted_square
from scenes.scene import Scene, random_scene

FIRST_SEED = 2_000_000_000  # training counts up from 0


def heldout_scenes(count: int) -> list[tuple[Scene, str]]:
    """`count` scenes with their full captions; no two say the same."""
    found: list[tuple[Scene, str]] = []
    known: set[frozenset[str]] = set()
    seed = FIRST_SEED
    while len(found) < count:
        scene = random_scene(seed)
        facts = scene_facts(scene)
        if facts not in known:
            known.add(facts)
            found.append((scene, full_caption(scene, random.Random(seed)).text))
        seed += 1
    return found


def heldout_pairs(count: int) -> tuple[numpy.ndarray, list[str]]:
    """Distorted pictures, count × 72 × 72 × 3 bytes, and their captions."""
    scenes = heldout_scenes(count)
    pictures = [numpy.asarray(distorted_square(scene, SIDE, random.Random(scene.seed))[0]) for scene, _ in scenes]
    return numpy.stack(pictures), [caption for _, caption in scenes]


def recall(texts: Tensor, pictures: Tensor, depth: int) -> float:
    """Share of texts whose own picture is among the `depth` nearest; both N × width, unit length."""
    best = (texts @ pictures.T).topk(depth, dim=1).indices  # N × depth
    return float(sum(row in best[row] for row in range(len(texts))) / len(texts))
