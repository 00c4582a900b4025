"""Real texts that are on every machine that can run the benchmark, as MiniLM vectors.

    python3 Benchmarks/vectors/texts.py --output DIR/minilm.npy [--count 61000] [--model FOLDER]

Passages are the paragraphs of the docstrings of all Python packages found here (those that
race.py installs bring more than enough) and of the README and NEWS files in /usr/share/doc, 40…400
characters, each once, cut at 200, in an order that a seed fixes. They go through `reel embed` with
all-MiniLM-L6-v2, a line each; what comes out is an array, count × 384. The passages are kept beside
it as .txt. Some ten minutes on two cores; done once, the file is used again.
"""

import argparse
import ast
import gzip
import random
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REEL = ROOT / ".build/release/reel"
MODEL = ROOT / "models/all-MiniLM-L6-v2"
LENGTHS = range(40, 401)  # characters
CUT = 200


def docstrings(file):
    try:
        tree = ast.parse(file.read_text(errors="ignore"))
    except (SyntaxError, ValueError, RecursionError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ast.get_docstring(node) or ""


def document(file):
    try:
        data = file.read_bytes()
        data = gzip.decompress(data) if file.suffix == ".gz" else data
    except (OSError, EOFError, gzip.BadGzipFile):
        return ""
    return data.decode(errors="ignore")


def passages(count, seed=1):
    """`count` different passages, or as many as there are."""
    folders = {Path(p) for p in sys.path if p} | set(Path("/usr").glob("*/python3*"))
    folders |= set(Path("/usr/local").glob("lib/python3*"))
    found = set()

    def add(text):
        for paragraph in re.split(r"\n\s*\n", text):
            paragraph = " ".join(paragraph.split())
            if len(paragraph) in LENGTHS:
                found.add(paragraph[:CUT])

    for folder in folders:
        for file in folder.rglob("*.py"):
            for text in docstrings(file):
                add(text)
    for pattern in ["README*", "NEWS*"]:
        for file in Path("/usr/share/doc").rglob(pattern):
            add(document(file))
    texts = sorted(found)
    random.Random(seed).shuffle(texts)
    return texts[:count]


def embed(lines, output, model):
    """Runs `reel embed` over a file of lines."""
    part = output.with_suffix(".part.npy")
    with open(lines) as text:
        subprocess.run([REEL, "embed", "--model", model, "-o", part, "-"], stdin=text, check=True)
    part.rename(output)


def make(output, count=61_000, model=MODEL):
    """The array, made once."""
    if output.exists():
        return
    lines = output.with_suffix(".txt")
    lines.write_text("\n".join(passages(count)) + "\n")
    embed(lines, output, model)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--count", type=int, default=61_000)
    parser.add_argument("--model", type=Path, default=MODEL)
    options = parser.parse_args()
    make(options.output, options.count, options.model)
