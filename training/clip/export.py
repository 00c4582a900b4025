"""Writes a checkpoint as a Hugging Face CLIP directory, weights in fp16.

    python -m clip.export --run run --out ../models/reel-clip-tiny

The tokenizer files are already there: `clip.tokenizer` wrote them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from clip.dataset import SIDE
from clip.model import CHANNEL_DEVIATION, CHANNEL_MEAN, Learner

BICUBIC = 3  # Pillow's number

PREPROCESSING = {
    "image_processor_type": "CLIPImageProcessor",
    "feature_extractor_type": "CLIPFeatureExtractor",
    "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": BICUBIC,
    "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE},
    "do_rescale": True, "rescale_factor": 1 / 255,
    "do_normalize": True, "image_mean": CHANNEL_MEAN, "image_std": CHANNEL_DEVIATION,
    "do_convert_rgb": True,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True, help="folder with checkpoint.pt")
    parser.add_argument("--out", type=Path, required=True, help="the model's directory")
    arguments = parser.parse_args()
    checkpoint = torch.load(arguments.run / "checkpoint.pt", weights_only=True)
    learner = Learner(checkpoint["vocabulary"])
    learner.load_state_dict(checkpoint["learner"])
    learner.clip.half().save_pretrained(arguments.out)
    (arguments.out / "preprocessor_config.json").write_text(json.dumps(PREPROCESSING, indent=2) + "\n")
    size = sum(file.stat().st_size for file in arguments.out.iterdir())
    print(f"{checkpoint['samples']:,} samples seen; {size / 1e6:.2f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
