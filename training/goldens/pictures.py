"""Pictures drawn by a formula, and what transformers' image processors make of them."""
import base64

import numpy
import torch
from PIL import Image

from small_models import packed

PICTURES = [(14, 14), (40, 30), (30, 41), (200, 123), (7, 50), (50, 7), (1, 1), (15, 14), (3, 2),
            (640, 360)]


def picture(width, height):
    """The same formula draws them in the Swift test."""
    y, x, c = numpy.meshgrid(
        numpy.arange(height), numpy.arange(width), numpy.arange(3), indexing="ij")
    values = x * 7 + y * 13 + c * 50 + (x * y) % 31 * 5 + (x // 5 + y // 3) % 2 * 90
    return Image.fromarray((values % 256).astype("uint8"))


def prepared(processor):
    """All pictures as the bytes before normalisation, and the values of two as they are."""
    values = numpy.stack(processor([picture(*size) for size in PICTURES])["pixel_values"])
    mean = numpy.array(processor.image_mean).reshape(3, 1, 1)
    deviation = numpy.array(processor.image_std).reshape(3, 1, 1)
    levels = (values.astype("f8") * deviation + mean) * 255
    assert abs(levels - levels.round()).max() < 1e-3
    return dict(
        values=packed(torch.tensor(values[[3, 9]])),
        bytes=base64.b64encode(levels.round().astype("uint8").tobytes()).decode())
