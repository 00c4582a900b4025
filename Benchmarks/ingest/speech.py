"""Measures speech: the voice detector's speed beside Silero's ONNX file, and word error rates.

    python Benchmarks/ingest/speech.py speed SOUND [--wheel FOLDER] [--reel .build/release/reel]
    python Benchmarks/ingest/speech.py words FOLDER [--references FILE] [--reel …]

`speed` runs `reel speech` on one core over SOUND (any file that ffmpeg reads; the longer the better)
and, given the unpacked wheel of silero-vad, the same samples through ONNX Runtime on one thread,
window by window as the package does and, where the wheel has it, in its batched form. reel's time
includes starting the program and decoding the sound. Needs numpy and onnxruntime for the peer.

`words` runs `reel transcribe --transcribe pocketsphinx` over each sound that has a reference text: a
file name.txt beside it, or a line "name<TAB>text" of the references file.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import time

SOUNDS = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".mp4", ".mkv"}
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}


def decoded(sound):
    import numpy as np
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", sound, "-ac", "1", "-ar", "16000", "-f", "f32le", "-"],
        check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.float32)


def timed(body, rounds=3):
    """The best of some rounds, in seconds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        result = body()
        best = min(best, time.perf_counter() - start)
    return best, result


def speed(arguments):
    import numpy as np
    samples = decoded(arguments.sound)
    seconds = len(samples) / 16_000
    core = str(min(os.sched_getaffinity(0)))

    def ours():
        return subprocess.run(
            ["taskset", "-c", core, arguments.reel, "speech", arguments.sound], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT).stdout

    took, lines = timed(ours)
    print(f"{seconds:.0f} s of sound")
    print(f"reel speech, one core: {took:.2f} s, {seconds / took:.0f} x real time, "
          f"{len(lines.splitlines())} spans")
    if not arguments.wheel:
        return
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    data = pathlib.Path(arguments.wheel) / "silero_vad/data"
    padded = np.pad(samples, (64, -len(samples) % 512))
    windows = (len(padded) - 64) // 512

    def one_by_one():
        state = np.zeros((2, 1, 128), np.float32)
        rate = np.array(16_000, np.int64)
        found = []
        for index in range(windows):
            window = padded[None, index * 512:index * 512 + 576]
            value, state = model.run(None, {"input": window, "state": state, "sr": rate})
            found.append(value[0, 0])
        return found

    def batched():
        hidden = cell = np.zeros((1, 1, 128), np.float32)
        found = []
        view = np.lib.stride_tricks.sliding_window_view(padded, 576)[::512]
        for first in range(0, windows, 512):
            values, hidden, cell = model.run(
                None, {"input": np.ascontiguousarray(view[first:first + 512]), "h": hidden,
                       "c": cell})
            found.append(values)
        return found

    for name, body in [("silero_vad.onnx", one_by_one), ("silero_vad_16k_sequence.onnx", batched)]:
        if not (data / name).exists():
            continue
        model = onnxruntime.InferenceSession(str(data / name), options)
        took, _ = timed(body)
        print(f"{name}, one thread, samples in memory: {took:.2f} s, "
              f"{seconds / took:.0f} x real time")


def words_of(text):
    return re.findall(r"[\w']+", text.lower())


def errors(found, reference):
    row = list(range(len(reference) + 1))
    for index, word in enumerate(found):
        diagonal, row[0] = row[0], index + 1
        for place, expected in enumerate(reference):
            substituted = diagonal + (word != expected)
            diagonal = row[place + 1]
            row[place + 1] = min(substituted, diagonal + 1, row[place] + 1)
    return row[-1]


def words(arguments):
    folder = pathlib.Path(arguments.folder)
    references = {}
    if arguments.references:
        for line in pathlib.Path(arguments.references).read_text().splitlines():
            name, _, text = line.partition("\t")
            references[name] = text
    wrong = total = 0
    for sound in sorted(folder.iterdir()):
        if sound.suffix.lower() not in SOUNDS:
            continue
        beside = sound.with_suffix(".txt")
        reference = references.get(sound.name) or (beside.exists() and beside.read_text())
        if not reference:
            continue
        start = time.perf_counter()
        lines = subprocess.run(
            [arguments.reel, "transcribe", "--transcribe", "pocketsphinx", str(sound)], check=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT).stdout
        took = time.perf_counter() - start
        text = " ".join(json.loads(line)["text"] for line in lines.splitlines())
        expected = words_of(reference)
        mistakes = errors(words_of(text), expected)
        wrong, total = wrong + mistakes, total + len(expected)
        print(f"{sound.name}: word error rate {mistakes / len(expected):.3f} "
              f"({mistakes} of {len(expected)}), {took:.1f} s\n    {text}")
    if total:
        print(f"all: word error rate {wrong / total:.3f} ({wrong} of {total})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reel", default=".build/release/reel")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("speed")
    command.add_argument("sound")
    command.add_argument("--wheel")
    command.set_defaults(run=speed)
    command = commands.add_parser("words")
    command.add_argument("folder")
    command.add_argument("--references")
    command.set_defaults(run=words)
    arguments = parser.parse_args()
    arguments.run(arguments)


main()
