"""What cameras and video codecs do to a picture: wide frames, blur, blocks, noise, exposure."""

from __future__ import annotations

import io
import random

import numpy
from PIL import Image, ImageEnhance, ImageFilter

from .scene import DrawnObject, Scene, draw_scene

Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the picture, 0…1


def distorted_square(scene: Scene, side: int, randomness: random.Random) -> tuple[Image.Image, list[DrawnObject]]:
    """`scene` as a camera may have filmed it: its middle square, `side` × `side` pixels, and what is where in it."""
    height = side * 2
    aspect = randomness.choice((1, 1, 1, 4 / 3, 16 / 9))
    width = round(height * aspect)
    picture, drawn = draw_scene(scene, width, height)
    if randomness.random() < 0.5:
        picture = compressed(picture, randomness)
    zoom = randomness.uniform(1, 1.12) if randomness.random() < 0.6 else 1.0
    window = height / zoom  # side of the square that is kept, in pixels of the drawing
    room = height - window
    left = (width - window) / 2 + randomness.uniform(-0.5, 0.5) * room
    top = randomness.uniform(0, 1) * room
    picture = picture.resize((side, side), Image.Resampling.BICUBIC, box=(left, top, left + window, top + window))
    moved = [DrawnObject(thing.kind, thing.colour, (
        (thing.box[0] * width - left) / window, (thing.box[1] * height - top) / window,
        (thing.box[2] * width - left) / window, (thing.box[3] * height - top) / window)) for thing in drawn]
    return exposed(picture, randomness), moved


def compressed(picture: Image.Image, randomness: random.Random) -> Image.Image:
    """A round through JPEG, whose blocks resemble those of H.264 and VP9 key frames."""
    if randomness.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(randomness.uniform(0.3, 1.4)))
    memory = io.BytesIO()
    picture.save(memory, "JPEG", quality=randomness.randint(25, 85))
    return Image.open(memory).convert("RGB")


def exposed(picture: Image.Image, randomness: random.Random) -> Image.Image:
    if randomness.random() < 0.5:
        picture = ImageEnhance.Brightness(picture).enhance(randomness.uniform(0.82, 1.18))
        picture = ImageEnhance.Contrast(picture).enhance(randomness.uniform(0.85, 1.15))
    if randomness.random() < 0.4:
        pixels = numpy.asarray(picture, dtype=numpy.float32)
        grain = numpy.random.default_rng(randomness.getrandbits(32)).normal(
            0, randomness.uniform(1, 7), pixels.shape)
        picture = Image.fromarray(numpy.clip(pixels + grain, 0, 255).astype(numpy.uint8))
    return picture
