#!/usr/bin/env python3
"""Races a whole `reel index` against the method written in Python, and takes reel's memory.

    python3 Benchmarks/ingest/whole.py --work DIR [--rounds N] [--folder FILES] [--only race|memory]

Makes an environment in DIR/venv (requirements.txt; once), 5 minutes of 854×480 H.264 with a shot
every 5 s (films.py; once) and subtitles beside it, and a CLIP ViT-B/32 of random weights. Both sides
use it and all-MiniLM-L6-v2; nobody recognises speech or text in pictures. With --folder, the videos
of a folder are raced as well. Build reel first: swift build -c release --product reel (or name it in
$REEL).

Python's side is what one would write with care: OpenCV decodes and differences 160×90 grey planes,
the N frames of the largest differences are key frames, N being how many reel found, so that both
embed as many pictures; pictures are resized by OpenCV as they come; transformers embeds 8 or 16 at a
time, whichever is faster here, or ONNX Runtime does; a mean-pooled MiniLM embeds as many passages as
reel has; faiss holds the vectors, Whoosh the passages; thumbnails are JPEG. Two threads each, and
each at fp32, which is what these libraries do with such a model unasked. Imports and the opening of
models are not counted. Of reel the whole process is counted, from its start to its end, and with a
new library every time, so that it opens its models in that time. "reel at first" has an empty cache
and embeds its vocabulary of tags and the queries of its calibration as well; "reel" finds them there,
as every run does but a person's first; "without tags" is reel where it finds no vocabulary, which is
what Python's side does.

By turns; the best of N rounds counts, by the clock and in seconds of processors (on a busy machine
only the latter means something).
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from key_frames import REEL, inside_environment

MODELS = Path(os.environ.get("REEL_MODELS", Path(__file__).resolve().parents[2] / "models"))
PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
VIDEOS = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".ts")
CARRIED = ("vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json",
           "special_tokens_map.json")


def make_clip(folder):
    """OpenAI's ViT-B/32 with random weights and the tokenizer of our own CLIP."""
    if (folder / "preprocessor_config.json").exists():
        return
    import torch
    from transformers import CLIPConfig, CLIPModel

    own = MODELS / "reel-clip-tiny"
    text = json.loads((own / "config.json").read_text())["text_config"]
    torch.manual_seed(0)
    names = ("vocab_size", "bos_token_id", "eos_token_id", "pad_token_id")
    config = CLIPConfig(text_config={name: text[name] for name in names})
    CLIPModel(config).eval().save_pretrained(folder)
    for name in CARRIED:
        shutil.copy(own / name, folder / name)
    preprocessor = json.loads((own / "preprocessor_config.json").read_text())
    preprocessor["size"] = {"shortest_edge": 224}
    preprocessor["crop_size"] = {"height": 224, "width": 224}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))


def make_subtitles(path, seconds):
    """Twelve common words every four seconds."""
    draw = random.Random(7)
    words = [word for word in (MODELS / "all-MiniLM-L6-v2/vocab.txt").read_text().splitlines()
             if word.isalpha() and word.isascii() and len(word) > 2][:3000]

    def clock(second):
        return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02},000"

    path.write_text("".join(
        f"{index + 1}\n{clock(second)} --> {clock(second + 4)}\n"
        f"{' '.join(draw.choices(words, k=12))}\n\n"
        for index, second in enumerate(range(0, int(seconds) - 3, 4))))


def make_film(work):
    film = work / "whole/film.mp4"
    film.parent.mkdir(exist_ok=True)
    if not film.with_suffix(".srt").exists():
        import films

        print("making", film.name, flush=True)
        films.make_film(film, 201, 854, 480, 24, 300, "x264-medium", (3, 7), 0.2)
        Path(f"{film}.json").unlink()
        make_subtitles(film.with_suffix(".srt"), seconds_of(film))
    return film


def seconds_of(video):
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", video],
        check=True, capture_output=True, text=True)
    return float(found.stdout)


def passages_of(video):
    """The texts beside a video."""
    path = video.with_suffix(".srt")
    if not path.exists():
        return []
    blocks = path.read_text(errors="replace").replace("\r", "").split("\n\n")
    return [" ".join(block.split("\n")[2:]) for block in blocks if block.count("\n") > 1]


def joined(texts, count):
    """The texts in `count` passages at most, as even as may be."""
    places = [len(texts) * i // max(1, count) for i in range(count + 1)]
    return [" ".join(texts[a:b]) for a, b in zip(places, places[1:]) if a < b]


class Memory:
    """The most megabytes that a process and its children held, looked at fifty times a second.

    `most` adds the peaks (VmHWM) of processes alive at the same time: never less than the truth, and
    with the pages of mapped files, which the system can take back. `unshared` is the greatest sum
    of what each held for itself (RssAnon) at one look.
    """

    def __init__(self, process):
        self.process = process
        self.most = 0
        self.of_children = 0
        self.unshared = 0
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    @staticmethod
    def look(number):
        """The peak of all, and what is unshared now."""
        found = {}
        try:
            for line in Path(f"/proc/{number}/status").read_text().splitlines():
                if line.startswith(("VmHWM", "RssAnon")):
                    found[line.split(":")[0]] = int(line.split()[1]) / 1024
        except OSError:
            pass
        return found.get("VmHWM", 0), found.get("RssAnon", 0)

    def watch(self):
        while self.process.poll() is None:
            children = set()
            for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
                try:
                    children |= set(task.read_text().split())
                except OSError:
                    pass
            of_children = [self.look(child) for child in children]
            peak, unshared = self.look(self.process.pid)
            self.of_children = max(self.of_children, sum(held for held, _ in of_children))
            self.most = max(self.most, peak + sum(held for held, _ in of_children))
            self.unshared = max(self.unshared, unshared + sum(now for _, now in of_children))
            time.sleep(0.02)


def run_reel(path, library, clip, *options, tags=True, cache=None):
    """Seconds by the clock, of processors, reel's events, and its memory in MB."""
    shutil.rmtree(library, ignore_errors=True)
    with tempfile.TemporaryDirectory() as nothing:
        environment = dict(os.environ, REEL_PROMPTS=str(PROMPTS if tags else nothing),
                           REEL_CACHE=str(cache or ""))
        if clip:
            environment["REEL_FRAMES_MODEL"] = str(clip)
        before, start = os.times(), time.perf_counter()
        process = subprocess.Popen(
            [REEL, "--models", MODELS, "--index", library, "index", "--json", "-q",
             "--screen-text", "off", *options, path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        memory = Memory(process)
        output, errors = process.communicate()
        took, after = time.perf_counter() - start, os.times()
        memory.thread.join()
    if process.returncode not in (0, 3):
        raise SystemExit(f"reel: {errors}")
    busy = (after.children_user + after.children_system
            - before.children_user - before.children_system)
    return took, busy, [json.loads(line) for line in output.splitlines()], memory


def lesser(best, new):
    return {name: tuple(map(min, best.get(name, value), value)) for name, value in new.items()}


def race(videos, rounds, work, clip):
    from reference import Reference

    meaning = MODELS / "all-MiniLM-L6-v2"
    references = {
        "transformers": Reference(clip, meaning),
        "onnxruntime": Reference(clip, meaning, work / "vision.onnx"),
    }
    print("pictures at a time:",
          ", ".join(f"{name} {reference.batch}" for name, reference in references.items()))
    for video in videos:
        seconds = seconds_of(video)
        passages = passages_of(video)
        best = {}
        with tempfile.TemporaryDirectory(dir=work) as temporary:
            folder = Path(temporary)
            alone = folder / "media"
            alone.mkdir()
            for path in video.parent.glob(f"{video.stem}.*"):
                os.link(path, alone / path.name) if path.stat().st_dev == folder.stat().st_dev \
                    else shutil.copy(path, alone / path.name)
            for _ in range(rounds):
                for name, tags in (
                        ("reel at first", True), ("reel", True), ("reel without tags", False)):
                    cache = folder / "cache"
                    if name == "reel at first":
                        shutil.rmtree(cache, ignore_errors=True)
                    took, busy, events, memory = run_reel(
                        alone, folder / "library", clip, "--transcribe", "off", tags=tags,
                        cache=cache)
                    files = [event for event in events if event["event"] == "file"]
                    frames = sum(event.get("key_frames", 0) for event in files)
                    count = sum(event.get("passages", 0) for event in files)
                    summary = next(event for event in events if event["event"] == "summary")
                    steps = {step: (value / 1000,) for step, value
                             in summary["milliseconds_by_step"].items()}
                    steps["all"] = (took, busy)
                    steps["memory"] = (memory.most, memory.unshared)
                    best[name] = lesser(best.get(name, {}), steps)
                texts = joined(passages, count)
                for name, reference in references.items():
                    with tempfile.TemporaryDirectory(dir=work) as out:
                        steps = reference.index(video, frames, texts, Path(out))
                    best[name] = lesser(best.get(name, {}), steps)
        print(f"{video.name}: {seconds:.0f} s, {frames} key frames, {count} passages of reel and "
              f"{len(texts)} of Python; load {os.getloadavg()[0]:.1f}")
        ours = best["reel"]["all"]
        for name, steps in best.items():
            took, busy = steps["all"]
            print(f"  {name:18} {took:6.2f} s ({seconds / took:4.0f} × real time, reel is "
                  f"{took / ours[0]:4.1f} ×)   processors {busy:6.2f} s ({busy / ours[1]:4.1f} ×)")
            parts = [f"{step} {value[0] * 1000:.0f}" for step, value in steps.items()
                     if step not in ("all", "memory") and value[0] > 0.001]
            print(f"  {'':18} {', '.join(parts)} ms"
                  + ("; {:.0f} MB, {:.0f} of them unshared".format(*steps["memory"]) if "memory" in steps else ""), flush=True)


def memory(film, work, clip, hours, kinds):
    """A long film without sound (silent), or with sound that nobody speaks in (sound)."""
    sound = ["-f", "lavfi", "-i",
             "sine=f=440:r=16000,volume=0.3[a];anoisesrc=r=16000:a=0.05:c=pink[b];"
             "[a][b]amix=inputs=2", "-c:a", "aac", "-b:a", "48k", "-shortest"]
    for kind in kinds:
        with tempfile.TemporaryDirectory(dir=work) as temporary:
            folder = Path(temporary)
            (folder / "media").mkdir()
            repeats = max(0, round(hours * 3600 / seconds_of(film)) - 1)
            subprocess.run(
                ["ffmpeg", "-v", "error", "-stream_loop", str(repeats), "-i", film,
                 *(sound if kind == "sound" else []), "-c:v", "copy", folder / "media/long.mp4"],
                check=True)
            took, busy, events, peak = run_reel(
                folder / "media", folder / "library", clip, "--transcribe",
                "auto" if kind == "sound" else "off")
        frames = next(event for event in events if event["event"] == "file").get("key_frames")
        summary = next(event for event in events if event["event"] == "summary")
        seconds = summary["media_seconds"]
        steps = ", ".join(f"{step} {value:.0f}"
                          for step, value in summary["milliseconds_by_step"].items())
        print(f"{kind}: {seconds:.0f} s in {took:.0f} s ({seconds / took:.0f} × real time; "
              f"processors {busy:.0f} s), {frames} key frames; load {os.getloadavg()[0]:.1f}\n"
              f"  both processes {peak.most:.0f} MB, {peak.unshared:.0f} of them unshared; decoding "
              f"child {peak.of_children:.0f} MB\n  {steps} ms", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", choices=["race", "memory", "silent", "sound"])
    parser.add_argument("--hours", type=float, default=3)
    parser.add_argument("--own-clip", action="store_true",
                        help="take the memory with reel's own CLIP instead of ViT-B/32")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    options.work = options.work.resolve()
    inside_environment(options.work)
    clip = options.work / "vit-b-32"
    make_clip(clip)
    film = make_film(options.work)
    videos = [film]
    if options.folder:
        videos += sorted(path for path in options.folder.iterdir() if path.suffix in VIDEOS)
    if options.only in (None, "race"):
        race(videos, options.rounds, options.work, clip)
    if options.only != "race":
        kinds = ("silent", "sound") if options.only in (None, "memory") else (options.only,)
        memory(film, options.work, None if options.own_clip else clip, options.hours, kinds)


if __name__ == "__main__":
    main()
