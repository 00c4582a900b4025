#!/usr/bin/env python3
"""How well reel's text search ranks a judged collection, beside formulas written out in Python.

    python3 Benchmarks/retrieval/cranfield.py FOLDER [--work DIR]

FOLDER is a collection in BEIR's layout: corpus.jsonl, queries.jsonl, qrels/test.tsv. Installs
ir_measures and snowballstemmer into DIR/venv (once). Build reel first: swift build -c release.

The reference cuts words at everything that is no letter, digit or apostrophe, lowers capitals, and
stems with Snowball's English; stop words of the query are left out, as reel leaves them out, and
count for lengths. It prints nDCG@10 and MAP of both for each formula: they differ by .005 at most.
"""

import argparse
import collections
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REEL = Path(os.environ.get("REEL", ROOT / ".build/release/reel"))
FORMULAS = {
    "BM25 (k1 1.2, b .75)": (["--ranking", "bm25"], dict(k1=1.2, b=0.75)),
    "BM25 (k1 .9, b .4)": (["--ranking", "bm25", "--k1", "0.9", "--b", "0.4"], dict(k1=0.9, b=0.4)),
    "TF-IDF summed": (["--ranking", "tfidf", "--slope", "0"], dict(slope=0)),
    "TF-IDF pivoted (slope .25)": (["--ranking", "tfidf", "--slope", "0.25"], dict(slope=0.25)),
    "TF-IDF by length": (["--ranking", "tfidf", "--slope", "1"], dict(slope=1)),
}


def inside_environment(work):
    python = work / "venv/bin/python"
    if os.environ.get("REEL_RACE") == "1":
        return
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "-q", "install", "ir_measures", "snowballstemmer"], check=True)
    os.execve(python, [str(python), *sys.argv], dict(os.environ, REEL_RACE="1"))


def stop_words():
    """Those of the program, read from its source."""
    source = (ROOT / "Sources/TextSearch/StopWords.swift").read_text()
    return set(source.split('"""')[1].split())


class Reference:
    def __init__(self, corpus):
        import snowballstemmer

        self.stemmer = snowballstemmer.stemmer("english")
        self.stems = {}
        self.stop = stop_words()
        self.names = [document["_id"] for document in corpus]
        texts = [" ".join(filter(None, [d.get("title"), d["text"]])) for d in corpus]
        counts = [collections.Counter(self.terms(text)) for text in texts]
        self.lengths = [sum(count.values()) for count in counts]
        self.average = sum(self.lengths) / len(self.lengths)
        self.postings = collections.defaultdict(list)
        for number, count in enumerate(counts):
            for term, tf in count.items():
                self.postings[term].append((number, tf))

    def words(self, text):
        return re.findall(r"[^\W_]+(?:'[^\W_]+)*(?:\.\d+)?", text.lower())

    def terms(self, text):
        return [self.stem(word) for word in self.words(text)]

    def stem(self, word):
        if word not in self.stems:
            self.stems[word] = self.stemmer.stemWord(word)
        return self.stems[word]

    def search(self, query, top, k1=None, b=None, slope=None):
        words = self.words(query)
        kept = [word for word in words if word not in self.stop] or words
        scores, total = collections.defaultdict(float), len(self.names)
        for term, repeats in collections.Counter(map(self.stem, kept)).items():
            found = self.postings.get(term, [])
            df = len(found)
            for number, tf in found:
                length = max(1, self.lengths[number]) / self.average
                if k1 is not None:
                    idf = math.log(1 + (total - df + 0.5) / (df + 0.5))
                    weight = tf * (k1 + 1) / (tf + k1 * (1 - b + b * length))
                else:
                    idf = math.log(1 + total / df)
                    weight = (1 + math.log(tf)) / (1 - slope + slope * length)
                scores[number] += repeats * idf * weight
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:top]
        return [(self.names[number], score) for number, score in best]


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "reel-retrieval-race")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    inside_environment(options.work)
    import ir_measures
    from ir_measures import AP, nDCG

    judged = [
        ir_measures.Qrel(*line.split("\t")[:2], int(line.split("\t")[2]))
        for line in (options.folder / "qrels/test.tsv").read_text().splitlines()[1:]
    ]
    queries = read(options.folder / "queries.jsonl")
    reference = Reference(read(options.folder / "corpus.jsonl"))
    index, run = options.work / "judged.sqlite", options.work / "judged.run"
    for name in [index, Path(f"{index}-wal"), Path(f"{index}-shm")]:
        name.unlink(missing_ok=True)
    subprocess.run(
        [REEL, "texts", "build", "--input", options.folder / "corpus.jsonl", "--output", index],
        check=True, stdout=subprocess.DEVNULL)
    for name, (arguments, parameters) in FORMULAS.items():
        subprocess.run(
            [REEL, "texts", "search", "--index", index, "--queries",
             options.folder / "queries.jsonl", "--top", "1000", "--output", run, *arguments],
            check=True, stdout=subprocess.DEVNULL)
        runs = {
            "reel": list(ir_measures.read_trec_run(str(run))),
            "reference": [
                ir_measures.ScoredDoc(query["_id"], document, score)
                for query in queries
                for document, score in reference.search(query["text"], 1000, **parameters)
            ],
        }
        figures = {
            key: ir_measures.calc_aggregate([nDCG @ 10, AP], judged, value)
            for key, value in runs.items()
        }
        print(json.dumps(dict(formula=name) | {
            f"{key}_{label}": round(figures[key][measure], 4)
            for key in runs for label, measure in [("ndcg10", nDCG @ 10), ("map", AP)]
        }), flush=True)


if __name__ == "__main__":
    main()
