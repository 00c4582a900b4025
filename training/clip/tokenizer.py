"""Trains the byte-level BPE vocabulary on captions and writes the tokenizer files of a CLIP directory.

    python -m clip.tokenizer --out ../models/reel-clip-tiny
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers.pre_tokenizers import ByteLevel

from scenes.captions import full_caption, partial_caption
from scenes.scene import random_scene

START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"
# CLIP's own pattern: the special tokens, English contractions, runs of letters, single digits, runs of the rest.
WORD_PATTERN = (r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
CONTEXT = 48  # tokens of a text at most, both special tokens included
LEARNT_MERGES = 1000


def captions(count: int) -> list[str]:
    """Captions of `count` scenes which neither training nor evaluation draws."""
    texts = []
    for number in range(count):
        randomness = random.Random(number)
        scene = random_scene(3_000_000_000 + number)
        texts += [full_caption(scene, randomness).text, partial_caption(scene, randomness).text]
    return texts


def blank_tokenizer(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(
        vocab=vocabulary, merges=merges, end_of_word_suffix=WORD_END, continuing_subword_prefix="", fuse_unk=False,
        unk_token=END))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORD_PATTERN), behavior="removed", invert=True),
         ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learnt_merges(texts: list[str]) -> list[tuple[str, str]]:
    tokenizer = blank_tokenizer({END: 0}, [])
    trainer = trainers.BpeTrainer(
        vocab_size=2 * len(ByteLevel.alphabet()) + LEARNT_MERGES, end_of_word_suffix=WORD_END, min_frequency=2,
        special_tokens=[END], initial_alphabet=sorted(ByteLevel.alphabet()), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]


def byte_symbols() -> list[str]:
    """The 256 printable stand-ins of bytes in CLIP's order: printable characters first, then the rest."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(code) for code in printable] + [chr(256 + index) for index in range(256 - len(printable))]


def clip_tokenizer(merges: list[tuple[str, str]]) -> Tokenizer:
    """A tokenizer whose numbers follow CLIP: bytes, bytes that end a word, merges, then the special tokens."""
    symbols = byte_symbols()
    symbols += [symbol + WORD_END for symbol in symbols] + [first + second for first, second in merges]
    symbols = list(dict.fromkeys(symbols))
    # The end token has the highest number: some implementations pool at the highest number, others at the end token.
    vocabulary = {symbol: number for number, symbol in enumerate([*symbols, START, END])}
    tokenizer = blank_tokenizer(vocabulary, merges)
    tokenizer.add_special_tokens([START, END])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, vocabulary[END]), (START, vocabulary[START]), trim_offsets=False, add_prefix_space=False)
    return tokenizer


def write_files(tokenizer: Tokenizer, merges: list[tuple[str, str]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    vocabulary = dict(sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1]))
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(f"{first} {second}" for first, second in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    special = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
    configuration = {"tokenizer_class": "CLIPTokenizer", "model_max_length": CONTEXT, "do_lower_case": True,
                     "add_prefix_space": False, "errors": "replace", **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the model's directory")
    parser.add_argument("--scenes", type=int, default=20_000, help="scenes whose captions are read")
    arguments = parser.parse_args()
    general = (Path(__file__).parent / "general_words.txt").read_text(encoding="utf-8").split()
    merges = learnt_merges(captions(arguments.scenes) + general * 20)
    tokenizer = clip_tokenizer(merges)
    write_files(tokenizer, merges, arguments.out)
    print(f"{tokenizer.get_vocab_size()} tokens written to {arguments.out}")


if __name__ == "__main__":
    main()
