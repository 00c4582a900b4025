"""Batches of stored scenes, with fresh small distortions at every visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch import Tensor

from clip.dataset import ARRAYS, FULL_CAPTIONS, PARTIAL_CAPTIONS
from clip.facts import FACT_COUNT, LISTED, NONE
from clip.model import normalised

MOST_SHIFT = 4  # pixels
NOISY_SHARE = 0.1  # of captions that get words the scenes never use


@dataclass
class Words:
    tokens: Tensor  # B × length
    truths: Tensor  # B captions × B scenes: whether the caption is true of the scene
    facts: Tensor  # B × listed facts, 0 or 1


@dataclass
class Batch:
    pixels: Tensor  # B × 3 × 72 × 72
    patches: Tensor  # B × 36 × 2, kind and colour
    facts: Tensor  # B × listed facts, 0 or 1
    full: Words
    partial: Words  # of the first half of the scenes only, to save time


class Batches:
    def __init__(self, folder: Path, batch_size: int, end_token: int, seed: int):
        self.arrays = {name: numpy.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        self.batch_size = batch_size
        self.end_token = end_token
        self.random = numpy.random.default_rng(seed)
        used = numpy.bincount(self.arrays["captions"][:20_000].ravel(), minlength=end_token + 1)
        self.unused_tokens = numpy.flatnonzero(used == 0)

    def __len__(self) -> int:
        return len(self.arrays["pictures"])

    def __iter__(self) -> Iterator[Batch]:
        """Batches without end; each round visits every scene once in a new order."""
        while True:
            order = self.random.permutation(len(self))
            for start in range(0, len(order) - self.batch_size + 1, self.batch_size):
                yield self.batch(order[start:start + self.batch_size])

    def batch(self, scenes: numpy.ndarray) -> Batch:
        # One column more than there are facts: always true, it answers the unused places.
        known = numpy.zeros((len(scenes), FACT_COUNT + 1), bool)
        places = self.arrays["scene_facts"][scenes].astype(numpy.int64)
        places[places == NONE] = FACT_COUNT
        known[numpy.arange(len(scenes))[:, None], places] = True
        known[:, FACT_COUNT] = True
        full = self.random.integers(0, FULL_CAPTIONS, len(scenes))
        half = len(scenes) // 2
        partial = self.random.integers(FULL_CAPTIONS, FULL_CAPTIONS + PARTIAL_CAPTIONS, half)
        return Batch(
            pixels=self.pixels(scenes),
            patches=torch.from_numpy(self.arrays["patches"][scenes].astype(numpy.int64)),
            facts=torch.from_numpy(known[:, :len(LISTED)].astype(numpy.float32)),
            full=self.words(scenes, full, known),
            partial=self.words(scenes[:half], partial, known[:half]))

    def fact_shares(self) -> Tensor:
        """How often each listed fact is true, 0…1, from the first scenes."""
        sample = self.arrays["scene_facts"][:20_000]
        counts = numpy.bincount(sample.ravel(), minlength=NONE + 1)[:len(LISTED)]
        return torch.from_numpy(counts / len(sample)).float()

    def pixels(self, scenes: numpy.ndarray) -> Tensor:
        pictures = self.arrays["pictures"][scenes].astype(numpy.float32)
        side = pictures.shape[1]
        padded = numpy.pad(pictures, ((0, 0), (MOST_SHIFT,) * 2, (MOST_SHIFT,) * 2, (0, 0)), mode="edge")
        down, across = self.random.integers(0, 2 * MOST_SHIFT + 1, (2, len(scenes)))
        # Half of the pictures stay where they are.
        still = self.random.random(len(scenes)) < 0.5
        down[still] = across[still] = MOST_SHIFT
        for index, (y, x) in enumerate(zip(down, across)):
            pictures[index] = padded[index, y:y + side, x:x + side]
        gain = self.random.uniform(0.9, 1.1, (len(scenes), 1, 1, 3)).astype(numpy.float32)
        offset = self.random.uniform(-10, 10, (len(scenes), 1, 1, 1)).astype(numpy.float32)
        return normalised(torch.from_numpy(numpy.clip(pictures * gain + offset, 0, 255)))

    def words(self, scenes: numpy.ndarray, choice: numpy.ndarray, known: numpy.ndarray) -> Words:
        tokens = self.arrays["captions"][scenes, choice].astype(numpy.int64)
        for row in numpy.flatnonzero(self.random.random(len(scenes)) < NOISY_SHARE):
            self.disturb(tokens[row])
        length = int((tokens != self.end_token).sum(1).max()) + 1
        places = self.arrays["caption_facts"][scenes, choice].astype(numpy.int64)
        places[places == NONE] = FACT_COUNT
        truths = known[:, places].all(2).T
        claimed = numpy.zeros((len(scenes), FACT_COUNT + 1), numpy.float32)
        claimed[numpy.arange(len(scenes))[:, None], places] = 1
        return Words(torch.from_numpy(tokens[:, :length]), torch.from_numpy(truths),
                     torch.from_numpy(claimed[:, :len(LISTED)]))

    def disturb(self, tokens: numpy.ndarray) -> None:
        """Inserts words of no meaning, so that unknown words of a query are passed over."""
        for _ in range(self.random.integers(1, 4)):
            end = int(numpy.argmax(tokens == self.end_token))
            if end + 2 > len(tokens):
                return
            place = self.random.integers(1, end + 1)
            tokens[place + 1:] = tokens[place:-1].copy()
            tokens[place] = self.random.choice(self.unused_tokens)
