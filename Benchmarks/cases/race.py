#!/usr/bin/env python3
"""Measures `reel cases`: quality beside scikit-learn, speed, and the ranking of precedents.

    python3 race.py all | quality | speed | retrieval | head --encoder MODEL

`quality`: accuracy and macro-F1 beside characters 1-2 + TF-IDF + LinearSVC, over several seeds.
`speed`: import, train, classify and search of 100 000 cases, over HTTP and from the command line.
`retrieval`: BM25 beside its formula in Python; the shares of the fused ranking chosen on one corpus and
told on others, with and without each part.
`head`: what a text encoder's head adds to the classifier.

Builds nothing: give the program with --reel (.build/release/reel). The corpora are invented by
training/cases/make.py; scikit-learn (requirements.txt) is needed for `quality` and `all`. Writes what
it prints to --report as well, as Markdown.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
MAKE = TOP / "training" / "cases" / "make.py"
MEASURES = ["nDCG@10", "nDCG@20", "nDCG@30", "P@5", "P@10", "AP"]
# Seeds of corpora: shares are chosen on the first four and told on the others.
TUNING, TOLD = (101, 202, 303, 404), (505, 606, 707)


class Report:
    def __init__(self, path):
        self.path, self.lines = path, []

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def table(self, head, rows):
        self.say("| " + " | ".join(head) + " |")
        self.say("|" + "---|" * len(head))
        for row in rows:
            self.say("| " + " | ".join(str(cell) for cell in row) + " |")
        self.say()

    def save(self):
        if self.path:
            self.path.write_text("\n".join(self.lines) + "\n")


def run(*command):
    """Standard output, seconds, seconds of CPU, and the memory of the largest child so far in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    output = subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.PIPE, cwd=TOP).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return output.decode(), time.monotonic() - start, cpu, after.ru_maxrss / 1024


def share(value):
    return f"{value:.4f}"


def quality(reel, folder, report, seeds):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.svm import LinearSVC

    rows, sums = [], []
    for seed in seeds:
        train, test = folder / f"train-{seed}.jsonl", folder / f"test-{seed}.jsonl"
        run(sys.executable, MAKE, "hard", train, test, "--noise", "0.4", "--seed", seed)
        library = folder / f"library-{seed}"
        run(reel, "--index", library, "-q", "cases", "import", train)
        trained, seconds, cpu, _ = run(reel, "--index", library, "-q", "--json", "cases", "train")
        trained = json.loads(trained)
        own = json.loads(run(reel, "--index", library, "-q", "--json", "cases", "evaluate", test)[0])
        facts, charges = {}, {}
        for name, path in (("train", train), ("test", test)):
            lines = [json.loads(line) for line in open(path)]
            facts[name] = [line["fact"] for line in lines]
            charges[name] = [line["meta"]["accusation"][0] for line in lines]
        vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
        model = LinearSVC(random_state=0).fit(
            vectorizer.fit_transform(facts["train"]), charges["train"])
        said = model.predict(vectorizer.transform(facts["test"]))
        peer = (accuracy_score(charges["test"], said),
                f1_score(charges["test"], said, average="macro"))
        sums.append((own["accuracy"], own["macro_f1"], *peer, own["cail_charge_score"],
                     own["cail_term_score"], own["median_term_score"], own["nearest_accuracy"]))
        rows.append((seed, own["cases"], share(own["accuracy"]), share(own["macro_f1"]),
                     share(peer[0]), share(peer[1]), trained["features"], f"{seconds:.1f} s"))
    mean = [statistics.mean(column) for column in zip(*sums)]
    rows.append(("mean", "", *(f"**{share(value)}**" for value in mean[:2]),
                 *(share(value) for value in mean[2:4]), "", ""))
    report.say("## Charges, beside scikit-learn's LinearSVC on TF-IDF of characters 1–2\n")
    report.table(["seed", "cases judged", "accuracy", "macro-F1", "LinearSVC accuracy",
                  "macro-F1", "sequences chosen", "train"], rows)
    report.say(f"CAIL2018 scores, mean: charge {share(mean[4])}, term {share(mean[5])} "
               f"(the charge's median {share(mean[6])}); the nearest case's charge is right in "
               f"{share(mean[7])}.\n")


@contextlib.contextmanager
def served(reel, library):
    """A connection to the program serving a library of cases."""
    with tempfile.TemporaryDirectory() as scratch:
        process = subprocess.Popen(
            [reel, "--index", f"{scratch}/none", "--json", "serve", "--port", "0"],
            env=dict(os.environ, REEL_CASES=str(library)), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(process.stdout.readline().split("http://")[1].split('"')[0]
                       .strip().rsplit(":", 1)[1])
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            yield connection, process.pid
        finally:
            process.terminate()
            process.wait()


def percentiles(times):
    times = sorted(times)
    return (f"{statistics.median(times):.1f} ms",
            f"{times[min(len(times) - 1, len(times) * 95 // 100)]:.1f} ms")


def speed(reel, folder, report, cases):
    lines = folder / "bulk.jsonl"
    run(sys.executable, MAKE, "bulk", lines, "--cases", cases, "--noise", "0.4")
    library = folder / "library"
    report.say(f"## {cases} cases of about 400 characters\n")
    rows = []
    for name, more in (("import", [lines]), ("train", [])):
        _, seconds, cpu, memory = run(reel, "--index", library, "-q", "cases", name, *more)
        rows.append((name, f"{seconds:.1f} s", f"{cpu:.1f} s", f"{memory:.0f} MB"))
    report.table(["", "by the clock", "of CPU", "memory at most"], rows)
    asked = folder / "asked.jsonl"
    run(sys.executable, MAKE, "bulk", asked, "--cases", 200, "--noise", "0.4", "--seed", 99)
    facts = [json.loads(line)["fact"] for line in open(asked)]
    rows = []
    with served(reel, library) as (connection, process):
        def ask(route, fact):
            start = time.perf_counter()
            connection.request("POST", f"/v1/cases/{route}", json.dumps({"fact": fact}),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                raise SystemExit(f"{route}: {response.status} {body.decode()}")
            return (time.perf_counter() - start) * 1000
        first = ask("search", facts[0])
        for route in ("classify", "search", "predict"):
            rows.append((f"{route}, over HTTP", *percentiles([ask(route, fact) for fact in facts])))
        memory = next(line.split()[1] for line in open(f"/proc/{process}/status")
                      if line.startswith("VmHWM"))
    for name in ("classify", "search"):
        own, whole = [], []
        for fact in facts[:40]:
            output, seconds, _, _ = run(
                reel, "--index", library, "-q", "--json", "cases", name, fact)
            own.append(json.loads(output)["milliseconds"])
            whole.append(seconds * 1000)
        rows.append((f"{name}, its own time in a new process", *percentiles(own)))
        rows.append((f"{name}, the whole process", *percentiles(whole)))
    report.table(["", "median", "95 in 100"], rows)
    report.say(f"The server's first search, which reads the library: {first:.0f} ms; its memory at "
               f"most: {int(memory) // 1024} MB.\n")


def corpus(folder, seed):
    target = folder / f"retrieval-{seed}"
    run(sys.executable, MAKE, "retrieval", target, "--cases", 100, "--seed", seed)
    return target


def ranked(reel, folder, method):
    output = run(reel, "--json", "eval", "beir", folder, "--candidates",
                 folder / "candidates.run", "--as-cases", method)[0]
    return json.loads(output)["measures"]


def retrieval(reel, folder, report):
    report.say("## Precedents: 100 queries with 30 candidates each, a corpus\n")
    tuning = [corpus(folder, seed) for seed in TUNING]
    best, found = None, None
    # Likeness below 1: what the channels found, meaning among it, is to have a say in the order.
    for likeness in (0, 0.5, 0.7, 0.8, 0.9):
        for elements in (0, 0.05, 0.1, 0.15, 0.2):
            figures = [ranked(reel, target, f"fused:{likeness},{elements}") for target in tuning]
            score = statistics.mean((each["AP"] + each["nDCG@10"]) / 2 for each in figures)
            if best is None or score > best:
                best, found = score, (likeness, elements)
    report.say(f"Chosen on the corpora of seeds {', '.join(map(str, TUNING))} by the mean of AP and "
               f"nDCG@10: likeness of the whole facts {found[0]}, elements {found[1]}. Told on three "
               "others.\n")
    methods = [("BM25 over pairs of characters", "bm25"), ("TF-IDF over the same", "tfidf"),
               ("fused, as it ships", "fused"),
               ("fused, as chosen", f"fused:{found[0]},{found[1]}"),
               ("… without elements", f"fused:{found[0]},0"),
               ("… twice the elements", f"fused:{found[0]},{2 * found[1]:g}"),
               ("… without likeness", f"fused:0,{found[1]}"),
               ("likeness alone", "fused:1,0"), ("elements alone", "fused:0,1")]
    sums = {name: [] for name, _ in methods}
    for seed in TOLD:
        target = corpus(folder, seed)
        reference = folder / "reference.run"
        run(sys.executable, pathlib.Path(__file__).with_name("bm25.py"), target, reference)
        peer = json.loads(run(
            reel, "--json", "eval", "run", "--qrels", target / "qrels/test.tsv", "--run",
            reference, "--measures", ",".join(MEASURES))[0])["measures"]
        for name, method in methods:
            sums[name].append(ranked(reel, target, method))
        difference = max(abs(peer[key] - sums[methods[0][0]][-1][key]) for key in MEASURES)
        report.say(f"Seed {seed}: BM25 differs from its formula in Python by {difference:.6f} at most; "
                   + "AP " + ", ".join(
                       f"{name} {share(sums[name][-1]['AP'])}" for name, _ in methods[:4]) + ".\n")
    report.table(["mean of seeds " + ", ".join(map(str, TOLD)), *MEASURES], [
        (name, *(share(statistics.mean(figures[key] for figures in sums[name])) for key in MEASURES))
        for name, _ in methods])


def head(reel, folder, report, encoder):
    train, test = folder / "train.jsonl", folder / "test.jsonl"
    run(sys.executable, MAKE, "hard", train, test, "--noise", "0.4")
    library = folder / "library"
    run(reel, "--index", library, "-q", "cases", "import", train, "--encoder", encoder)
    trained, seconds, _, _ = run(reel, "--index", library, "-q", "--json", "cases", "train")
    trained = json.loads(trained)
    figures = json.loads(run(
        reel, "--index", library, "-q", "--json", "cases", "evaluate", test, "--charges-only")[0])
    report.say("## The second head\n")
    report.table(
        ["", "accuracy", "macro-F1"],
        [("linear, held out", share(trained["accuracy"]), share(trained["held_out_macro_f1"])),
         ("head alone, held out", share(trained["head_accuracy"]), share(trained["head_macro_f1"])),
         ("best mix, held out", share(trained["mixed_accuracy"]), share(trained["mixed_macro_f1"])),
         (f"{trained['classifier']}, other cases", share(figures["accuracy"]),
          share(figures["macro_f1"]))])
    report.say(f"Gain of the mix on cases its share was not chosen on: {trained['mixed_gain']:.4f} "
               f"(used from {trained['least_gain']} on). Trained in {seconds:.1f} s.\n")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["all", "quality", "speed", "retrieval", "head"])
    parser.add_argument("--reel", type=pathlib.Path, default=TOP / ".build/release/reel")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seeds", default="7,8,9,10,11")
    parser.add_argument("--encoder", default="all-MiniLM-L6-v2")
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    reel = options.reel.resolve()
    report = Report(options.report)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.what in ("all", "quality"):
            quality(reel, folder, report, [int(seed) for seed in options.seeds.split(",")])
        if options.what in ("all", "speed"):
            speed(reel, folder, report, options.cases)
        if options.what in ("all", "retrieval"):
            retrieval(reel, folder, report)
        if options.what == "head":
            head(reel, folder, report, options.encoder)
    report.save()


if __name__ == "__main__":
    main()
