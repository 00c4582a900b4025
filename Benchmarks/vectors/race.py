"""Races `reel vectors` against FAISS on the same arrays, in one run, on two cores.

    python3 Benchmarks/vectors/race.py [--sets clustered,uniform,minilm] [--seeds 1] [--work DIR]

Installs faiss-cpu and numpy into DIR/venv (once), draws the arrays, and writes DIR/report.json
and a recall–speed curve (SVG) a set. Build reel first: swift build -c release.

- clustered: 500 000 × 512, unit length, 1 000 directions with as much noise as direction.
- uniform: 200 000 × 128, each number −1…1: no neighbourhoods to speak of, which is hard.
- minilm: 60 000 × 384, all-MiniLM-L6-v2 of passages from the docstrings of the Python packages on
  this machine, embedded by `reel embed`.

FAISS runs with OPENBLAS_CORETYPE=SkylakeX where the processor has AVX-512 (its best), and every
setting of a list of factory strings × nprobe × k_factor is tried; the fastest that reaches a
recall counts. reel is asked for a recall, as a user would.
"""

import argparse
import ast
import glob
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REEL = ROOT / ".build/release/reel"
TARGETS = [0.90, 0.95, 0.99]
FACTORIES = {
    "clustered": ["IVF1024,PQ64x4fs,RFlat", "IVF1024,PQ128x4fs,RFlat"],
    "uniform": ["IVF512,PQ64x4fs,RFlat", "IVF256,PQ64x4fs,RFlat"],
    "minilm": ["IVF256,PQ96x4fs,RFlat", "IVF256,PQ48x4fs,RFlat"],
}


def inside_environment(work):
    """Continues in a virtual environment that has FAISS, with FAISS's best settings."""
    python = work / "venv/bin/python"
    if os.environ.get("REEL_RACE") == "1":
        return
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "faiss-cpu", "numpy"], check=True)
    environment = dict(os.environ, REEL_RACE="1", OMP_NUM_THREADS="2")
    environment.pop("OPENBLAS_L2_SIZE", None)
    environment.pop("OPENBLAS_CORETYPE", None)
    if "avx512f" in Path("/proc/cpuinfo").read_text():
        environment["OPENBLAS_CORETYPE"] = "SkylakeX"
    os.execve(python, [str(python), *sys.argv], environment)


def passages():
    texts = set()
    for folder in [*sys.path, *glob.glob("/usr/lib/python3*"), *glob.glob("/usr/local/lib/python3*")]:
        for name in glob.glob(folder + "/**/*.py", recursive=True) if folder else []:
            try:
                tree = ast.parse(Path(name).read_text(errors="ignore"))
            except (SyntaxError, ValueError, RecursionError, OSError):
                continue
            for node in ast.walk(tree):
                if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                    continue
                for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
                    paragraph = " ".join(paragraph.split())
                    if 40 <= len(paragraph) <= 400:
                        texts.add(paragraph[:200])
    texts = sorted(texts)
    random.Random(1).shuffle(texts)
    return texts


def arrays(name, seed, work):
    import numpy as np

    base_file, query_file = work / f"{name}-{seed}.npy", work / f"{name}-{seed}-queries.npy"
    if not base_file.exists():
        r = np.random.default_rng(seed)
        if name == "clustered":
            centres = unit(r.standard_normal((1000, 512), dtype=np.float32))

            def draw(count):
                rows = [
                    unit(centres[r.integers(0, 1000, part)] + noise / np.float32(np.sqrt(512)))
                    for part in [min(50_000, count - s) for s in range(0, count, 50_000)]
                    for noise in [r.standard_normal((part, 512), dtype=np.float32)]
                ]
                return np.concatenate(rows)

            base, queries = draw(500_000), draw(1000)
        elif name == "uniform":
            base = r.random((200_000, 128), dtype=np.float32) * 2 - 1
            queries = r.random((1000, 128), dtype=np.float32) * 2 - 1
        else:
            lines = work / "passages.txt"
            lines.write_text("\n".join(passages()[:61_000]) + "\n")
            embedded = work / "passages.npy"
            if not embedded.exists():
                with open(lines) as text:
                    subprocess.run(
                        [REEL, "embed", "--model", ROOT / "models/all-MiniLM-L6-v2", "-o", embedded, "-"],
                        stdin=text, check=True)
            rows = np.load(embedded)
            order = np.random.default_rng(seed).permutation(len(rows))
            base, queries = rows[order[1000:]], rows[order[:1000]]
            if len(base) < 50_000:
                sys.exit(f"Only {len(base)} passages were found on this machine; 50 000 are needed.")
        np.save(base_file, np.ascontiguousarray(base))
        np.save(query_file, np.ascontiguousarray(queries))
    return base_file, query_file


def unit(rows):
    import numpy as np

    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def recall(found, truth):
    return sum(len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist())) / truth.size


def reel(*arguments):
    """Runs reel and returns what it prints, with its peak memory in MB."""
    before = time.time()
    process = subprocess.Popen([str(REEL), "vectors", *map(str, arguments)], stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"reel vectors {' '.join(map(str, arguments))} failed")
    result = json.loads(output)
    result["peak_mb"] = usage.ru_maxrss / 1024
    result["process_seconds"] = time.time() - before
    return result


def best(run, times=2):
    """The faster of a few runs: whatever else the machine does only ever slows."""
    return min((run() for _ in range(times)), key=lambda seconds: seconds)


def race_flat(base_file, query_file, work):
    import faiss
    import numpy as np

    base, queries = np.load(base_file), np.load(query_file)
    index = faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    truth = index.search(queries, 10)[1]

    def batch():
        start = time.time()
        index.search(queries, 10)
        return time.time() - start

    def single(count=20):
        start = time.time()
        for n in range(count):
            index.search(queries[n : n + 1], 10)
        return (time.time() - start) / count

    few = work / "few.npy"
    np.save(few, queries[:20])
    folder = work / "flat"
    shutil.rmtree(folder, ignore_errors=True)
    built = reel("build", "--input", base_file, "--kind", "flat", "--output", folder)
    ids = work / "ids.npy"
    common = ["search", "--index", folder, "--output", ids, "--exact"]
    # Peer and own by turns, so that both meet the same machine.
    figures = {"faiss_single_ms": [], "faiss_batch_qps": [], "reel_single_ms": [], "reel_batch_qps": []}
    for _ in range(3):
        figures["faiss_single_ms"].append(1000 * single())
        one = reel(*common, "--queries", few, "--one-by-one")
        figures["reel_single_ms"].append(1000 * one["seconds"] / 20)
        figures["faiss_batch_qps"].append(len(queries) / batch())
        many = reel(*common, "--queries", query_file)
        figures["reel_batch_qps"].append(many["queries_per_second"])
    found = np.load(ids)
    result = {k: (min if k.endswith("ms") else max)(v) for k, v in figures.items()}
    first = work / "first.npy"
    np.save(first, queries[:1])
    result |= {
        "reel_recall": recall(found, truth), "reel_bytes_per_vector": built["bytes_per_vector"],
        "reel_build_seconds": built["seconds"],
        "reel_open_and_first_ms": 1000 * best(lambda: (lambda r: r["open_seconds"] + r["seconds"])(
            reel(*common, "--queries", first))),
        "reel_peak_mb": many["peak_mb"],
    }
    return result, truth


def race_lists(name, base_file, query_file, truth, work, seed):
    import faiss
    import numpy as np

    base, queries = np.load(base_file), np.load(query_file)
    curve = {"faiss": [], "reel": []}
    builds = {}
    for factory in FACTORIES[name]:
        index = faiss.index_factory(base.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
        start = time.time()
        index.train(base)
        index.add(base)
        builds[factory] = time.time() - start
        print(f"  FAISS {factory}: built in {builds[factory]:.1f} s", flush=True)
        lists = faiss.extract_index_ivf(index)
        probes = 1
        while probes <= lists.nlist:
            lists.nprobe = probes
            for factor in [1, 2, 4, 8, 16, 32, 64]:
                index.k_factor = factor
                start = time.time()
                found = index.search(queries, 10)[1]
                seconds = time.time() - start
                share = recall(found, truth)
                curve["faiss"].append(dict(
                    factory=factory, probes=probes, k_factor=factor, recall=share,
                    batch=len(queries) / seconds))
                if share > 0.999:
                    break
            if share > 0.999:
                break
            probes *= 2
        for target in TARGETS:
            reached = [p for p in curve["faiss"] if p["factory"] == factory and p["recall"] >= target]
            if not reached:
                continue
            point = max(reached, key=lambda p: p["batch"])
            lists.nprobe, index.k_factor = point["probes"], point["k_factor"]

            def batch():
                start = time.time()
                index.search(queries, 10)
                return time.time() - start

            def single(count=200):
                start = time.time()
                for n in range(count):
                    index.search(queries[n : n + 1], 10)
                return (time.time() - start) / count

            point.setdefault("targets", []).append(target)
            point["batch"] = len(queries) / best(batch, 3)
            point["single"] = 1 / best(single)
        del index
    folder = work / "lists"
    shutil.rmtree(folder, ignore_errors=True)
    built = reel("build", "--input", base_file, "--kind", "ivfpq", "--recall", "0.95",
                 "--seed", seed, "--output", folder)
    print(f"  reel: built in {built['seconds']:.1f} s", flush=True)
    ids = work / "ids.npy"
    for target in [0.5, 0.7, 0.8, *TARGETS, 0.995]:
        common = ["search", "--index", folder, "--queries", query_file, "--output", ids,
                  "--recall", target]
        many = max((reel(*common) for _ in range(3)), key=lambda r: r["queries_per_second"])
        share = recall(np.load(ids), truth)
        one = max((reel(*common, "--one-by-one") for _ in range(2)),
                  key=lambda r: r["queries_per_second"])
        curve["reel"].append(dict(
            target=target, recall=share, batch=many["queries_per_second"],
            single=one["queries_per_second"], single_recall=recall(np.load(ids), truth)))
    return dict(curve=curve, faiss_builds=builds, reel_build=built["seconds"],
                reel_bytes_per_vector=built["bytes_per_vector"], reel_peak_mb=built["peak_mb"],
                rows=compare(curve))


def compare(curve):
    rows = []
    for target in TARGETS:
        own = [p for p in curve["reel"] if p["recall"] >= target]
        peer = [p for p in curve["faiss"] if p["recall"] >= target and "single" in p]
        row = dict(target=target)
        for kind in ["batch", "single"]:
            reached = [p for p in own if kind == "batch" or p["single_recall"] >= target]
            row[f"reel_{kind}"] = max((p[kind] for p in reached), default=None)
            row[f"faiss_{kind}"] = max((p[kind] for p in peer), default=None)
        rows.append(row)
    return rows


def draw(curve, title, path):
    """Recall to the right, batched queries a second upwards, each power of ten a line."""
    import math

    points = {k: sorted((p["recall"], p["batch"]) for p in v) for k, v in curve.items()}
    frontier = {k: [p for p in v if not any(o[0] >= p[0] and o[1] > p[1] for o in v)]
                for k, v in points.items()}
    speeds = [math.log10(q) for v in frontier.values() for _, q in v]
    low, high = math.floor(min(speeds)), math.ceil(max(speeds))

    def place(share, speed):
        return 60 + 520 * (share - 0.5) / 0.5, 340 - 300 * (math.log10(speed) - low) / max(1, high - low)

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="620" height="400" font-family="sans-serif" font-size="12">',
             '<rect width="620" height="400" fill="white"/>', f'<text x="60" y="24" font-size="15">{title}</text>']
    for power in range(low, high + 1):
        y = place(0.5, 10**power)[1]
        parts.append(f'<path d="M60 {y:.0f}H580" stroke="#ddd"/><text x="52" y="{y + 4:.0f}" text-anchor="end">{10**power:,}</text>')
    for share in [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]:
        x = place(share, 10**low)[0]
        parts.append(f'<text x="{x:.0f}" y="360" text-anchor="middle">{share:.1f}</text>')
    parts.append('<text x="320" y="385" text-anchor="middle">recall@10 · queries a second, batched, upwards</text>')
    for number, (key, colour) in enumerate([("faiss", "#c33"), ("reel", "#06c")]):
        shown = [place(s, q) for s, q in frontier[key] if s >= 0.5]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in shown)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in shown]
        parts.append(f'<text x="{500}" y="{24 + 16 * number}" fill="{colour}">{key}</text>')
    path.write_text("\n".join(parts + ["</svg>"]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sets", default="clustered,uniform,minilm")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--work", default=Path(tempfile.gettempdir()) / "reel-vectors-race", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    inside_environment(options.work)
    import faiss

    faiss.omp_set_num_threads(2)
    report = {"faiss": faiss.__version__, "options": faiss.get_compile_options(), "runs": []}
    for seed in options.seeds.split(","):
        for name in options.sets.split(","):
            print(f"{name}, seed {seed}", flush=True)
            base, queries = arrays(name, int(seed), options.work)
            flat, truth = race_flat(base, queries, options.work)
            print(json.dumps(flat), flush=True)
            lists = race_lists(name, base, queries, truth, options.work, seed)
            for row in lists["rows"]:
                print(json.dumps(row), flush=True)
            draw(lists["curve"], f"{name}, seed {seed}", options.work / f"{name}-{seed}.svg")
            report["runs"].append(dict(set=name, seed=int(seed), flat=flat, lists=lists))
            (options.work / "report.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
