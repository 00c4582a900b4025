#!/usr/bin/env python3
"""Times `reel index` over ten thousand tiny pictures, the first time and again.

    python3 Benchmarks/ingest/pictures.py --work DIR [--count N] [--models FOLDER]

Makes an environment in DIR/venv (requirements.txt; once) and the pictures in DIR/pictures (once):
JPEGs of 64×48 to 160×120, no two alike, in a hundred folders. Models are our own CLIP and
all-MiniLM-L6-v2. Whole processes; the first run starts without a library.
"""

import argparse
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from key_frames import REEL, inside_environment

MODELS = Path(__file__).resolve().parents[2] / "models"


def make_pictures(folder, count):
    """Smooth coloured clouds with a few boxes: as a thumbnail would be, some kilobytes each."""
    if (folder / "made").exists():
        return
    import cv2
    import numpy

    state = numpy.random.default_rng(1)
    for number in range(count):
        width = int(state.integers(64, 161))
        height = width * 3 // 4
        picture = cv2.resize(state.integers(0, 256, (5, 6, 3), numpy.uint8), (width, height),
                             interpolation=cv2.INTER_CUBIC)
        for _ in range(3):
            x, y = (int(state.integers(0, end)) for end in (width, height))
            colour = tuple(int(value) for value in state.integers(0, 256, 3))
            cv2.rectangle(picture, (x, y), (x + width // 5, y + height // 4), colour, -1)
        place = folder / f"{number % 100:02}"
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{number:05}.jpg"), picture)
    (folder / "made").touch()


def run(name, folder, library, models):
    before, start = os.times(), time.perf_counter()
    process = subprocess.run(
        [REEL, "--models", models, "--index", library, "index", "--json", "-q", folder],
        capture_output=True, text=True)
    took, after = time.perf_counter() - start, os.times()
    if process.returncode not in (0, 3):
        raise SystemExit(f"reel: {process.stderr}")
    busy = (after.children_user + after.children_system
            - before.children_user - before.children_system)
    summary = {}
    for line in process.stdout.splitlines():
        event = json.loads(line)
        if event["event"] == "summary":
            summary = event
    steps = ", ".join(f"{step} {value:.0f}"
                      for step, value in summary["milliseconds_by_step"].items())
    print(f"{name}: {took:.1f} s (processors {busy:.1f} s), {summary['indexed']} indexed, "
          f"{summary['unchanged']} unchanged, {summary['known_content']} known, "
          f"{summary['failed']} failed; {steps} ms; load {os.getloadavg()[0]:.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--models", type=Path, default=MODELS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    options.work = options.work.resolve()
    inside_environment(options.work)
    folder, library = options.work / "pictures", options.work / "pictures-library"
    make_pictures(folder, options.count)
    shutil.rmtree(library, ignore_errors=True)
    run("first", folder, library, options.models)
    run("second", folder, library, options.models)


if __name__ == "__main__":
    main()
