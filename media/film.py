"""Draws the frames of a clip and has ffmpeg join them with speech and subtitles."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
from PIL import Image

import narration
from clips import Clip, Shot
from narration import Cue
from scenes.scene import draw_scene

FRAME_RATE = 12  # per second
SUPERSAMPLING = 2  # drawn this much larger, then reduced, for smooth edges

# One thread and bit-exact containers: the same machine writes the same bytes again.
REPEATABLE = ["-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
              "-flags:a", "+bitexact"]
VIDEO_OPTIONS = {
    "h264": ["-c:v", "libx264", "-preset", "slow", "-crf", "27", "-pix_fmt", "yuv420p", "-g", "48"],
    "vp9": ["-c:v", "libvpx-vp9", "-crf", "38", "-b:v", "0", "-pix_fmt", "yuv420p", "-g", "48", "-row-mt", "0"],
}
AUDIO_OPTIONS = {".mp4": ["-c:a", "aac", "-b:a", "48k"], ".mkv": ["-c:a", "aac", "-b:a", "48k"],
                 ".webm": ["-c:a", "libopus", "-b:a", "32k"], ".ogg": ["-c:a", "libvorbis", "-q:a", "1"]}
SUBTITLE_CODECS = {".mp4": "mov_text", ".mkv": "subrip"}


@dataclass(frozen=True)
class Track:
    """What is heard during a clip, and when its shots begin and end."""

    samples: numpy.ndarray  # 16 bits, mono, narration.SAMPLE_RATE
    shots: list[tuple[float, float]]  # start and end, seconds
    cues: list[list[Cue]]  # for each shot


def track(clip: Clip) -> Track:
    pieces: list[numpy.ndarray] = []
    shots: list[tuple[float, float]] = []
    cues: list[list[Cue]] = []
    with tempfile.TemporaryDirectory() as folder:
        for shot in clip.shots:
            start = shots[-1][1] if shots else 0.0
            at = start
            said: list[Cue] = []
            if shot.sentences:
                pieces.append(narration.silence(narration.LEAD_SECONDS))
                at += narration.LEAD_SECONDS
            for sentence in shot.sentences:
                speech = narration.spoken(sentence, clip.voice, Path(folder))
                seconds = len(speech) / narration.SAMPLE_RATE
                said.append(Cue(round(at, 3), round(at + seconds, 3), sentence))
                pieces += [speech, narration.silence(narration.PAUSE_SECONDS)]
                at += seconds + narration.PAUSE_SECONDS
            # Cuts fall on a frame.
            end = round(max(at, start + shot.seconds) * FRAME_RATE + 0.499) / FRAME_RATE
            pieces.append(narration.silence(end - at))
            shots.append((start, end))
            cues.append(said)
    return Track(numpy.concatenate(pieces), shots, cues)


def frame(clip: Clip, shot: Shot, seconds: float) -> Image.Image:
    """The picture `seconds` after the shot's start, as displayed."""
    scene = shot.scene
    if scene.groups and any(shot.velocity):
        first = scene.groups[0]
        across, down = shot.velocity
        moved = replace(first, x=first.x + across * seconds, y=first.y + down * seconds)
        scene = replace(scene, groups=(moved, *scene.groups[1:]))
    picture, _ = draw_scene(scene, clip.width * SUPERSAMPLING, clip.height * SUPERSAMPLING, seconds)
    return picture.resize((clip.width, clip.height), Image.Resampling.BOX)


def frames(clip: Clip, shots: list[tuple[float, float]]) -> Iterator[Image.Image]:
    for shot, (start, end) in zip(clip.shots, shots):
        for number in range(round((end - start) * FRAME_RATE)):
            yield frame(clip, shot, number / FRAME_RATE)


def ffmpeg(*arguments: str | Path) -> list[str]:
    return ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]


def write_clip(clip: Clip, heard: Track, out: Path) -> None:
    """Writes the clip, and its subtitles beside it where they are not inside."""
    path = out / clip.name
    cues = [cue for shot in heard.cues for cue in shot]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # A picture on its side swaps its width and height.
        width, height = (clip.height, clip.width) if clip.rotated else (clip.width, clip.height)
        inputs = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", FRAME_RATE, "-i", "-"]
        outputs = ["-map", "0:v", *VIDEO_OPTIONS[clip.video]]
        if cues:
            narration.write_wave(heard.samples, folder / "speech.wav")
            inputs += ["-i", folder / "speech.wav"]
            outputs += ["-map", "1:a", *AUDIO_OPTIONS[path.suffix]]
        if cues and clip.subtitles == "sidecar":
            narration.write_subtitles(cues, path.with_suffix(".srt"))
        if cues and clip.subtitles == "embedded":
            narration.write_subtitles(cues, folder / "cues.srt")
            inputs += ["-i", folder / "cues.srt"]
            outputs += ["-map", "2:s", "-c:s", SUBTITLE_CODECS[path.suffix], "-metadata:s:s:0", "language=eng"]
        if path.suffix == ".mp4":
            outputs += ["-movflags", "+faststart"]
        plain = folder / path.name if clip.rotated else path
        encoder = subprocess.Popen(ffmpeg(*inputs, *outputs, *REPEATABLE, plain), stdin=subprocess.PIPE)
        for picture in frames(clip, heard.shots):
            if clip.rotated:
                picture = picture.transpose(Image.Transpose.ROTATE_90)
            encoder.stdin.write(picture.tobytes())
        encoder.stdin.close()
        if encoder.wait() != 0:
            raise RuntimeError(f"ffmpeg could not write {path.name}")
        if clip.rotated:
            # Stored a quarter turn anticlockwise; the display matrix turns it back.
            subprocess.run(ffmpeg("-i", plain, "-c", "copy", "-metadata:s:v", "rotate=270", "-fflags", "+bitexact",
                                  "-movflags", "+faststart", path), check=True)


def write_recording(samples: numpy.ndarray, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        narration.write_wave(samples, Path(folder) / "speech.wav")
        subprocess.run(ffmpeg("-i", Path(folder) / "speech.wav", *AUDIO_OPTIONS[path.suffix], *REPEATABLE, path),
                       check=True)
