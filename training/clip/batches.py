"""Batches of stored scenes, with fresh small distortions at every visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch
from torch import Tensor

from clip.dataset import ARRAYS, FULL_CAPTIONS, SHORT_CAPTIONS
from clip.facts import FACT_COUNT, LISTED, NONE
from clip.model import normalised

MOST_SHIFT = 4  # pixels
CROWDED_SHARE = 0.5  # of a batch
NOISY_SHARE = 0.1  # of captions that get words the scenes never use


@dataclass
class Words:
    tokens: Tensor  # texts × length
    truths: Tensor  # texts × B scenes: whether the text is true of the scene
    facts: Tensor  # texts × listed facts, 0 or 1


@dataclass
class Batch:
    pixels: Tensor  # B × 3 × 72 × 72
    patches: Tensor  # B × 36 × 2, kind and colour
    facts: Tensor  # B × listed facts, 0 or 1
    full: Words  # of the ordinary scenes only
    short: Words  # of all scenes


class Batches:
    """Ordinary scenes fill the first part of every batch, crowded ones the rest."""

    def __init__(self, ordinary: Path, crowded: Path, batch_size: int, end_token: int, seed: int):
        self.sources = [{name: numpy.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
                        for folder in (ordinary, crowded)]
        crowded_size = round(batch_size * CROWDED_SHARE)
        self.sizes = [batch_size - crowded_size, crowded_size]
        self.end_token = end_token
        self.random = numpy.random.default_rng(seed)
        used = numpy.bincount(self.sources[0]["captions"][:20_000].ravel(), minlength=end_token + 1)
        self.unused_tokens = numpy.flatnonzero(used == 0)

    def __len__(self) -> int:
        return sum(len(source["pictures"]) for source in self.sources)

    def __iter__(self) -> Iterator[Batch]:
        """Batches without end."""
        picks = [self.picks(len(source["pictures"]), size) for source, size in zip(self.sources, self.sizes)]
        for scenes in zip(*picks):
            yield self.batch(scenes)

    def picks(self, count: int, size: int) -> Iterator[numpy.ndarray]:
        """`size` numbers below `count` at a time; each round visits every number once in a new order."""
        while True:
            order = self.random.permutation(count)
            for start in range(0, count - size + 1, size):
                yield order[start:start + size]

    def batch(self, scenes: tuple[numpy.ndarray, numpy.ndarray]) -> Batch:
        """`scenes` are the numbers of ordinary and of crowded ones."""
        rows = {name: numpy.concatenate([source[name][numbers] for source, numbers in zip(self.sources, scenes)])
                for name in ARRAYS}
        count = len(rows["pictures"])
        for name in ("scene_facts", "caption_facts"):
            rows[name] = rows[name].astype(numpy.int64)
            rows[name][rows[name] == NONE] = FACT_COUNT
        # One column more than there are facts: always true, it answers the unused places.
        known = numpy.zeros((count, FACT_COUNT + 1), bool)
        known[numpy.arange(count)[:, None], rows["scene_facts"]] = True
        known[:, FACT_COUNT] = True
        full = self.random.integers(0, FULL_CAPTIONS, len(scenes[0]))
        short = self.random.integers(FULL_CAPTIONS, FULL_CAPTIONS + SHORT_CAPTIONS, count)
        return Batch(
            pixels=self.pixels(rows["pictures"]),
            patches=torch.from_numpy(rows["patches"].astype(numpy.int64)),
            facts=torch.from_numpy(known[:, :len(LISTED)].astype(numpy.float32)),
            full=self.words(rows, full, known),
            short=self.words(rows, short, known))

    def fact_shares(self) -> Tensor:
        """How often each listed fact is true, 0…1, from the first scenes."""
        shares = numpy.zeros(len(LISTED))
        for source, size in zip(self.sources, self.sizes):
            sample = source["scene_facts"][:20_000]
            counts = numpy.bincount(sample.ravel(), minlength=NONE + 1)[:len(LISTED)]
            shares += counts / len(sample) * size / sum(self.sizes)
        return torch.from_numpy(shares).float()

    def pixels(self, pictures: numpy.ndarray) -> Tensor:
        pictures = pictures.astype(numpy.float32)
        side = pictures.shape[1]
        padded = numpy.pad(pictures, ((0, 0), (MOST_SHIFT,) * 2, (MOST_SHIFT,) * 2, (0, 0)), mode="edge")
        down, across = self.random.integers(0, 2 * MOST_SHIFT + 1, (2, len(pictures)))
        # Half of the pictures stay where they are.
        still = self.random.random(len(pictures)) < 0.5
        down[still] = across[still] = MOST_SHIFT
        for index, (y, x) in enumerate(zip(down, across)):
            pictures[index] = padded[index, y:y + side, x:x + side]
        gain = self.random.uniform(0.9, 1.1, (len(pictures), 1, 1, 3)).astype(numpy.float32)
        offset = self.random.uniform(-10, 10, (len(pictures), 1, 1, 1)).astype(numpy.float32)
        return normalised(torch.from_numpy(numpy.clip(pictures * gain + offset, 0, 255)))

    def words(self, rows: dict[str, numpy.ndarray], choice: numpy.ndarray, known: numpy.ndarray) -> Words:
        """The chosen caption of each of the first `len(choice)` scenes, judged against all scenes of the batch."""
        first = numpy.arange(len(choice))
        tokens = rows["captions"][first, choice].astype(numpy.int64)
        for row in numpy.flatnonzero(self.random.random(len(choice)) < NOISY_SHARE):
            self.disturb(tokens[row])
        length = int((tokens != self.end_token).sum(1).max()) + 1
        places = rows["caption_facts"][first, choice]
        truths = known[:, places].all(2).T
        claimed = numpy.zeros((len(choice), FACT_COUNT + 1), numpy.float32)
        claimed[first[:, None], places] = 1
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
