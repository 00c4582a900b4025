#!/usr/bin/env python3
"""Races `reel texts` against tantivy, Whoosh and SQLite's FTS5 in one run.

    python3 Benchmarks/retrieval/texts.py [--work DIR] [--passages N] [--rounds N]

Installs tantivy, whoosh and numpy into DIR/venv (once), writes N passages of 8 to 40 made-up words
(Zipf's law, seeded: passages.py), builds every index, asks 300 queries of 1, 3 and 8 words for
their ten best, and writes DIR/report.json. Build reel first: swift build -c release.

Queries are any-word (OR) queries, one after another on one thread, timed in each engine's own
process by turns, a round each; the best round counts. Whoosh takes a quarter of an hour to index a
million passages: its index is kept in DIR, and may be built ahead (peers.py). It answers 60
queries a kind.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REEL = Path(os.environ.get("REEL", ROOT / ".build/release/reel"))
LENGTHS = [1, 3, 8]
QUERIES = {"reel": 300, "tantivy": 300, "whoosh": 60, "fts5": 60}


def inside_environment(work):
    python = work / "venv/bin/python"
    if os.environ.get("REEL_RACE") == "1":
        return
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "-q", "install", "tantivy", "whoosh", "numpy"], check=True)
    os.execve(python, [str(python), *sys.argv], dict(os.environ, REEL_RACE="1"))


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


class Reel:
    def build(self, passages, folder):
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        output = subprocess.check_output(
            [REEL, "texts", "build", "--input", passages, "--output", folder / "index.sqlite"])
        built = json.loads(output)
        return dict(seconds=built["seconds"], bytes=built["bytes"])

    def open(self, folder):
        self.index = folder / "index.sqlite"

    def times(self, file):
        """Its own clock, around each search; the process starts cold, and warms up on nothing."""
        answer = json.loads(subprocess.check_output(
            [REEL, "texts", "search", "--index", self.index, "--queries", file, "--top", "10"]))
        return dict(p50=answer["p50_ms"], p95=answer["p95_ms"], open=1000 * answer["open_seconds"])


class Peer:
    def __init__(self, name):
        import peers

        self.name, self.engine, self.measure = name, peers.PEERS[name](), peers.times

    def build(self, passages, folder):
        return self.engine.build(passages, folder)

    def open(self, folder):
        self.engine.open(folder)

    def times(self, file):
        queries = file.read_text().splitlines()[: QUERIES[self.name]]
        taken = self.measure(self.engine, queries, 10)
        return dict(p50=quantile(taken, 0.5), p95=quantile(taken, 0.95))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "reel-retrieval-race")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default="reel,tantivy,fts5,whoosh")
    parser.add_argument(
        "--keep", action="store_true", help="use indexes that are there, and build none anew")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    inside_environment(options.work)
    import passages

    corpus = options.work / "passages.txt"
    if not corpus.exists():
        passages.write_passages(corpus, options.passages, options.seed)
    queries = {length: options.work / f"queries-{length}.txt" for length in LENGTHS}
    for length, path in queries.items():
        passages.write_queries(path, 300, length, options.seed)

    report, engines = {}, {}
    for name in options.engines.split(","):
        engines[name] = Reel() if name == "reel" else Peer(name)
        folder = options.work / name
        report[name] = dict(times={})
        if not (options.keep and folder.exists() and any(folder.iterdir())):
            report[name]["built"] = engines[name].build(corpus, folder)
            print(json.dumps({name: report[name]["built"]}), flush=True)
        engines[name].open(folder)
    for length, path in queries.items():
        for turn in range(options.rounds):
            for name, engine in engines.items():
                # The slow ones once: their figures are far from any bar.
                if turn == 0 or name in ("reel", "tantivy"):
                    taken = engine.times(path)
                    best = report[name]["times"].setdefault(length, taken)
                    for key, value in taken.items():
                        best[key] = min(best[key], value)
        line = {
            name: {key: round(value, 3) for key, value in report[name]["times"][length].items()}
            for name in engines
        }
        print(json.dumps({"words": length} | line), flush=True)
    (options.work / "report.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
