"""Trains the adapter: low-rank updates (Hu et al. 2021) of MiniLM's matrices for late interaction.

    python -m reranker.train --base ../models/all-MiniLM-L6-v2 --out run/reranker --minutes 12

Three sources in each batch: meanings said in several ways, natural sentences with two words
swapped, natural passages. Two losses: a query's own passage must score above every other of the
batch and above the swapped ones (cross-entropy), and among natural passages the order of the
untrained model with all its layers is to be kept (Kullback-Leibler divergence from its scores).
"""
import argparse
import json
import pathlib
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModel, AutoTokenizer

from . import wordnet
from .meanings import Meanings
from .natural import Questions, Swaps

TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", required=True)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, nargs=3, default=[12, 6, 6],
                        help="queries of each source: meanings, swaps, natural passages")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--keep", type=float, default=1.0, help="weight of the untrained order")
    parser.add_argument("--temperature", type=float, default=0.03)
    parser.add_argument("--steps", type=int, default=600, help="at most; the rate falls to 0 over them, or over the minutes")
    parser.add_argument("--layers", type=int, default=4, help="of the base model, from below")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Texts:
    """Tokenised, with what marks ordinary tokens."""

    def __init__(self, tokenizer, texts, limit=64):
        self.inputs = tokenizer(texts, padding=True, truncation=True, max_length=limit,
                                return_tensors="pt", return_special_tokens_mask=True)
        self.words = self.inputs.pop("special_tokens_mask") == 0


def states(model, texts):
    return torch.nn.functional.normalize(model(**texts.inputs).last_hidden_state, dim=-1)


def scores(model, queries, groups):
    """Late interaction of all with all: queries × passages. Short and long passages come in
    groups of their own, so that the short ones are not padded."""
    asked = states(model, queries)
    columns = []
    for passages in groups:
        cosines = torch.einsum("qid,pjd->qpij", asked, states(model, passages))
        cosines = cosines.masked_fill(~passages.words[None, :, None, :], -1)
        best = cosines.max(-1).values * queries.words[:, None, :]
        columns.append(best.sum(-1) / queries.words.sum(-1).clamp(min=1)[:, None])
    return torch.cat(columns, 1)


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    words = wordnet.read()
    sources = [Meanings(words, options.seed), Swaps(words, options.seed + 1),
               Questions(words, options.seed + 2)]
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    base = AutoModel.from_pretrained(options.base, add_pooling_layer=False,
                                     num_hidden_layers=options.layers).eval()  # no dropout
    whole = AutoModel.from_pretrained(options.base, add_pooling_layer=False).eval()
    model = get_peft_model(base, LoraConfig(
        r=options.rank, lora_alpha=2 * options.rank, target_modules=TARGETS,
        lora_dropout=0.0))
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.01)
    own = options.batch[0] + options.batch[1]  # queries whose passages are short
    start, log = time.time(), []
    for step in range(options.steps):
        drawn = [[source.draw() for _ in range(count)]
                 for source, count in zip(sources, options.batch)]
        meanings, swaps, natural = drawn
        asked = Texts(tokenizer, [item[0] for source in drawn for item in source])
        short = Texts(tokenizer, [item[1] for item in meanings + swaps]
                      + [other for item in meanings + swaps for other in item[2]])
        long = Texts(tokenizer, [item[1] for item in natural])
        found = scores(model, asked, [short, long])
        wanted = torch.cat([torch.arange(own), found.shape[1] - len(natural)
                            + torch.arange(len(natural))])
        loss = torch.nn.functional.cross_entropy(found / options.temperature, wanted)
        kept = torch.zeros(())
        if options.keep:
            # The swapped sentences are left out: of these the untrained model knows nothing.
            asked = Texts(tokenizer, [item[0] for item in swaps + natural])
            short = Texts(tokenizer, [item[1] for item in swaps])
            with torch.no_grad():
                before = scores(whole, asked, [short, long])
            rows = slice(len(meanings), None)
            kept = torch.nn.functional.kl_div(
                (found[rows, wanted[rows]] / options.temperature).log_softmax(-1),
                (before / options.temperature).softmax(-1), reduction="batchmean")
        minutes = (time.time() - start) / 60
        left = 1 - max(step / options.steps, min(1, minutes / options.minutes))
        rate = options.rate * min(1, (step + 1) / 20) * left
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        (loss + options.keep * kept).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        right = (found.argmax(-1) == wanted).float()
        log.append([loss.item(), kept.item()]
                   + [part.mean().item() for part in right.split(options.batch)])
        if (step + 1) % 10 == 0 or minutes > options.minutes:
            recent = torch.tensor(log[-10:]).mean(0).tolist()
            print(f"step {step + 1} {minutes:.1f} min loss {recent[0]:.3f} kept {recent[1]:.3f} "
                  f"right: meanings {recent[2]:.3f} swaps {recent[3]:.3f} natural {recent[4]:.3f}",
                  flush=True)
            model.save_pretrained(options.out)
        if minutes > options.minutes:
            break
    model.save_pretrained(options.out)
    (options.out / "training.json").write_text(json.dumps(
        {**vars(options), "out": str(options.out), "stepsDone": step + 1}))


main()
