"""Draws, speaks and encodes the demo videos, and writes the golden queries and questions.

Needs ffmpeg (with libx264, libvpx and libvorbis), espeak-ng, and Python with numpy and Pillow:

    python media/make.py              writes everything into media/
    python media/make.py --only NAME  writes one clip again; queries and questions are always written
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import narration
from clips import CLIPS, PICTURE, PICTURE_NAME, RECORDING_NAME, RECORDING_SENTENCES, Clip, Shot
from film import SUPERSAMPLING, Track, track, write_clip, write_recording
from golden import QUERIES, Moment
from PIL import Image
from questions import GOLDEN, TUNING, Question
from scenes.scene import draw_scene

PICTURE_SIZE = (640, 480)  # pixels


def write_picture(path: Path) -> None:
    width, height = PICTURE_SIZE
    picture, _ = draw_scene(PICTURE, width * SUPERSAMPLING, height * SUPERSAMPLING)
    picture.resize(PICTURE_SIZE, Image.Resampling.BOX).save(path, quality=85)


def recording() -> Clip:
    """The sound recording as a clip of one sentence a shot, for its timing."""
    return Clip(RECORDING_NAME, tuple(Shot(PICTURE, (sentence,), seconds=0) for sentence in RECORDING_SENTENCES))


def span(moment: Moment, tracks: dict[str, Track]) -> dict[str, str | float]:
    if moment.path == PICTURE_NAME:
        start, end = 0.0, 0.0
    else:
        heard = tracks[moment.path]
        start, end = heard.shots[moment.number]
        if moment.spoken:
            cues = heard.cues[moment.number]
            start, end = cues[0].start_seconds, cues[-1].end_seconds
    return {"path": moment.path, "start_seconds": round(start, 2), "end_seconds": round(end, 2)}


def write_queries(tracks: dict[str, Track], path: Path) -> None:
    lines = [json.dumps({"query": query, "kind": kind, "relevant": [span(moment, tracks) for moment in moments]})
             for query, kind, moments in QUERIES]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_questions(questions: tuple[Question, ...], tracks: dict[str, Track], path: Path) -> None:
    lines = [json.dumps({"question": question, "kind": kind, "relevant": [span(moment, tracks) for moment in moments]})
             for question, kind, moments in questions]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--only", help="name of one file to write")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tracks = {clip.name: track(clip) for clip in (*CLIPS, recording())}
    for clip in CLIPS:
        if arguments.only in (None, clip.name):
            write_clip(clip, tracks[clip.name], arguments.out)
            size = (arguments.out / clip.name).stat().st_size
            print(f"{clip.name}: {tracks[clip.name].shots[-1][1]:.1f} s, {size / 1000:.0f} kB", flush=True)
    if arguments.only in (None, RECORDING_NAME):
        heard = tracks[RECORDING_NAME]
        write_recording(heard.samples, arguments.out / RECORDING_NAME)
        narration.write_subtitles([cue for cues in heard.cues for cue in cues],
                                  (arguments.out / RECORDING_NAME).with_suffix(".srt"))
    if arguments.only in (None, PICTURE_NAME):
        write_picture(arguments.out / PICTURE_NAME)
    write_queries(tracks, arguments.out / "queries.jsonl")
    write_questions(GOLDEN, tracks, arguments.out / "questions.jsonl")
    write_questions(TUNING, tracks, arguments.out / "questions-tuning.jsonl")


if __name__ == "__main__":
    main()
