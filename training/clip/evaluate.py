"""Measures a CLIP directory on fresh drawn scenes, through transformers and as a stranger would load it.

    python -m clip.evaluate --model ../models/reel-clip-tiny

Prints text-to-picture recall over 500 fresh scenes with distinct captions, drawn as 16:9 frames which the model's own
preprocessing shrinks and crops; the same after heavy compression; and a table of questions with a known answer.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from transformers import CLIPModel, CLIPTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from clip.heldout import heldout_scenes, recall
from clip.probes import NONSENSE, PARAPHRASES, SHORT_QUERIES, QuestionScenes
from scenes.distort import compressed
from scenes.scene import draw_scene

FRAME = (640, 360)  # pixels


class LoadedModel:
    """The model, its tokenizer and its preprocessing from one directory."""

    def __init__(self, folder: Path):
        self.model = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer = CLIPTokenizer.from_pretrained(folder)
        self.processor = CLIPImageProcessorPil.from_pretrained(folder)

    @torch.no_grad()
    def pictures(self, pictures: list[Image.Image]) -> Tensor:
        """Unit vectors, pictures × width."""
        found = []
        for start in range(0, len(pictures), 64):
            pixels = self.processor(pictures[start:start + 64], return_tensors="pt")["pixel_values"]
            state = self.model.vision_model(pixel_values=pixels).pooler_output
            found.append(functional.normalize(self.model.visual_projection(state), dim=1))
        return torch.cat(found)

    @torch.no_grad()
    def texts(self, texts: list[str]) -> Tensor:
        """Unit vectors, texts × width."""
        inputs = self.tokenizer(texts, padding=True, truncation=True, max_length=self.tokenizer.model_max_length,
                                return_tensors="pt")
        state = self.model.text_model(**inputs).pooler_output
        return functional.normalize(self.model.text_projection(state), dim=1)


def print_recall(loaded: LoadedModel, count: int) -> None:
    scenes = heldout_scenes(count)
    texts = loaded.texts([caption for _, caption in scenes])
    clean = [draw_scene(scene, *FRAME)[0] for scene, _ in scenes]
    worn = [compressed(picture.resize((320, 180)), random.Random(number)) for number, picture in enumerate(clean)]
    for name, pictures in (("clean 640×360 frames", clean), ("compressed 320×180 frames", worn)):
        seen = loaded.pictures(pictures)
        print(f"{name}: R@1 {recall(texts, seen, 1):.3f}  R@5 {recall(texts, seen, 5):.3f}  over {count} scenes")


def print_short_queries(loaded: LoadedModel, scenes: QuestionScenes) -> None:
    """For each query, how many of the best 5 scenes answer it."""
    seen = loaded.pictures(scenes.pictures)
    print("\nshort query: right among the best 5 (of so many right ones)")
    total = 0
    for query, facts in SHORT_QUERIES:
        best = (loaded.texts([query]) @ seen.T)[0].topk(5).indices.tolist()
        answers = scenes.answering(facts)
        right = sum(number in answers for number in best)
        total += right / min(5, len(answers))
        print(f"  {right} ({len(answers):3})  {query}")
    print(f"  mean share of right answers among the best 5: {total / len(SHORT_QUERIES):.3f}")


def print_paraphrases(loaded: LoadedModel) -> None:
    print("\nparaphrase: cosine to the same meaning, and to another")
    for first, same, other in PARAPHRASES:
        vectors = loaded.texts([first, same, other])
        near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
        print(f"  {'ok ' if near > far else 'BAD'} {first} ~ {same}: {near:.2f}   {first} / {other}: {far:.2f}")


def print_nonsense(loaded: LoadedModel, scenes: QuestionScenes) -> None:
    seen = loaded.pictures(scenes.pictures[:500])
    print("\nbest cosine over 500 scenes")
    for query in ["a red car", *NONSENSE]:
        print(f"  {float((loaded.texts([query]) @ seen.T).max()):.2f}  {query}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("../models/reel-clip-tiny"))
    parser.add_argument("--scenes", type=int, default=500)
    parser.add_argument("--recall-only", action="store_true")
    arguments = parser.parse_args()
    loaded = LoadedModel(arguments.model)
    print_recall(loaded, arguments.scenes)
    if arguments.recall_only:
        return
    scenes = QuestionScenes(1500)
    print_short_queries(loaded, scenes)
    print_paraphrases(loaded)
    print_nonsense(loaded, scenes)


if __name__ == "__main__":
    main()
