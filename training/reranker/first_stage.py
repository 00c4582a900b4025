"""What a search ranks by before the reranker: keywords and meaning, each brought to 0…1, added up."""
import math
import re
from collections import Counter, defaultdict

import numpy
import snowballstemmer

# The 33 that Lucene leaves out of English.
STOP_WORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then "
    "there these they this to was will with".split())
KEYWORD_WEIGHT = 0.4


class BM25:
    """Robertson and Zaragoza 2009, with k1 1.2 and b .75, over stemmed words."""

    def __init__(self, passages, k1=1.2, b=0.75):
        self.stem = snowballstemmer.stemmer("english").stemWord
        self.cache = {}
        documents = [Counter(self.words(text)) for text in passages]
        lengths = numpy.array([sum(document.values()) for document in documents], dtype=float)
        norms = k1 * (1 - b + b * lengths / max(lengths.mean(), 1))
        postings = defaultdict(list)
        for number, document in enumerate(documents):
            for word, count in document.items():
                postings[word].append((number, count))
        self.count = len(passages)
        self.postings = {}
        for word, entries in postings.items():
            numbers = numpy.array([number for number, _ in entries])
            counts = numpy.array([count for _, count in entries], dtype=float)
            rarity = math.log(1 + (self.count - len(entries) + 0.5) / (len(entries) + 0.5))
            self.postings[word] = (numbers, rarity * counts * (k1 + 1) / (counts + norms[numbers]))

    def words(self, text):
        found = []
        for word in re.findall(r"[a-z0-9]+", text.lower()):
            if word in STOP_WORDS:
                continue
            if word not in self.cache:
                self.cache[word] = self.stem(word)
            found.append(self.cache[word])
        return found

    def scores(self, query):
        scores = numpy.zeros(self.count)
        for word in self.words(query):
            if word in self.postings:
                numbers, impacts = self.postings[word]
                scores[numbers] += impacts
        return scores


def to_unit_range(scores):
    lowest, highest = scores.min(), scores.max()
    return (scores - lowest) / (highest - lowest) if highest > lowest else numpy.zeros_like(scores)


def fused(keyword_scores, cosines):
    return (KEYWORD_WEIGHT * to_unit_range(keyword_scores)
            + (1 - KEYWORD_WEIGHT) * to_unit_range(cosines))


def reranked(scores, rerank, blend, depth=20):
    """The order of all passages after the best `depth` were scored again by `rerank(numbers)`."""
    order = numpy.argsort(-scores, kind="stable")
    best = order[:depth]
    mixed = (1 - blend) * to_unit_range(scores[best]) + blend * to_unit_range(rerank(best))
    return numpy.concatenate([best[numpy.argsort(-mixed, kind="stable")], order[depth:]])


def ndcg_at_10(order, relevant):
    gains = [1 / math.log2(place + 2) for place, number in enumerate(order[:10]) if number in relevant]
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))
    return sum(gains) / ideal if ideal else 0.0
