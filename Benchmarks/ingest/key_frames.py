#!/usr/bin/env python3
"""Races `reel frames` against PySceneDetect and a plain OpenCV loop, and counts what is found.

    python3 Benchmarks/ingest/key_frames.py --work DIR [--rounds N] [--folder FILES]

Makes an environment in DIR/venv (requirements.txt; once) and films in DIR (films.py; once): 5 minutes
of 854×480 and 2 minutes of 1080p H.264 for speed, and six films of 170 s by six encoders whose
transitions and traps are known. With --folder, the videos of a folder are raced as well. Build reel
first: swift build -c release --product reel (or name it in $REEL).

Speed: whole processes, by turns; the best of N rounds counts, in seconds by the clock and of both
processors (on a busy machine only the latter means something). PySceneDetect runs detect-content as
its command line does (its own downscaling); the loop is decode, shrink to 160×90 grey, absdiff, each
with OpenCV's own threads, which were their fastest settings here.

Found: a transition counts as found when a shot begins in its span widened by 0.3 s on both sides;
each transition and each shot count once. Flashes, strobes, dropped frames, whip pans and changes of
light are no transitions.
"""

import argparse
import json
import os
import subprocess
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REEL = Path(os.environ.get("REEL", HERE.parents[1] / ".build/release/reel")).resolve()
TOLERANCE = 0.3  # seconds
# Not the seeds that the rule's thresholds were chosen on (1 to 6).
EVENTS = dict(zip(range(11, 17), ["x264", "x264-fixed", "x264-long", "x264-medium",
                                  "x264-bitrate", "mpeg4"]))

PYSCENEDETECT = """
import sys
from scenedetect import detect, ContentDetector
print(len(detect(sys.argv[1], ContentDetector())))
"""
PLAIN_LOOP = """
import sys, cv2
video, last, cuts = cv2.VideoCapture(sys.argv[1]), None, 0
while True:
    good, frame = video.read()
    if not good: break
    frame = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (160, 90))
    if last is not None: cuts += cv2.absdiff(frame, last).mean() > 12
    last = frame
print(cuts)
"""


def inside_environment(work):
    if os.environ.get("REEL_RACE") == "1":
        return
    python = work / "venv/bin/python"
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "-r", HERE / "requirements.txt"],
                       check=True)
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    os.execve(python, [str(python), *os.sys.argv], dict(environment, REEL_RACE="1"))


def make_films(work):
    import films

    def film(name, *arguments):
        path = work / name
        if not Path(f"{path}.json").exists():
            print("making", name, flush=True)
            films.make_film(path, *arguments)
        return path

    speed = [film("480p.mp4", 101, 854, 480, 24, 300, "x264-medium", (3, 9), 0.2),
             film("1080p.mp4", 102, 1920, 1080, 24, 120, "x264", (3, 9), 0.2)]
    events = [film(f"events-{seed}.mp4", seed, 640, 360, 25, 170, encoder)
              for seed, encoder in EVENTS.items()]
    return speed, events


def run_timed(command):
    """Seconds by the clock, seconds of processors, and what was printed."""
    before, start = os.times(), time.perf_counter()
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    took, after = time.perf_counter() - start, os.times()
    if run.returncode not in (0, 3):
        raise SystemExit(f"{command[0]}: {run.stderr}")
    busy = (after.children_user + after.children_system
            - before.children_user - before.children_system)
    return took, busy, run


def race(videos, rounds):
    python = os.sys.executable
    racers = {
        "reel fast": lambda video: [REEL, "frames", video],
        "reel thorough": lambda video: [REEL, "frames", "--frames", "thorough", video],
        "PySceneDetect": lambda video: [python, "-c", PYSCENEDETECT, video],
        "OpenCV loop": lambda video: [python, "-c", PLAIN_LOOP, video],
    }
    for video in videos:
        best = {name: (float("inf"), float("inf")) for name in racers}
        decoded = ""
        for _ in range(rounds):
            for name, command in racers.items():
                took, busy, run = run_timed(command(video))
                best[name] = (min(best[name][0], took), min(best[name][1], busy))
                if name == "reel fast":
                    decoded = run.stderr.strip().splitlines()[0] if run.stderr else ""
        print(f"{video.name}: {decoded}")
        peer = best["PySceneDetect"]
        for name, (took, busy) in best.items():
            print(f"  {name:14} {took:6.2f} s ({peer[0] / took:4.1f} ×)   processors {busy:6.2f} s "
                  f"({peer[1] / busy:4.1f} ×)", flush=True)


def score(events):
    from films import TRANSITIONS

    for method in ("thorough", "fast"):
        wanted = found = said = right = 0
        missed, false = {}, 0
        for video in events:
            known = json.loads(Path(f"{video}.json").read_text())["events"]
            _, _, run = run_timed([REEL, "frames", "--shots", "--frames", method, video])
            starts = [shot["shot_start_seconds"] for shot in map(json.loads, run.stdout.splitlines())
                      if shot["transition"] != "start"]
            used = set()
            for event in known:
                if event["kind"] not in TRANSITIONS:
                    continue
                wanted += 1
                near = [i for i, start in enumerate(starts) if i not in used
                        and event["start"] - TOLERANCE <= start <= event["end"] + TOLERANCE]
                if near:
                    middle = (event["start"] + event["end"]) / 2
                    used.add(min(near, key=lambda i: abs(starts[i] - middle)))
                else:
                    missed[event["kind"]] = missed.get(event["kind"], 0) + 1
            said += len(starts)
            right += len(used)
            false += len(starts) - len(used)
        print(f"{method}: recall {right / wanted:.3f}, precision {right / max(1, said):.3f} "
              f"({wanted} transitions, missed {missed}, false {false})", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["speed", "found"])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    inside_environment(options.work)
    speed, events = make_films(options.work)
    if options.folder:
        speed += sorted(path for path in options.folder.iterdir()
                        if path.suffix in (".mp4", ".mkv", ".webm", ".mov", ".avi", ".ts"))
    if options.only != "speed":
        score(events)
    if options.only != "found":
        race(speed, options.rounds)


if __name__ == "__main__":
    main()
