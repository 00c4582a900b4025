#!/usr/bin/env python3
"""Writes what scikit-learn makes of invented cases, for the tests of LegalCases.

    python3 training/cases/golden.py Tests/LegalCasesTests/Goldens

tfidf.json: vectors of a few facts by TfidfVectorizer; train.jsonl and test.jsonl: a small corpus of
confusable charges; linear-svc.json: accuracy and macro-F1 of LinearSVC on it.
"""
import json
import pathlib
import random
import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.svm import LinearSVC

import make

folder = pathlib.Path(sys.argv[1])
lines = make.bulk(11, 500, 0.4, 160)
test, train = lines[:125], lines[125:]
known = {line["meta"]["accusation"][0] for line in train}
test = [line for line in test if line["meta"]["accusation"][0] in known]
make.write(folder / "train.jsonl", train)
make.write(folder / "test.jsonl", test)

facts = ["被告人王某盗窃手机一部，价值3000元。", "A B  c\t被告人\n李某持刀抢劫。", "王某王某王某", "Ünïcode 被告人𠮷某"]
vectors = []
for sublinear in (False, True):
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=sublinear)
    matrix = vectorizer.fit_transform(facts)
    names = vectorizer.get_feature_names_out()
    vectors.append({
        "sublinear": sublinear,
        "vectors": [
            {names[i]: round(float(row[0, i]), 7) for i in row.nonzero()[1]} for row in matrix],
    })
(folder / "tfidf.json").write_text(
    json.dumps({"facts": facts, "cases": vectors}, ensure_ascii=False, sort_keys=True))

vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
model = LinearSVC(random_state=0)
charges = [line["meta"]["accusation"][0] for line in train]
truth = [line["meta"]["accusation"][0] for line in test]
model.fit(vectorizer.fit_transform(line["fact"] for line in train), charges)
said = model.predict(vectorizer.transform(line["fact"] for line in test))
(folder / "linear-svc.json").write_text(json.dumps({
    "accuracy": accuracy_score(truth, said), "macro_f1": f1_score(truth, said, average="macro"),
    "said": list(said)}, ensure_ascii=False, sort_keys=True))
