"""Trains both towers contrastively on stored scenes.

    python -m clip.train --data data --run run --minutes 50

Writes `checkpoint.pt` into `--run` every few minutes, so that `clip.export` can be used at any time.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from clip.batches import Batch, Batches, Words
from clip.heldout import heldout_pairs, recall
from clip.model import Learner, normalised, parameter_count
from clip.tokenizer import END

PEAK_RATE = 1e-3
WARM_UP_SHARE = 0.05  # of the whole time
WEIGHT_DECAY = 0.05
HELPER_TIMES = 4  # the helpers and the scale of the logits learn this much faster than the towers
FACT_WEIGHT = 0.05  # of the fact losses, which sum over all facts
PATCH_WEIGHT = 1.0


def contrastive_loss(pictures: Tensor, words: Words, texts: Tensor, scale: Tensor) -> Tensor:
    """CLIP's loss over unit vectors B × 192, where other pictures of which a caption is true do not count as wrong."""
    logits = scale * texts @ pictures.T  # captions × pictures
    others = words.truths & ~torch.eye(len(logits), dtype=torch.bool)
    logits = logits.masked_fill(others, -1e4)
    right = torch.arange(len(logits))
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


def losses(learner: Learner, batch: Batch) -> dict[str, Tensor]:
    seen, patch_states = learner.see(batch.pixels)
    full, partial = learner.read(batch.full.tokens), learner.read(batch.partial.tokens)
    scale = learner.scale()
    pictures = functional.normalize(seen, dim=1)
    full_texts, partial_texts = functional.normalize(full, dim=1), functional.normalize(partial, dim=1)
    kinds = learner.kind_head(patch_states).flatten(0, 1)
    colours = learner.colour_head(patch_states).flatten(0, 1)

    def facts(embeddings: Tensor, truth: Tensor) -> Tensor:
        wrong = functional.binary_cross_entropy_with_logits(learner.fact_head(embeddings), truth, reduction="sum")
        return FACT_WEIGHT * wrong / len(truth)

    return {
        "full": contrastive_loss(pictures, batch.full, full_texts, scale),
        "partial": 0.5 * contrastive_loss(pictures[:len(partial)], batch.partial, partial_texts, scale),
        "picture facts": facts(seen, batch.facts),
        "text facts": facts(full, batch.full.facts),
        "patch kinds": PATCH_WEIGHT * functional.cross_entropy(kinds, batch.patches[..., 0].flatten()),
        "patch colours": PATCH_WEIGHT * functional.cross_entropy(colours, batch.patches[..., 1].flatten()),
    }


def optimizer_for(learner: Learner) -> torch.optim.AdamW:
    quick = [learner.clip.logit_scale, *learner.helpers()]
    towers = [parameter for parameter in learner.clip.parameters() if parameter is not learner.clip.logit_scale]
    matrices = [parameter for parameter in towers if parameter.ndim >= 2]
    vectors = [parameter for parameter in towers if parameter.ndim < 2]
    return torch.optim.AdamW([
        {"params": matrices, "weight_decay": WEIGHT_DECAY, "times": 1},
        {"params": vectors, "weight_decay": 0.0, "times": 1},
        {"params": quick, "weight_decay": 0.0, "times": HELPER_TIMES}], lr=PEAK_RATE, betas=(0.9, 0.98))


def rate(share: float) -> float:
    """Learning rate after `share` (0…1) of the time: linear warm-up, then half a cosine down to 1 % of the peak."""
    if share < WARM_UP_SHARE:
        return PEAK_RATE * (0.01 + share / WARM_UP_SHARE)
    rest = (share - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)
    return PEAK_RATE * (0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, rest))) / 2)


@torch.no_grad()
def heldout_recall(learner: Learner, pixels: Tensor, tokens: Tensor) -> tuple[float, float]:
    learner.eval()
    pictures = functional.normalize(learner.see(pixels)[0], dim=1)
    texts = functional.normalize(learner.read(tokens), dim=1)
    learner.train()
    return recall(texts, pictures, 1), recall(texts, pictures, 5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that clip.dataset wrote")
    parser.add_argument("--run", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--tokenizer", default="../models/reel-clip-tiny/tokenizer.json")
    parser.add_argument("--minutes", type=float, default=50, help="how long; the learning rate follows this clock")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check-every", type=int, default=120, help="steps between two checks and checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    arguments.run.mkdir(parents=True, exist_ok=True)

    tokenizer = Tokenizer.from_file(arguments.tokenizer)
    batches = Batches(arguments.data, arguments.batch, tokenizer.token_to_id(END), arguments.seed)
    learner = Learner(tokenizer.get_vocab_size())
    learner.expect(batches.fact_shares())
    print(f"{parameter_count(learner.clip):,} parameters, {len(batches):,} scenes", flush=True)
    optimizer = optimizer_for(learner)
    pictures, captions = heldout_pairs(500)
    heldout_pixels = normalised(torch.from_numpy(pictures).float())
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id(END), pad_token=END)
    heldout_tokens = torch.tensor([encoding.ids for encoding in tokenizer.encode_batch(captions)])

    began = time.monotonic()
    for step, batch in enumerate(batches, 1):
        share = (time.monotonic() - began) / (60 * arguments.minutes)
        for group in optimizer.param_groups:
            group["lr"] = rate(share) * group["times"]
        parts = losses(learner, batch)
        optimizer.zero_grad(set_to_none=True)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            learner.clip.logit_scale.clamp_(max=math.log(100))
        if step % arguments.check_every == 0 or share >= 1:
            first, fifth = heldout_recall(learner, heldout_pixels, heldout_tokens)
            shown = step * arguments.batch
            print(f"{share:4.0%}  {shown} samples  R@1 {first:.3f}  R@5 {fifth:.3f}  "
                  f"{shown / (time.monotonic() - began):.0f} samples/s  "
                  + "  ".join(f"{name} {loss.item():.3f}" for name, loss in parts.items()), flush=True)
            torch.save({"clip": learner.clip.state_dict(), "samples": shown, "vocabulary": tokenizer.get_vocab_size()},
                       arguments.run / "checkpoint.pt")
        if share >= 1:
            break


if __name__ == "__main__":
    main()
