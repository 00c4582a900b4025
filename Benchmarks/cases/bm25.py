#!/usr/bin/env python3
"""BM25 over pairs of characters, written from its formula: what the program's must equal.

    bm25.py FOLDER RUN     ranks the candidates of FOLDER/candidates.run, writes a TREC run

Robertson and Zaragoza 2009 with k1 1.5 and b 0.75; inverse frequency ln(1 + (N - n + 1/2) /
(n + 1/2)) over the whole corpus; a pair that the query has twice counts twice.
"""
import collections
import json
import math
import pathlib
import sys

K1, B = 1.5, 0.75


def pairs(text):
    text = text.lower()
    return [text[i:i + 2] for i in range(len(text) - 1)]


def main(folder, output):
    folder = pathlib.Path(folder)
    documents = {}
    for line in open(folder / "corpus.jsonl"):
        document = json.loads(line)
        documents[document["_id"]] = collections.Counter(pairs(document["text"]))
    lengths = {name: sum(counts.values()) for name, counts in documents.items()}
    average = sum(lengths.values()) / len(lengths)
    frequency = collections.Counter()
    for counts in documents.values():
        frequency.update(counts.keys())
    total = len(documents)

    def inverse(pair):
        return math.log(1 + (total - frequency[pair] + 0.5) / (frequency[pair] + 0.5))

    candidates = collections.defaultdict(list)
    for line in open(folder / "candidates.run"):
        query, _, document = line.split()[:3]
        candidates[query].append(document)
    with open(output, "w") as out:
        for line in open(folder / "queries.jsonl"):
            query = json.loads(line)
            asked = collections.Counter(pairs(query["text"]))
            scored = []
            for name in candidates[query["_id"]]:
                counts = documents[name]
                norm = K1 * (1 - B + B * lengths[name] / average)
                score = sum(
                    count * inverse(pair) * counts[pair] * (K1 + 1) / (counts[pair] + norm)
                    for pair, count in asked.items() if pair in counts)
                scored.append((score, name))
            for rank, (score, name) in enumerate(sorted(scored, reverse=True)):
                out.write(f"{query['_id']} Q0 {name} {rank + 1} {score:.9f} bm25.py\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
