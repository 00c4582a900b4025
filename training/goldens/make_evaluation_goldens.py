"""Makes Tests/EvaluationTests/Goldens: runs, judgements, and what trec_eval makes of them.

Run from the repository's root, with `pip install pytrec_eval-terrier ir_measures` (0.5.11 and 0.4.3
were used; the first is trec_eval's own C code, the second averages as `trec_eval -c` does):

    python training/goldens/make_evaluation_goldens.py

Each case has what goes wrong easily: equal scores, scores that are equal only in single precision,
documents nobody judged, several levels, levels below 0, queries without relevant documents, queries
in one of the files only, lines of a query that do not stand together, names of which one begins
another.
"""
import json
import pathlib
import random
import struct

import ir_measures
import pytrec_eval

OUT = pathlib.Path("Tests/EvaluationTests/Goldens")

# Ours: trec_eval's name for the question and for the answer.
MEASURES = {
    "nDCG": ("ndcg", "ndcg"), "nDCG@1": ("ndcg_cut.1", "ndcg_cut_1"),
    "nDCG@3": ("ndcg_cut.3", "ndcg_cut_3"), "nDCG@10": ("ndcg_cut.10", "ndcg_cut_10"),
    "P@1": ("P.1", "P_1"), "P@5": ("P.5", "P_5"), "P@100": ("P.100", "P_100"),
    "R@5": ("recall.5", "recall_5"), "R@100": ("recall.100", "recall_100"),
    "AP": ("map", "map"), "AP@5": ("map_cut.5", "map_cut_5"), "RR": ("recip_rank", "recip_rank"),
    "Success@1": ("success.1", "success_1"), "Success@5": ("success.5", "success_5"),
    "Rprec": ("Rprec", "Rprec"), "Bpref": ("bpref", "bpref"),
}


def single(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def case(seed, queries, documents, levels, judged, depth, steps):
    """A run and its judgements as dictionaries; `steps` different scores make ties."""
    rng = random.Random(seed)
    names = [f"D{n:03}" for n in range(documents)] + ["d", "d1", "d10", "D", "Ð1", "é"]
    run, judgements = {}, {}
    for query in range(1, queries + 1):
        name = f"q{query}"
        if query % 7 != 3:
            found = rng.sample(names, min(depth, len(names)))
            run[name] = {document: rng.randrange(steps) / 8 - 2 for document in found}
            # Two that differ in double precision and not in single.
            for left, right in zip(found[::9], found[1::9]):
                run[name][right] = run[name][left] * (1 + 1e-10) + 1e-12
                assert single(run[name][left]) == single(run[name][right]) or run[name][left] == 0
        if query % 7 != 5:
            chosen = rng.sample(names, judged)
            judgements[name] = {document: rng.choice(levels) for document in chosen}
            if query % 7 == 1:
                judgements[name] = {document: min(0, level) for document, level in
                                    judgements[name].items()}
    return run, judgements


CASES = {
    # As TREC's ad hoc test collections: relevant or not, long rankings.
    "binary": case(seed=1, queries=9, documents=150, levels=[0, 0, 0, 1], judged=60, depth=120,
                   steps=1000),
    "graded": case(seed=2, queries=15, documents=40, levels=[-2, -1, 0, 0, 1, 2, 3], judged=20,
                   depth=30, steps=12),
    # More relevant documents than are found, and nearly every score a tie.
    "tied": case(seed=3, queries=8, documents=30, levels=[0, 1, 1, 4], judged=30, depth=12, steps=2),
    "unjudged": case(seed=4, queries=8, documents=60, levels=[-1, 0, 1], judged=5, depth=9, steps=40),
}


def expected(run, judgements):
    asked = {question for question, _ in MEASURES.values()}
    by_query = pytrec_eval.RelevanceEvaluator(judgements, asked).evaluate(run)
    figures = {
        ours: {query: round(values[answer], 6) for query, values in sorted(by_query.items())}
        for ours, (_, answer) in MEASURES.items()
    }
    both = {ours: sum(values.values()) / len(values) for ours, values in figures.items()}
    complete = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(ours) for ours in MEASURES], judgements, run)
    # Not one of trec_eval's own; ir_measures' breaks ties another way.
    figures["RR@3"] = {
        query: value if value >= 1 / 3.1 else 0 for query, value in figures["RR"].items()}
    return {
        "by_query": figures,
        "queries_in_both": {ours: round(value, 6) for ours, value in both.items()},
        "judged_queries": {str(measure): round(value, 6) for measure, value in complete.items()},
    }


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (run, judgements) in CASES.items():
        rng = random.Random(name)
        lines = [
            f"{query} Q0 {document} {rng.randrange(1000)} {score!r} golden"
            for query, ranking in run.items() for document, score in ranking.items()
        ]
        rng.shuffle(lines)
        (OUT / f"{name}.run").write_text("# made by training/goldens\n" + "\n".join(lines) + "\n")
        judged = [(query, document, level) for query, levels in judgements.items()
                  for document, level in levels.items()]
        (OUT / f"{name}.qrels").write_text(
            "".join(f"{query} 0 {document} {level}\n" for query, document, level in judged))
        (OUT / f"{name}.json").write_text(
            json.dumps(expected(run, judgements), separators=(",", ":"), sort_keys=True) + "\n")
    # The same judgements as BEIR writes them.
    (OUT / "graded.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(
        f"{query}\t{document}\t{level}\n" for query, levels in CASES["graded"][1].items()
        for document, level in levels.items()))


main()
