"""Draws the training scenes once and stores them as arrays for fast training.

    python -m clip.dataset --out data --scenes 80000
    python -m clip.dataset --out crowds --scenes 24000 --crowded

Writes into `--out`, N being the number of scenes:
    pictures.npy       N × 72 × 72 × 3, bytes
    patches.npy        N × 36 × 2, bytes: kind and colour that cover the middle of each patch, 0 for backdrop
    captions.npy       N × 6 × 48 token numbers: three full captions, then three short ones; of crowded
                       scenes all six name one object
    caption_facts.npy  N × 6 × 24 fact numbers that each caption claims
    scene_facts.npy    N × 24 fact numbers that are true of each scene
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
from pathlib import Path

import numpy
from tokenizers import Tokenizer

from clip.facts import fact_numbers
from clip.tokenizer import CONTEXT, END
from scenes.captions import Caption, full_caption, object_caption, partial_caption, scene_facts
from scenes.distort import distorted_square
from scenes.kinds import KINDS
from scenes.palette import COLOURS
from scenes.scene import DrawnObject, Scene, crowded_scene, random_scene

SIDE = 72  # pixels
PATCH = 12  # pixels
FULL_CAPTIONS = 3
SHORT_CAPTIONS = 3
FACT_PLACES = 24
PIECE = 1000  # scenes that one worker draws at a time

ARRAYS = {
    "pictures": ((SIDE, SIDE, 3), numpy.uint8),
    "patches": (((SIDE // PATCH) ** 2, 2), numpy.uint8),
    "captions": ((FULL_CAPTIONS + SHORT_CAPTIONS, CONTEXT), numpy.uint16),
    "caption_facts": ((FULL_CAPTIONS + SHORT_CAPTIONS, FACT_PLACES), numpy.uint16),
    "scene_facts": ((FACT_PLACES,), numpy.uint16),
}

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS, 1)}
COLOUR_NUMBERS = {colour: number for number, colour in enumerate(COLOURS, 1)}


def patch_labels(drawn: list[DrawnObject]) -> numpy.ndarray:
    """Kind and colour at the middle of each patch, patches × 2; later objects cover earlier ones."""
    across = SIDE // PATCH
    middles = (numpy.arange(across) + 0.5) / across
    labels = numpy.zeros((across, across, 2), numpy.uint8)
    for thing in drawn:
        left, top, right, bottom = thing.box
        rows = (middles >= top) & (middles <= bottom)
        columns = (middles >= left) & (middles <= right)
        labels[rows[:, None] & columns[None, :]] = KIND_NUMBERS[thing.kind], COLOUR_NUMBERS[thing.colour]
    return labels.reshape(-1, 2)


def captions(scene: Scene, crowded: bool, randomness: random.Random) -> list[Caption]:
    if crowded:
        return [object_caption(scene, randomness) for _ in range(FULL_CAPTIONS + SHORT_CAPTIONS)]
    return ([full_caption(scene, randomness) for _ in range(FULL_CAPTIONS)]
            + [partial_caption(scene, randomness) for _ in range(SHORT_CAPTIONS)])


class Piece:
    """Draws `PIECE` scenes, seeds from `start`."""

    def __init__(self, tokenizer_path: str, folder: Path, crowded: bool):
        self.tokenizer_path = tokenizer_path
        self.folder = folder
        self.crowded = crowded

    def __call__(self, start: int) -> int:
        tokenizer = Tokenizer.from_file(self.tokenizer_path)
        end = tokenizer.token_to_id(END)
        tokenizer.enable_truncation(CONTEXT)
        tokenizer.enable_padding(length=CONTEXT, pad_id=end, pad_token=END)
        arrays = {name: numpy.load(self.folder / f"{name}.npy", mmap_mode="r+") for name in ARRAYS}
        stop = min(start + PIECE, len(arrays["pictures"]))
        for number in range(start, stop):
            randomness = random.Random(number)
            scene = crowded_scene(number) if self.crowded else random_scene(number)
            picture, drawn = distorted_square(scene, SIDE, randomness)
            said = captions(scene, self.crowded, randomness)
            arrays["pictures"][number] = numpy.asarray(picture)
            arrays["patches"][number] = patch_labels(drawn)
            arrays["captions"][number] = [encoding.ids for encoding in
                                          tokenizer.encode_batch([caption.text for caption in said])]
            arrays["caption_facts"][number] = [fact_numbers(caption.facts, FACT_PLACES) for caption in said]
            arrays["scene_facts"][number] = fact_numbers(scene_facts(scene), FACT_PLACES)
        return stop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the arrays")
    parser.add_argument("--scenes", type=int, default=80_000)
    parser.add_argument("--crowded", action="store_true", help="draw four objects into every scene")
    parser.add_argument("--tokenizer", default="../models/reel-clip-tiny/tokenizer.json")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, (shape, kind) in ARRAYS.items():
        numpy.lib.format.open_memmap(arguments.out / f"{name}.npy", "w+", kind, (arguments.scenes, *shape)).flush()
    piece = Piece(arguments.tokenizer, arguments.out, arguments.crowded)
    with multiprocessing.Pool(arguments.workers) as pool:
        starts = range(0, arguments.scenes, PIECE)
        for done, _ in enumerate(pool.imap_unordered(piece, starts), 1):
            if done % 20 == 0:
                print(f"{min(done * PIECE, arguments.scenes)} scenes drawn", flush=True)


if __name__ == "__main__":
    main()
