"""The program's tokenizers beside Hugging Face's `tokenizers` (Rust), by turns, one thread each.

    swift build -c release --product TokenizerBenchmark
    python3 -m venv peers && peers/bin/pip install tokenizers numpy
    peers/bin/python Benchmarks/encoders/tokenizers.py --work peers/work [--rounds 7] [--kinds clip,qwen]

Takes the kinds of Tests/TokenizersTests/Goldens/whole and trains each anew with a vocabulary of usual
size, in the work folder, once; BERT is all-MiniLM-L6-v2's own where that was fetched. Two texts of a
few megabytes: `english`, common words by Zipf's law with capitals and punctuation, and `mixed`, the
goldens' corpus in two dozen scripts, emoji and code. Each round gives both libraries one pass; the
fastest counts. The peer runs `encode_batch_fast`, which keeps no offsets, without its threads.
Prints lines and megabytes a second, and the ratio. Both must find equally many tokens.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
sys.path.pop(0)  # this file has the library's name

import numpy as np
from tokenizers import AddedToken, Tokenizer, pre_tokenizers, trainers

parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True, type=Path)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--kinds", default="bert-uncased,roberta,clip,qwen,llama3,whisper,llama2,gemma,xlm-roberta,t5")
parser.add_argument("--texts", default="english,mixed")
parser.add_argument("--goldens", default="Tests/TokenizersTests/Goldens/whole", type=Path)
parser.add_argument("--model", default="models/all-MiniLM-L6-v2", type=Path)
parser.add_argument("--binary", default=".build/release/TokenizerBenchmark")
parser.add_argument("--vocabulary", type=int, default=30000)
options = parser.parse_args()
WORK = options.work
WORK.mkdir(parents=True, exist_ok=True)


def make_texts():
    random = np.random.default_rng(0)
    vocabulary = options.model / "vocab.txt"
    if vocabulary.exists():
        words = [w for w in vocabulary.read_text("utf-8").splitlines() if w.isalpha() and w.isascii()]
    else:
        letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
        words = ["".join(random.choice(letters, n)) for n in random.integers(2, 10, 20000)]
    # Half of all words are compounds, so that no library knows every word by heart.
    words = np.array(words + [a + b for a, b in zip(random.permutation(words), random.permutation(words))])
    words = words[random.permutation(len(words))]
    lines = []
    for length in np.clip(random.lognormal(3.2, 0.7, 30000), 3, 150).astype(int):
        line = words[np.minimum(random.zipf(1.25, length), len(words)) - 1].astype(object)
        line[0] = line[0].capitalize()
        for place in np.nonzero(random.random(length) < 0.12)[0]:
            line[place] += random.choice([",", ".", "?", "'s", " -", ";", " 2024", "%"])
        lines.append(" ".join(line))
    (WORK / "english.txt").write_text("\n".join(lines) + "\n", "utf-8")
    corpus = json.loads((options.goldens / "corpus.json").read_text("utf-8"))
    corpus = [line.replace("\n", " ").replace("\r", " ").strip() for line in corpus if len(line) < 1000]
    corpus = [line for line in corpus if line]
    mixed = [" ".join(random.choice(corpus, 3)) for _ in range(15000)]
    (WORK / "mixed.txt").write_text("\n".join(mixed) + "\n", "utf-8")


def train(kind):
    """The kind's own parts, with a vocabulary learnt from both texts."""
    folder = WORK / kind
    folder.mkdir(exist_ok=True)
    if kind == "bert-uncased" and (options.model / "tokenizer.json").exists():
        tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.save(str(folder / "tokenizer.json"))
        return
    tokenizer = Tokenizer.from_file(str(options.goldens / kind / "tokenizer.json"))
    model = json.loads(tokenizer.to_str())["model"]
    known = tokenizer.get_added_tokens_decoder()
    specials = [known[i] for i in sorted(known) if i < 8]
    if model.get("byte_fallback"):
        specials += [AddedToken(f"<0x{i:02X}>", special=True) for i in range(256)]
    size = options.vocabulary
    if model["type"] == "WordPiece":
        trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=specials)
    elif model["type"] == "Unigram":
        trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=specials, unk_token="<unk>")
    else:
        levels = {"initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}
        settings = {} if model.get("byte_fallback") else levels
        if model.get("end_of_word_suffix"):
            settings["end_of_word_suffix"] = model["end_of_word_suffix"]
        trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=specials, **settings)
    lines = [line for name in ("english", "mixed") for line in read(name)]
    cutter = json.loads(tokenizer.to_str())["pre_tokenizer"]
    if model.get("byte_fallback"):
        # As SentencePiece trains what these stand for: no token reaches over a space.
        tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    tokenizer.train_from_iterator(lines, trainer)
    whole = json.loads(tokenizer.to_str())
    whole["pre_tokenizer"] = cutter
    whole["added_tokens"] = [t for t in whole["added_tokens"] if not t["content"].startswith("<0x")]
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")


def read(name):
    return (WORK / f"{name}.txt").read_text("utf-8").split("\n")[:-1]


class Ours:
    def __init__(self):
        self.process = subprocess.Popen(
            [options.binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()


def main():
    if not (WORK / "mixed.txt").exists():
        make_texts()
    kinds = options.kinds.split(",")
    for kind in kinds:
        if not (WORK / kind / "tokenizer.json").exists():
            train(kind)
    ours = Ours()
    print(f"{'kind':14} {'text':8} {'theirs':>20} {'ours':>20} {'ratio':>6}  load ms theirs/ours")
    for kind in kinds:
        folder = WORK / kind
        start = time.perf_counter()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        load = (time.perf_counter() - start) * 1e3
        our_load = float(ours.ask(f"load {folder}")[0])
        for name in options.texts.split(","):
            lines = read(name)
            megabytes = (WORK / f"{name}.txt").stat().st_size / 1e6
            assert int(ours.ask(f"texts {WORK}/{name}.txt")[1]) == len(lines)
            theirs, mine = [], []
            for _ in range(options.rounds):
                start = time.perf_counter()
                found = tokenizer.encode_batch_fast(lines)
                theirs.append(time.perf_counter() - start)
                count = sum(len(encoding.ids) for encoding in found)
                del found
                milliseconds, our_count = ours.ask("encode")
                mine.append(float(milliseconds) / 1e3)
                assert int(our_count) == count, f"{kind} {name}: {our_count} tokens, not {count}"
            their, our = min(theirs), min(mine)

            def speed(seconds):
                return f"{len(lines) / seconds:9.0f}/s {megabytes / seconds:5.1f} MB/s"

            print(f"{kind:14} {name:8} {speed(their):>20} {speed(our):>20} {their / our:6.2f}"
                  f"  {load:.0f}/{our_load:.0f}", flush=True)


main()
