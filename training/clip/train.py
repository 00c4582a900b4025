"""Trains both towers contrastively on stored scenes.

    python -m clip.train --data data --crowds crowds --run run --minutes 50
    python -m clip.train --data data --crowds crowds --run more --minutes 30 --from run/checkpoint.pt

Writes `checkpoint.pt` into `--run` every few minutes, so that `clip.export` can be used at any time.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from clip.batches import Batch, Batches
from clip.dataset import SIDE
from clip.heldout import heldout_pairs, recall
from clip.model import Learner, normalised, parameter_count
from clip.muon import Muon
from clip.probes import QuestionScenes
from clip.tokenizer import END

PEAK_RATE = 1e-3
WARM_UP_SHARE = 0.05  # of the whole time
WEIGHT_DECAY = 0.05
HELPER_TIMES = 4  # the helpers and the scale of the logits learn this much faster than the towers
MUON_TIMES = 3  # as fast as AdamW, measured by the size of steps
FULL_WEIGHT = 0.5  # of the loss of full captions; that of short ones counts 1
FACT_WEIGHT = 0.08  # of the fact losses, which sum over all facts
BACKDROP_WEIGHT = 0.15  # of patches without an object; the others count 1


def contrastive_loss(texts: Tensor, pictures: Tensor, truths: Tensor) -> Tensor:
    """CLIP's loss, where every picture of which a text is true is a right answer, and the other way round.

    Both are rows of 192 values; `truths` is texts × pictures, with something true in every row and column.
    """
    logits = texts @ pictures.T  # texts × pictures
    truths = truths.float()
    answers, questions = truths / truths.sum(1, keepdim=True), truths.T / truths.sum(0)[:, None]
    return (functional.cross_entropy(logits, answers) + functional.cross_entropy(logits.T, questions)) / 2


def patch_loss(guesses: Tensor, labels: Tensor) -> Tensor:
    """`guesses` B × 36 × classes, `labels` B × 36, where 0 is the backdrop."""
    weights = torch.ones(guesses.shape[-1])
    weights[0] = BACKDROP_WEIGHT
    return functional.cross_entropy(guesses.flatten(0, 1), labels.flatten(), weights)


def losses(learner: Learner, batch: Batch) -> dict[str, Tensor]:
    seen, patch_states = learner.see(batch.pixels)
    full, short = learner.read(batch.full.tokens), learner.read(batch.short.tokens)
    pictures = learner.scale() * functional.normalize(seen, dim=1)
    full_texts, short_texts = functional.normalize(full, dim=1), functional.normalize(short, dim=1)

    def facts(embeddings: Tensor, truth: Tensor) -> Tensor:
        wrong = functional.binary_cross_entropy_with_logits(learner.fact_head(embeddings), truth, reduction="sum")
        return FACT_WEIGHT * wrong / len(truth)

    return {
        # Full captions only compete for the ordinary scenes, which come first.
        "full": FULL_WEIGHT * contrastive_loss(full_texts, pictures[:len(full)], batch.full.truths[:, :len(full)]),
        "short": contrastive_loss(short_texts, pictures, batch.short.truths),
        "picture facts": facts(seen, batch.facts),
        "text facts": facts(full, batch.full.facts),
        "patch kinds": patch_loss(learner.kind_head(patch_states), batch.patches[..., 0]),
        "patch colours": patch_loss(learner.colour_head(patch_states), batch.patches[..., 1]),
    }


def optimizers_for(learner: Learner) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for all else."""
    layers, matrices, vectors = [], [], []
    for name, parameter in learner.clip.named_parameters():
        if name == "logit_scale":
            continue
        if parameter.ndim < 2:
            vectors.append(parameter)
        elif ".layers." in name:
            layers.append(parameter)
        else:
            matrices.append(parameter)
    quick = [learner.clip.logit_scale, *learner.helpers()]
    muon = Muon([{"params": layers, "times": MUON_TIMES}], lr=PEAK_RATE, weight_decay=WEIGHT_DECAY)
    adam = torch.optim.AdamW([
        {"params": matrices, "weight_decay": WEIGHT_DECAY, "times": 1},
        {"params": vectors, "weight_decay": 0.0, "times": 1},
        {"params": quick, "weight_decay": 0.0, "times": HELPER_TIMES}], lr=PEAK_RATE, betas=(0.9, 0.98))
    return [muon, adam]


def rate(share: float) -> float:
    """Learning rate after `share` (0…1) of the time: linear warm-up, then half a cosine down to 1 % of the peak."""
    if share < WARM_UP_SHARE:
        return PEAK_RATE * (0.01 + share / WARM_UP_SHARE)
    rest = (share - WARM_UP_SHARE) / (1 - WARM_UP_SHARE)
    return PEAK_RATE * (0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, rest))) / 2)


class Check:
    """Recall over fresh scenes, and how well short queries are answered."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.tokenizer.enable_padding(pad_id=tokenizer.token_to_id(END), pad_token=END)
        pictures, self.captions = heldout_pairs(500)
        self.pixels = normalised(torch.from_numpy(pictures).float())
        self.questions = QuestionScenes(500)
        squares = numpy.stack([numpy.asarray(square) for square in self.questions.squares(SIDE)])
        self.question_pixels = normalised(torch.from_numpy(squares).float())

    @torch.no_grad()
    def report(self, learner: Learner) -> str:
        def read(texts: list[str]) -> Tensor:
            tokens = torch.tensor([encoding.ids for encoding in self.tokenizer.encode_batch(texts)])
            return functional.normalize(learner.read(tokens), dim=1)

        def see(pixels: Tensor) -> Tensor:
            return functional.normalize(torch.cat([learner.see(part)[0] for part in pixels.split(128)]), dim=1)

        learner.eval()
        texts, pictures = read(self.captions), see(self.pixels)
        shares = self.questions.shares(see(self.question_pixels), read)
        learner.train()
        return (f"R@1 {recall(texts, pictures, 1):.3f}  R@5 {recall(texts, pictures, 5):.3f}  "
                f"short queries {sum(shares) / len(shares):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that clip.dataset wrote")
    parser.add_argument("--crowds", type=Path, required=True, help="folder that clip.dataset --crowded wrote")
    parser.add_argument("--from", dest="start", type=Path, help="checkpoint to go on from")
    parser.add_argument("--run", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--tokenizer", default="../models/reel-clip-tiny/tokenizer.json")
    parser.add_argument("--minutes", type=float, default=50, help="how long; the learning rate follows this clock")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check-every", type=float, default=3, help="minutes between two checks and checkpoints")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    torch.set_flush_denormal(True)
    arguments.run.mkdir(parents=True, exist_ok=True)

    tokenizer = Tokenizer.from_file(arguments.tokenizer)
    batches = Batches(arguments.data, arguments.crowds, arguments.batch, tokenizer.token_to_id(END), arguments.seed)
    learner = Learner(tokenizer.get_vocab_size())
    learner.expect(batches.fact_shares())
    print(f"{parameter_count(learner.clip):,} parameters, {len(batches):,} scenes", flush=True)
    seen_before = 0
    if arguments.start:
        checkpoint = torch.load(arguments.start, weights_only=True)
        learner.load_state_dict(checkpoint["learner"])
        seen_before = checkpoint["samples"]
    optimizers = optimizers_for(learner)
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    check = Check(tokenizer)

    began = checked = time.monotonic()
    for step, batch in enumerate(batches, 1):
        share = (time.monotonic() - began) / (60 * arguments.minutes)
        for group in groups:
            group["lr"] = rate(share) * group["times"]
        parts = losses(learner, batch)
        learner.zero_grad(set_to_none=True)
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        with torch.no_grad():
            learner.clip.logit_scale.clamp_(max=math.log(100))
        if time.monotonic() - checked > 60 * arguments.check_every or share >= 1:
            checked = time.monotonic()
            shown = step * arguments.batch
            print(f"{share:4.0%}  {shown} samples  {shown / (checked - began):.0f} samples/s  {check.report(learner)}  "
                  + "  ".join(f"{name} {loss.item():.3f}" for name, loss in parts.items()), flush=True)
            torch.save({"learner": learner.state_dict(), "samples": seen_before + shown,
                        "vocabulary": tokenizer.get_vocab_size()}, arguments.run / "checkpoint.pt")
        if share >= 1:
            break


if __name__ == "__main__":
    main()
