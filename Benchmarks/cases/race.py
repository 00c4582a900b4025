#!/usr/bin/env python3
"""Measures `reel cases`: quality beside scikit-learn, speed, and BM25 beside its formula.

    python3 race.py quality | speed [--cases 100000] | retrieval

Builds nothing: give the program with --reel (.build/release/reel). The corpora are invented by
training/cases/make.py; scikit-learn (requirements.txt) is needed for `quality` alone.
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
MAKE = TOP / "training" / "cases" / "make.py"


def run(*command):
    """Standard output, seconds, seconds of CPU, and the largest memory so far in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    output = subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, cwd=TOP).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return output.decode(), time.monotonic() - start, cpu, after.ru_maxrss / 1024


def quality(reel, folder):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.svm import LinearSVC

    train, test = folder / "train.jsonl", folder / "test.jsonl"
    run(sys.executable, MAKE, "hard", train, test, "--noise", "0.4")
    library = folder / "library"
    run(reel, "--index", library, "-q", "cases", "import", train)
    report, seconds, cpu, _ = run(reel, "--index", library, "-q", "--json", "cases", "train")
    report = json.loads(report)
    figures = json.loads(
        run(reel, "--index", library, "-q", "--json", "cases", "evaluate", test)[0])
    facts, charges = {}, {}
    for name, path in (("train", train), ("test", test)):
        lines = [json.loads(line) for line in open(path)]
        facts[name] = [line["fact"] for line in lines]
        charges[name] = [line["meta"]["accusation"][0] for line in lines]
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    model = LinearSVC(random_state=0).fit(
        vectorizer.fit_transform(facts["train"]), charges["train"])
    said = model.predict(vectorizer.transform(facts["test"]))
    print(f"{len(facts['train'])} to learn from, {figures['cases']} to judge")
    print(f"reel          accuracy {figures['accuracy']:.4f}  macro-F1 {figures['macro_f1']:.4f}  "
          f"(settings: {report['features']}, cost {report['cost']}, balance {report['balance']}; "
          f"{seconds:.0f} s, {cpu:.0f} s of CPU)")
    print(f"scikit-learn  accuracy {accuracy_score(charges['test'], said):.4f}  "
          f"macro-F1 {f1_score(charges['test'], said, average='macro'):.4f}")
    print(f"nearest case  accuracy {figures['nearest_accuracy']:.4f}  "
          f"macro-F1 {figures['nearest_macro_f1']:.4f}")
    print(f"commonest     accuracy {figures['majority_accuracy']:.4f}  "
          f"macro-F1 {figures['majority_macro_f1']:.4f}")
    print(f"CAIL2018: charge {figures['cail_charge_score']:.4f}, term {figures['cail_term_score']:.4f} "
          f"(the charge's median {figures['median_term_score']:.4f}, the nearest case's "
          f"{figures['nearest_term_score']:.4f})")


def speed(reel, folder, cases):
    lines = folder / "bulk.jsonl"
    run(sys.executable, MAKE, "bulk", lines, "--cases", cases, "--noise", "0.4")
    library = folder / "library"
    _, seconds, cpu, memory = run(reel, "--index", library, "-q", "cases", "import", lines)
    print(f"import   {seconds:.1f} s, {cpu:.1f} s of CPU, {memory:.0f} MB at most")
    _, seconds, cpu, memory = run(reel, "--index", library, "-q", "cases", "train")
    print(f"train    {seconds:.1f} s, {cpu:.1f} s of CPU, {memory:.0f} MB at most")
    asked = folder / "asked.jsonl"
    run(sys.executable, MAKE, "bulk", asked, "--cases", 100, "--noise", "0.4", "--seed", 99)
    facts = [json.loads(line)["fact"] for line in open(asked)]
    for name in ("classify", "search"):
        times = sorted(
            json.loads(run(reel, "--index", library, "-q", "--json", "cases", name, fact)[0])[
                "milliseconds"] for fact in facts)
        print(f"{name:8} p50 {statistics.median(times):.1f} ms, p95 {times[len(times) * 95 // 100]:.1f} ms")


def retrieval(reel, folder):
    run(sys.executable, MAKE, "retrieval", folder, "--cases", 100)
    reference = folder / "reference.run"
    run(sys.executable, pathlib.Path(__file__).with_name("bm25.py"), folder, reference)
    measures = "nDCG@10,nDCG@20,nDCG@30,P@5,P@10,AP"

    def show(name, output):
        figures = json.loads(output)["measures"]
        print(f"{name:10}" + "  ".join(f"{key} {figures[key]:.4f}" for key in measures.split(",")))

    show("bm25.py", run(
        reel, "--json", "eval", "run", "--qrels", folder / "qrels/test.tsv", "--run", reference,
        "--measures", measures)[0])
    for method in ("bm25", "tfidf", "fused"):
        show(method, run(
            reel, "--json", "eval", "beir", folder, "--candidates", folder / "candidates.run",
            "--as-cases", method)[0])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["quality", "speed", "retrieval"])
    parser.add_argument("--reel", type=pathlib.Path, default=TOP / ".build/release/reel")
    parser.add_argument("--cases", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.what == "quality":
            quality(options.reel, folder)
        elif options.what == "speed":
            speed(options.reel, folder, options.cases)
        else:
            retrieval(options.reel, folder)


if __name__ == "__main__":
    main()
