"""Finds out which tags a CLIP can tell on drawn scenes, and from which score on.

    python -m tags.calibrate --reel ../.build/release/reel --model ../models/reel-clip-tiny

Draws 1 400 scenes that training never saw, lets reel embed them and the vocabulary in prompts/, and writes tags.json
into the model's folder from the first half: for each tag the least score at which 93 of a hundred pictures above it are
right, and the plane in which the vectors of such pictures lie, so that other pictures get no tags. The second half
tells precision and recall. --frames FOLDER also tells which tags its pictures (jpg, png) get. --golden FILE writes
some vectors and their tags for the tests.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy

from scenes.captions import scene_facts
from scenes.scene import draw_scene, random_scene

FIRST_SEED = 3_000_000_000  # training counts up from 0, its evaluation from 2 000 000 000
HALF = 700
AXES = 50
KEPT = 0.95  # share of drawn scenes that count as of the known sort
PRECISION = 0.93
FEWEST = 6  # pictures with a tag in the first half
MOST_TAGS = 5  # a picture


def entries(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def vocabulary(folder: Path) -> tuple[list[str], list[list[str]], list[str]]:
    """Tags, each one's texts, and the background's texts."""
    templates = entries(folder / "tag-templates.txt")
    names, texts = [], []
    for line in entries(folder / "tags.txt"):
        name, _, phrases = (part.strip() for part in line.partition(":"))
        article = "an " if name[0] in "aeiou" else "a "
        said = [phrase.strip() for phrase in phrases.split(",") if phrase.strip()] or [article + name]
        names.append(name)
        texts.append([template.replace("{}", phrase) for phrase in said for template in templates])
    return names, texts, entries(folder / "tag-background.txt")


class Reel:
    def __init__(self, program: str, model: str):
        self.command = [program, "embed", "--model", model]

    def texts(self, texts: list[str]) -> numpy.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            out = folder + "/texts.npy"
            subprocess.run([*self.command, "-o", out, "-"], input="\n".join(texts).encode(), check=True)
            return numpy.load(out)

    def pictures(self, paths: list[Path]) -> numpy.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            out = folder + "/pictures.npy"
            subprocess.run([*self.command, "-o", out, "--image", *map(str, paths)], check=True)
            return numpy.load(out)


def logit_scale(weights: Path) -> float:
    """The factor of cosines in the model's softmax, from a safetensors file."""
    with weights.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(length))["logit_scale"]
        file.seek(8 + length + entry["data_offsets"][0])
        kind = {"F16": "<f2", "F32": "<f4"}[entry["dtype"]]
        return float(numpy.exp(numpy.frombuffer(file.read(4), kind, count=1)[0].astype(float)))


def unit(rows: numpy.ndarray) -> numpy.ndarray:
    return rows / numpy.linalg.norm(rows, axis=-1, keepdims=True)


def is_true(tag: str, facts: set[str]) -> bool:
    name = tag.replace(" ", "_")
    return tag in facts or not facts.isdisjoint(
        {f"kind:{tag}", f"setting:{name}", f"weather:{tag}", f"time:{tag}",
         *({"setting:station"} if tag == "railway station" else ())})


class Tagger:
    """The reference for Sources/Embedders/ZeroShotTagger.swift."""

    def __init__(self, names: list[str], tags: numpy.ndarray, background: numpy.ndarray, scale: float):
        self.names, self.tags, self.background, self.scale = names, tags, background, scale

    def scores(self, vectors: numpy.ndarray) -> numpy.ndarray:
        return vectors @ self.tags.T - (vectors @ self.background.T).mean(axis=1, keepdims=True)

    def distances(self, vectors: numpy.ndarray) -> numpy.ndarray:
        centred = vectors - self.mean
        return (centred ** 2).sum(axis=1) - ((centred @ self.axes.T) ** 2).sum(axis=1)

    def calibrate(self, vectors: numpy.ndarray, truth: numpy.ndarray) -> None:
        self.mean = vectors.mean(axis=0).round(4)
        centred = vectors - self.mean
        _, _, directions = numpy.linalg.svd(centred, full_matrices=False)
        self.axes = directions[:AXES].round(4)
        self.limit = round(float(numpy.quantile(self.distances(vectors), KEPT)), 5)
        scores = self.scores(vectors)
        self.thresholds: dict[str, float] = {}
        for number, name in enumerate(self.names):
            right = truth[:, number]
            if right.sum() < FEWEST:
                continue
            order = numpy.argsort(-scores[:, number])
            precision = right[order].cumsum() / numpy.arange(1, len(right) + 1)
            enough = [place for place in range(3, len(right) - 1) if precision[place] >= PRECISION]
            if enough:
                last = max(enough)
                between = scores[order[last], number] + scores[order[last + 1], number]
                self.thresholds[name] = round(float(between) / 2, 5)

    def given(self, vectors: numpy.ndarray) -> list[list[tuple[str, float]]]:
        scores, known = self.scores(vectors), self.distances(vectors) <= self.limit
        found = []
        for row, is_known in zip(scores, known):
            tags = [(name, 1 / (1 + numpy.exp(-self.scale * (score - self.thresholds[name]))))
                    for name, score in zip(self.names, row) if score > self.thresholds.get(name, numpy.inf)]
            tags.sort(key=lambda tag: -tag[1])
            found.append(tags[:MOST_TAGS] if is_known else [])
        return found


def draw(folder: Path) -> tuple[list[Path], list[set[str]]]:
    paths, facts = [], []
    for number in range(2 * HALF):
        scene = random_scene(FIRST_SEED + number)
        path = folder / f"{number:04}.jpg"
        if not path.exists():
            draw_scene(scene, 320, 180)[0].save(path, quality=85)
        paths.append(path)
        facts.append(set(scene_facts(scene)))
    return paths, facts


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reel", default=str(root / ".build/release/reel"))
    parser.add_argument("--model", default=str(root / "models/reel-clip-tiny"))
    parser.add_argument("--prompts", type=Path, default=root / "prompts")
    parser.add_argument("--frames", type=Path, action="append", default=[])
    parser.add_argument("--golden", type=Path)
    parser.add_argument("--work", type=Path, help="keep pictures and vectors here")
    options = parser.parse_args()
    reel = Reel(options.reel, options.model)
    names, texts, background = vocabulary(options.prompts)
    embedded = reel.texts([text for group in texts for text in group] + background)
    tags, start = [], 0
    for group in texts:
        tags.append(unit(embedded[start:start + len(group)].mean(axis=0)))
        start += len(group)
    tagger = Tagger(names, numpy.stack(tags), embedded[start:], logit_scale(Path(options.model, "model.safetensors")))

    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        paths, facts = draw(work)
        cached = work / "vectors.npy"
        vectors = numpy.load(cached) if cached.exists() else reel.pictures(paths)
        numpy.save(cached, vectors)
    truth = numpy.array([[is_true(name, scene) for name in names] for scene in facts])
    tagger.calibrate(vectors[:HALF], truth[:HALF])
    Path(options.model, "tags.json").write_text(json.dumps({
        "made_by": "training/tags/calibrate.py", "thresholds": tagger.thresholds, "mean": tagger.mean.tolist(),
        "axes": tagger.axes.tolist(), "greatest_distance": tagger.limit}) + "\n")

    given = tagger.given(vectors[HALF:])
    right = sum(truth[HALF + row, names.index(name)] for row, tags in enumerate(given) for name, _ in tags)
    total = sum(map(len, given))
    known = [names.index(name) for name in tagger.thresholds]
    print(f"{len(tagger.thresholds)} of {len(names)} tags can be told")
    print(f"{HALF} other scenes: precision {right / total:.3f} ({right} of {total}), recall of those tags "
          f"{right / truth[HALF:, known].sum():.3f}, of all {right / truth[HALF:].sum():.3f}")
    for folder in options.frames:
        pictures = sorted(path for path in folder.iterdir() if path.suffix in {".jpg", ".png"})
        found = tagger.given(reel.pictures(pictures))
        print(f"{folder}: {sum(map(bool, found))} of {len(found)} pictures get tags")
        for path, tags in zip(pictures, found):
            if tags:
                print("  ", path.name, ", ".join(f"{name} {sure:.2f}" for name, sure in tags))
    if options.golden:
        few = vectors[HALF:HALF + 24].round(6)
        noise = unit(numpy.random.default_rng(1).normal(size=(4, few.shape[1]))).round(6)
        rows = numpy.concatenate([few, noise])
        options.golden.write_text(json.dumps({
            "vectors": rows.tolist(),
            "tags": [{name: round(float(sure), 4) for name, sure in tags} for tags in tagger.given(rows)]}) + "\n")


if __name__ == "__main__":
    main()
