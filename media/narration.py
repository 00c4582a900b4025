"""Speech from espeak-ng, joined with pauses into one track, and subtitles that match it."""

from __future__ import annotations

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy

SAMPLE_RATE = 22_050  # Hz, espeak-ng's own
LEAD_SECONDS = 0.4  # silence before the first sentence of a shot
PAUSE_SECONDS = 0.35  # silence after each sentence
WORDS_PER_MINUTE = 165


@dataclass(frozen=True)
class Cue:
    start_seconds: float
    end_seconds: float
    text: str


def spoken(sentence: str, voice: str, folder: Path) -> numpy.ndarray:
    """16-bit mono samples of `sentence` at SAMPLE_RATE."""
    path = folder / "sentence.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(path), sentence], check=True)
    with wave.open(str(path)) as file:
        assert file.getframerate() == SAMPLE_RATE and file.getnchannels() == 1
        samples = numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16)
    loud = numpy.flatnonzero(numpy.abs(samples.astype(int)) > 200)
    return samples[loud[0]:loud[-1] + 1]


def silence(seconds: float) -> numpy.ndarray:
    return numpy.zeros(max(0, round(seconds * SAMPLE_RATE)), numpy.int16)


def write_wave(samples: numpy.ndarray, path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


def stamp(seconds: float) -> str:
    """`seconds` as SubRip writes them: HH:MM:SS,mmm."""
    thousandths = round(seconds * 1000)
    return (f"{thousandths // 3_600_000:02}:{thousandths // 60_000 % 60:02}:"
            f"{thousandths // 1000 % 60:02},{thousandths % 1000:03}")


def write_subtitles(cues: list[Cue], path: Path) -> None:
    blocks = [f"{number}\n{stamp(cue.start_seconds)} --> {stamp(cue.end_seconds)}\n{cue.text}\n"
              for number, cue in enumerate(cues, 1)]
    path.write_text("\n".join(blocks), encoding="utf-8")
