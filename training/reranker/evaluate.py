"""What a reranker is worth. Three tables, one command each, in the folder above:

    python -m reranker.evaluate order --base ../models/all-MiniLM-L6-v2 --adapter ../models/reel-reranker
    python -m reranker.evaluate cranfield --folder CRANFIELD --base … --adapter …
    python -m reranker.evaluate blend --base … --adapter …

`order`: word_order.jsonl. `cranfield`: a BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv),
which nothing was trained or chosen on. `blend`: natural questions like those trained on, drawn with
another seed, over which the weight in reranker.json was chosen.
"""
import argparse
import collections
import json
import pathlib

import numpy
import torch

from . import wordnet
from .encoder import Encoder, late_interaction
from .first_stage import BM25, fused, ndcg_at_10, reranked
from .natural import Questions

BLENDS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
HERE = pathlib.Path(__file__).parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=["order", "cranfield", "blend"])
    parser.add_argument("--base", required=True)
    parser.add_argument("--adapter", help="a folder with adapter_config.json; none: untrained")
    parser.add_argument("--layers", type=int, help="of the base model; else as reranker.json says")
    parser.add_argument("--folder", type=pathlib.Path, help="of the BEIR set")
    parser.add_argument("--tokens", type=int, default=128, help="read of a passage")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def rerankers(options):
    """Names and encoders: untrained late interaction, and the adapter where there is one."""
    known = {"untrained, all layers": Encoder(options.base)}
    layers = options.layers
    if options.adapter and layers is None:
        path = pathlib.Path(options.adapter, "reranker.json")
        layers = json.loads(path.read_text()).get("layers") if path.exists() else None
    if layers:
        known[f"untrained, {layers} layers"] = Encoder(options.base, layers=layers)
    if options.adapter:
        known["adapter"] = Encoder(options.base, options.adapter, layers)
    return known


def order_table(options):
    items = [json.loads(line) for line in (HERE / "word_order.jsonl").read_text().splitlines()]
    queries = [text for item in items for text in item["queries"]]
    passages = [text for item in items for text in item["passages"]]
    bm25, models = BM25(passages), rerankers(options)
    counts, right = collections.Counter(), collections.Counter()
    sentence_queries, sentence_passages = (
        models["untrained, all layers"].states(texts)[1] for texts in (queries, passages))
    fusion = [fused(bm25.scores(query), sentence_passages @ vector)
              for query, vector in zip(queries, sentence_queries)]
    for number, item in enumerate(items):
        for side in (0, 1):
            query, good, bad = 2 * number + side, 2 * number + side, 2 * number + 1 - side
            for kind in (item["kind"], "all"):
                counts[kind] += 1
                cosines = sentence_passages @ sentence_queries[query]
                right[kind, "sentence cosine"] += cosines[good] > cosines[bad]
                right[kind, "first stage, first of all"] += int(fusion[query].argmax()) == good
    for name, model in models.items():
        asked, said = (model.states(texts, options.tokens)[0] for texts in (queries, passages))
        for number, item in enumerate(items):
            for side in (0, 1):
                query, good, bad = 2 * number + side, 2 * number + side, 2 * number + 1 - side
                scores = {passage: late_interaction(asked[query], said[passage])
                          for passage in (good, bad)}
                for kind in (item["kind"], "all"):
                    right[kind, name] += scores[good] > scores[bad]
                for blend in BLENDS:
                    order = reranked(fusion[query], lambda best: numpy.array(
                        [late_interaction(asked[query], said[passage]) for passage in best]), blend)
                    for kind in (item["kind"], "all"):
                        right[kind, f"{name}, blend {blend}, first of all"] += order[0] == good
    columns = list(dict.fromkeys(name for _, name in right))
    kinds = [kind for kind in counts if kind != "all"] + ["all"]
    print("| " + " | ".join(["", *(f"{kind} ({counts[kind]})" for kind in kinds)]) + " |")
    print("|---" * (len(kinds) + 1) + "|")
    for name in columns:
        cells = [f"{right[kind, name] / counts[kind]:.3f}" for kind in kinds]
        print("| " + " | ".join([name, *cells]) + " |")


def ranking_table(options, passages, queries, relevant):
    """nDCG@10 of both channels, their sum, and the sum reranked by each model at each blend."""
    bm25, models = BM25(passages), rerankers(options)
    whole = models["untrained, all layers"]
    _, sentence_passages = whole.states(passages)
    _, sentence_queries = whole.states(queries)
    keyword = [bm25.scores(query) for query in queries]
    cosines = [sentence_passages @ vector for vector in sentence_queries]
    fusion = [fused(*channels) for channels in zip(keyword, cosines)]

    def mean(orders):
        return numpy.mean([ndcg_at_10(order, good) for order, good in zip(orders, relevant)])
    for name, channel in (("BM25", keyword), ("sentence cosine", cosines), ("fused", fusion)):
        print(f"{name:28} {mean([numpy.argsort(-s, kind='stable') for s in channel]):.4f}")
    wanted = sorted({int(n) for s in fusion for n in numpy.argsort(-s, kind="stable")[:20]})
    for name, model in models.items():
        said = dict(zip(wanted, model.states([passages[n] for n in wanted], options.tokens)[0]))
        asked = model.states(queries)[0]
        found = []
        for blend in BLENDS:
            orders = [reranked(scores, lambda best: numpy.array(
                [late_interaction(query, said[int(n)]) for n in best]), blend)
                for query, scores in zip(asked, fusion)]
            found.append(f"{blend}: {mean(orders):.4f}")
        print(f"{name:28} " + "  ".join(found), flush=True)


def cranfield_table(options):
    def lines(name):
        return [json.loads(line) for line in (options.folder / name).read_text().splitlines()]
    corpus = lines("corpus.jsonl")
    numbers = {document["_id"]: number for number, document in enumerate(corpus)}
    judged = collections.defaultdict(set)
    for line in (options.folder / "qrels/test.tsv").read_text().splitlines()[1:]:
        query, document, relevance = line.split("\t")
        if int(relevance) > 0 and document in numbers:
            judged[query].add(numbers[document])
    queries = [query for query in lines("queries.jsonl") if query["_id"] in judged]
    ranking_table(options, [f"{document['title']} {document['text']}".strip() for document in corpus],
                  [query["text"] for query in queries], [judged[query["_id"]] for query in queries])


def blend_table(options):
    questions = Questions(wordnet.read(), seed=1_000_003)
    pairs = [questions.draw() for _ in range(900)]
    passages = list(dict.fromkeys(passage for _, passage in pairs))
    number = {passage: place for place, passage in enumerate(passages)}
    asked = pairs[:300]
    ranking_table(options, passages, [query for query, _ in asked],
                  [{number[passage]} for _, passage in asked])


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    dict(order=order_table, cranfield=cranfield_table, blend=blend_table)[options.table](options)


main()
