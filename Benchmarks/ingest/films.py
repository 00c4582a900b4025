"""Films made for measuring: shots of known kinds joined by known transitions, with known traps.

A shot is either one of ffmpeg's sources (mandelbrot, gradients, testsrc2, life, cellauto, text on a
slide, noise) or a scene drawn here: a camera over a large picture of fractal noise with objects that
move. Everything follows from the seed. Frames are yuv420p; blending is done plane by plane, so that
dissolves and fades are what an editing program would make.
"""

import json
import random
import subprocess
from dataclasses import asdict, dataclass

import numpy


@dataclass
class Event:
    """A transition or a trap, in seconds of the film."""

    kind: str  # cut, dissolve, fade, fade-white: to be found; all others: traps
    start: float
    end: float


TRANSITIONS = ("cut", "dissolve", "fade", "fade-white")


def fractal_noise(random_state, height, width):
    """Octaves of smooth noise, 0…255: as many details at each size as a photograph has."""
    import cv2

    total = numpy.zeros((height, width), numpy.float32)
    weight = 1.0
    cells = 3
    while cells < width // 2:
        grid = random_state.random((max(2, cells * height // width), cells), numpy.float32) - 0.5
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        weight *= 0.62
        cells *= 2
    total -= total.min()
    return total * (255 / total.max())


class Scene:
    """A camera over a painted world: it drifts, pans, shakes; things move through it."""

    def __init__(self, seed, width, height, rate, speed=None):
        state = numpy.random.default_rng(seed)
        self.width, self.height = width, height
        self.world_width, self.world_height = width * 2 // 2 * 2, height * 3 // 2 // 2 * 2
        luma = fractal_noise(state, self.world_height, self.world_width)
        low, high = state.uniform(16, 70), state.uniform(120, 235)
        curve = state.uniform(0.6, 1.7)
        luma = low + (high - low) * (luma / 255) ** curve
        self.luma = luma.astype(numpy.uint8)
        tint = state.uniform(-45, 45, 2)
        small = fractal_noise(state, self.world_height // 2, self.world_width // 2)
        self.chroma = [
            numpy.clip(128 + tint[i] + (small - 128) * state.uniform(-0.25, 0.25), 16, 240)
            .astype(numpy.uint8)
            for i in range(2)
        ]
        # Screen widths a second; most cameras hardly move.
        self.speed = speed if speed is not None else state.choice([0, 0.01, 0.03, 0.06, 0.1])
        self.direction = state.uniform(0, 2 * numpy.pi)
        self.shake = state.choice([0, 0, 0.6, 1.5]) * width / 854
        self.start = state.uniform(0.2, 0.8, 2)
        self.moved = numpy.zeros(2)
        self.state = state
        self.rate = rate
        self.things = [
            dict(place=state.uniform(0, 1, 2), speed=state.normal(0, 0.12, 2),
                 size=state.uniform(0.04, 0.16), grey=int(state.uniform(16, 235)),
                 tint=state.uniform(60, 200, 2))
            for _ in range(state.integers(0, 4))
        ]

    def change_speed(self, speed, index):
        """From this frame on, without a jump."""
        way = numpy.array([numpy.cos(self.direction), numpy.sin(self.direction)])
        self.moved += way * (self.speed - speed) * self.width * index / self.rate
        self.speed = speed

    def frame(self, index):
        time = index / self.rate
        room = numpy.array([self.world_width - self.width, self.world_height - self.height])
        way = numpy.array([numpy.cos(self.direction), numpy.sin(self.direction)])
        place = self.start * room + self.moved + way * self.speed * self.width * time
        # Back and forth between the borders.
        place = numpy.abs((place + room) % (2 * room) - room)
        place = numpy.clip(place + self.state.normal(0, 1, 2) * self.shake, 0, room)
        x, y = (int(v) // 2 * 2 for v in place)
        luma = self.luma[y:y + self.height, x:x + self.width].copy()
        chroma = [
            plane[y // 2:(y + self.height) // 2, x // 2:(x + self.width) // 2].copy()
            for plane in self.chroma
        ]
        for thing in self.things:
            centre = (thing["place"] + thing["speed"] * time) % 1.2 - 0.1
            half = max(2, int(thing["size"] * self.height / 2)) * 2
            cx, cy = (int(v) // 2 * 2 for v in centre * [self.width, self.height])
            top, bottom = max(0, cy - half), min(self.height, cy + half)
            left, right = max(0, cx - half), min(self.width, cx + half)
            if top < bottom and left < right:
                luma[top:bottom, left:right] = thing["grey"]
                for plane, tint in zip(chroma, thing["tint"]):
                    plane[top // 2:bottom // 2, left // 2:right // 2] = int(tint)
        return numpy.concatenate([luma.ravel(), chroma[0].ravel(), chroma[1].ravel()])


class Source:
    """One of ffmpeg's sources, frame by frame."""

    def __init__(self, seed, width, height, rate):
        draw = random.Random(seed)
        size = f"s={width}x{height}:r={rate}"
        small = f"s={width // 8}x{height // 8}:r={rate}"
        colours = [f"0x{draw.randrange(0x202020, 0xe0e0e0):06x}" for _ in range(3)]
        words = ["plan", "budget", "harbour", "river", "engine", "winter", "table", "cloud"]
        lines = ",".join(
            f"drawtext=text='{' '.join(draw.sample(words, 3))}':x=w/12:y=h*{0.15 + 0.17 * row:.2f}"
            f":fontsize=h/11:fontcolor={colours[2]}" for row in range(draw.randrange(2, 5)))
        scale = f"scale={width}:{height}:flags=neighbor"
        graph = draw.choice([
            f"mandelbrot={size.replace(':r=', ':rate=')}:start_x={draw.uniform(-0.8, -0.7):.4f}"
            f":start_y={draw.uniform(-0.2, -0.1):.4f}:start_scale={draw.uniform(0.02, 1.5):.3f}"
            f":end_scale=0.0001:end_pts=3000:maxiter=300,hue=h={draw.randrange(360)}",
            f"gradients={size}:seed={draw.randrange(1 << 30)}:speed=0.008"
            f":nb_colors=5,format=yuv420p",
            f"testsrc2={size},hue=h={draw.randrange(360)}",
            f"life={small}:seed={draw.randrange(1 << 30)}:ratio=0.3:mold=10"
            f":life_color={colours[0]}:death_color={colours[1]}:mold_color={colours[2]},{scale}",
            f"cellauto=s={width // 8}x{height // 8}:r={rate}:rule={draw.choice([30, 110, 73])}"
            f":seed={draw.randrange(1 << 30)},{scale},hue=h={draw.randrange(360)}",
            f"color=c={colours[0]}:{size},{lines}",
            f"color=c={colours[1]}:{size},{lines}",
            f"gradients={size}:seed={draw.randrange(1 << 30)}:speed=0.0001,noise=alls=9:allf=t",
        ])
        self.bytes = width * height * 3 // 2
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "quiet", "-nostdin", "-f", "lavfi", "-i", graph, "-pix_fmt",
             "yuv420p", "-f", "rawvideo", "-"], stdout=subprocess.PIPE)

    def frame(self, index):
        data = self.process.stdout.read(self.bytes)
        return numpy.frombuffer(data, numpy.uint8).copy()

    def close(self):
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()


ENCODERS = {
    "x264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"],
    "x264-medium": ["-c:v", "libx264", "-preset", "medium", "-crf", "21"],
    "x264-fixed": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "50",
                   "-sc_threshold", "0"],
    "x264-long": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-g", "300",
                  "-sc_threshold", "0"],
    "x264-bitrate": ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "900k", "-maxrate", "1200k",
                     "-bufsize", "900k", "-g", "60"],
    "mpeg4": ["-c:v", "mpeg4", "-q:v", "4", "-g", "100", "-bf", "2"],
}


def make_film(path, seed, width, height, rate, seconds, encoder, shot_seconds=(1.5, 5.0),
              traps=0.5):
    """Writes `path` and beside it `path`.json: its events."""
    draw = random.Random(seed)
    count = int(seconds * rate)
    encoding = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s",
         f"{width}x{height}", "-r", str(rate), "-i", "-", *ENCODERS[encoder], "-pix_fmt",
         "yuv420p", str(path)], stdin=subprocess.PIPE)
    luma = width * height
    black = numpy.concatenate(
        [numpy.full(luma, 16, numpy.uint8), numpy.full(luma // 2, 128, numpy.uint8)])
    white = numpy.concatenate(
        [numpy.full(luma, 235, numpy.uint8), numpy.full(luma // 2, 128, numpy.uint8)])

    def blend(a, b, share):
        return (a * numpy.float32(1 - share) + b * numpy.float32(share) + 0.5).astype(numpy.uint8)

    def new_shot(speed=None):
        number = draw.randrange(1 << 30)
        if speed is not None or draw.random() < 0.6:
            return Scene(number, width, height, rate, speed)
        return Source(number, width, height, rate)

    events = []
    written = 0

    def put(frame):
        nonlocal written
        encoding.stdin.write(frame.tobytes())
        written += 1

    # A trap needs room; what follows a transition belongs to the next shot already.
    shot, place = new_shot(), 0
    while written < count:
        length = int(draw.uniform(*shot_seconds) * rate)
        trap = draw.choice(["flash", "strobe", "dropout", "whip", "light"]) \
            if draw.random() < traps and length > 1.4 * rate else None
        at = written + length // 2
        if trap == "whip" and isinstance(shot, Scene):
            events.append(Event("fast-motion", written / rate, (written + length) / rate))
            shot.change_speed(draw.uniform(0.6, 1.6), place)
        elif trap == "light" and isinstance(shot, Scene):
            events.append(Event("light", at / rate, (at + rate) / rate))
        elif trap in ("flash", "strobe", "dropout"):
            events.append(Event(trap, at / rate, (at + 12) / rate))
        strength = draw.uniform(0.5, 1)
        flash_frames = draw.randrange(1, 4)
        for _ in range(length):
            frame = shot.frame(place)
            place += 1
            since = written - at
            if trap == "flash" and 0 <= since < flash_frames:
                frame = blend(frame, white, strength)
            elif trap == "strobe" and 0 <= since < 12 and since % 4 == 0:
                frame = blend(frame, white, strength)
            elif trap == "dropout" and 0 <= since < flash_frames:
                frame = black
            elif trap == "light" and isinstance(shot, Scene) and since >= 0:
                # Someone turns a lamp up.
                bright = frame[:luma].astype(numpy.float32) * (1 + 0.35 * min(1, since / rate))
                frame[:luma] = numpy.clip(bright, 16, 235).astype(numpy.uint8)
            put(frame)
        if written >= count:
            break
        kind = draw.choices(TRANSITIONS, [0.58, 0.24, 0.13, 0.05])[0]
        following, start = new_shot(), written
        after = 0
        if kind == "dissolve":
            frames = int(draw.uniform(0.4, 1.8) * rate)
            for step in range(1, frames + 1):
                put(blend(shot.frame(place), following.frame(after), step / (frames + 1)))
                place += 1
                after += 1
        elif kind != "cut":
            colour = black if kind == "fade" else white
            frames, held = int(draw.uniform(0.25, 0.9) * rate), int(draw.uniform(0, 0.5) * rate)
            for step in range(1, frames + 1):
                put(blend(shot.frame(place), colour, step / frames))
                place += 1
            for _ in range(held):
                put(colour)
            for step in range(frames):
                put(blend(colour, following.frame(after), step / frames))
                after += 1
        events.append(Event(kind, start / rate, written / rate))
        if isinstance(shot, Source):
            shot.close()
        shot, place = following, after
    if isinstance(shot, Source):
        shot.close()
    encoding.stdin.close()
    if encoding.wait() != 0:
        raise SystemExit(f"ffmpeg could not write {path}")
    with open(f"{path}.json", "w") as file:
        json.dump(dict(seed=seed, encoder=encoder, seconds=written / rate,
                       events=[asdict(event) for event in events]), file)
