"""Races `reel vectors` against FAISS on the same arrays, in one run, on two cores.

    python3 Benchmarks/vectors/race.py [--sets clustered,uniform,minilm] [--seeds 1,2] [--work DIR]
        [--threads 2]

Installs faiss-cpu and numpy into DIR/venv (once), draws the arrays, and writes DIR/report.json and,
beside this file, report.md and a recall-speed curve (SVG) a set. Build reel first:
swift build -c release.

- clustered: 500 000 x 512, unit length, 1 000 directions with as much noise as direction.
- uniform: 200 000 x 128, each number -1...1: no neighbourhoods to speak of, which is hard.
- minilm: 60 000 x 384, all-MiniLM-L6-v2 of real passages (texts.py).

A seed draws other arrays (of minilm: other queries), and is the seed of both builds. FAISS runs with
OPENBLAS_CORETYPE=SkylakeX where the processor has AVX-512 (its best), else with its own choice, and
every setting of a list of factory strings x nprobe x k_factor is tried; the fastest that reaches a
recall counts. reel is asked for recalls, as a user would; likewise the fastest that reaches a recall
counts, and what asking for just that recall gave is told beside it. Peer and own run by turns;
single queries of FAISS with all threads and with one, the faster counts. On a busy machine take
--threads 1: FAISS's threads wait for each other, and lose far more than their share.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import report
import texts

ROOT = Path(__file__).resolve().parents[2]
REEL = ROOT / ".build/release/reel"
TARGETS = [0.90, 0.95, 0.99]
ASKED = [0.5, 0.7, 0.8, 0.86, 0.88, 0.90, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995]
ADDED = 10_000  # to those there
# Each searches so often, and the fastest counts. FAISS stays in memory from its first sweep on; of
# reel, a program of its own each time, the first search also maps the file's pages.
TRIES = 5
TIMES = ["--times", TRIES]
THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
FACTORIES = {
    "clustered": ["IVF1024,PQ64x4fs,RFlat", "IVF1024,PQ128x4fs,RFlat"],
    "uniform": ["IVF512,PQ64x4fs,RFlat", "IVF256,PQ64x4fs,RFlat"],
    "minilm": ["IVF256,PQ96x4fs,RFlat", "IVF256,PQ192x4fs,RFlat"],
}


def inside_environment(work, threads):
    """Continues in a virtual environment that has FAISS, with FAISS's best settings."""
    python = work / "venv/bin/python"
    if os.environ.get("REEL_RACE") == "1":
        return
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "-q", "install", "faiss-cpu", "numpy"], check=True)
    environment = dict(os.environ, REEL_RACE="1", OMP_NUM_THREADS=str(threads), REEL_WORKERS=str(threads))
    environment.pop("OPENBLAS_L2_SIZE", None)
    environment.pop("OPENBLAS_CORETYPE", None)
    if "avx512f" in Path("/proc/cpuinfo").read_text():
        environment["OPENBLAS_CORETYPE"] = "SkylakeX"
    os.execve(python, [str(python), *sys.argv], environment)


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
            embedded = work / "minilm-texts.npy"
            texts.make(embedded)
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


# Linux counts what a process held when it started another as the other's: a small one starts reel.
LAUNCHER = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss / 1024)
sys.exit(status != 0)
"""


def reel(*arguments):
    """Runs reel and returns what it prints, with its peak memory in MB, mapped pages included."""
    process = subprocess.run(
        [sys.executable, "-c", LAUNCHER, str(REEL), "vectors", *map(str, arguments)],
        stdout=subprocess.PIPE)
    if process.returncode != 0:
        sys.exit(f"reel vectors {' '.join(map(str, arguments))} failed")
    output, peak = process.stdout.decode().strip().rsplit("\n", 1)
    return json.loads(output) | {"peak_mb": float(peak)}


def best(run, times=2):
    """The faster of a few runs: whatever else the machine does only ever slows."""
    return min((run() for _ in range(times)), key=lambda seconds: seconds)


def fastest(search):
    """Seconds of the fastest of a few searches."""
    seconds = []
    for _ in range(TRIES):
        start = time.time()
        search()
        seconds.append(time.time() - start)
    return min(seconds)


def one_by_one(index, queries):
    for n in range(len(queries)):
        index.search(queries[n : n + 1], 10)


def race_flat(base_file, query_file, work):
    import faiss
    import numpy as np

    base, queries = np.load(base_file), np.load(query_file)
    index = faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    truth = index.search(queries, 10)[1]

    def batch():
        return fastest(lambda: index.search(queries, 10))

    def single(threads, count=20):
        faiss.omp_set_num_threads(threads)
        seconds = fastest(lambda: one_by_one(index, queries[:count])) / count
        faiss.omp_set_num_threads(THREADS)
        return seconds

    few = work / "few.npy"
    np.save(few, queries[:20])
    folder = work / "flat"
    shutil.rmtree(folder, ignore_errors=True)
    built = reel("build", "--input", base_file, "--kind", "flat", "--output", folder)
    ids = work / "ids.npy"
    common = ["search", "--index", folder, "--output", ids, "--exact"]
    again = [*common, *TIMES]
    # Peer and own by turns, so that both meet the same machine.
    figures = {"faiss_single_ms": [], "faiss_batch_qps": [], "reel_single_ms": [], "reel_batch_qps": []}
    for _ in range(3):
        figures["faiss_single_ms"].append(1000 * min(single(THREADS), single(1)))
        one = reel(*again, "--queries", few, "--one-by-one")
        figures["reel_single_ms"].append(1000 * one["seconds"] / 20)
        figures["faiss_batch_qps"].append(len(queries) / batch())
        many = reel(*again, "--queries", query_file)
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


def faiss_index(factory, base, seed):
    """Trained and filled, with the seconds that took."""
    import faiss

    index = faiss.index_factory(base.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
    lists = faiss.extract_index_ivf(index)
    lists.cp.seed = seed
    start = time.time()
    index.train(base)
    index.add(base)
    return index, time.time() - start


def sweep(index, factory, queries, truth):
    """Every nprobe and k_factor: recall and queries a second."""
    import faiss

    lists = faiss.extract_index_ivf(index)
    points, probes = [], 1
    while probes <= lists.nlist:
        lists.nprobe, share = probes, 0
        for factor in [1, 2, 4, 8, 16, 32, 64]:
            index.k_factor = factor
            start = time.time()
            found = index.search(queries, 10)[1]
            seconds = time.time() - start
            share = recall(found, truth)
            points.append(dict(
                factory=factory, probes=probes, k_factor=factor, recall=share,
                batch=len(queries) / seconds))
            if share > 0.999:
                break
        if share > 0.999:
            break
        probes *= 2
    return points


def race_lists(name, base_file, query_file, truth, work, seed):
    import faiss
    import numpy as np

    base, queries = np.load(base_file), np.load(query_file)
    folder, ids = work / "lists", work / "ids.npy"
    indexes, builds, own_builds, points = {}, {}, [], []
    for factory in FACTORIES[name]:
        indexes[factory], builds[factory] = faiss_index(factory, base, seed)
        # Of quick builds the fastest of three: what else the machine does counts for more there.
        tries = 3 if builds[factory] < 5 else 1
        for _ in range(tries - 1):
            builds[factory] = min(builds[factory], faiss_index(factory, base, seed)[1])
        for _ in range(tries):
            shutil.rmtree(folder, ignore_errors=True)
            built = reel("build", "--input", base_file, "--kind", "ivfpq", "--seed", seed,
                         "--output", folder)
            own_builds.append(built["seconds"])
        print(f"  built: FAISS {factory} {builds[factory]:.2f} s, reel {min(own_builds):.2f} s",
              flush=True)
        points += sweep(indexes[factory], factory, queries, truth)

    def own(asked, *more):
        result = reel("search", "--index", folder, "--queries", query_file, "--output", ids,
                      "--recall", asked, *TIMES, *more)
        return result["queries_per_second"], recall(np.load(ids), truth)

    curve = []
    for asked in ASKED:
        speed, share = own(asked)
        curve.append(dict(asked=asked, recall=share, batch=speed))

    def peer(point, kind):
        index = indexes[point["factory"]]
        faiss.extract_index_ivf(index).nprobe = point["probes"]
        index.k_factor = point["k_factor"]
        if kind == "batch":
            return len(queries) / fastest(lambda: index.search(queries, 10))
        speeds = []
        for threads in {THREADS, 1}:
            faiss.omp_set_num_threads(threads)
            speeds.append(100 / fastest(lambda: one_by_one(index, queries[:100])))
        faiss.omp_set_num_threads(THREADS)
        return max(speeds)

    rows = []
    for target in TARGETS:
        reached = sorted((p for p in points if p["recall"] >= target), key=lambda p: -p["batch"])
        levels = [p["asked"] for p in curve if p["recall"] >= target]
        row = dict(target=target, asked=levels[0])
        for kind, more in [("batch", []), ("single", ["--one-by-one"])]:
            times = dict(faiss=[], reel=[])
            # One by one fewer queries are asked: what reached the target for all may miss it here,
            # and the next recall is asked for.
            asked = next((level for level in levels if own(level, *more)[1] >= target), levels[-1])
            for turn in range(6):
                # The best few of the sweep again: one run of each may have met a busy moment.
                times["faiss"].append(peer(reached[turn % min(3, len(reached))], kind))
                speed, share = own(asked, *more)
                if share >= target:
                    times["reel"].append(speed)
            row[kind] = {key: max(values, default=0) for key, values in times.items()}
        row["settings"] = {k: reached[0][k] for k in ["factory", "probes", "k_factor"]}
        rows.append(row)
        print("  " + json.dumps(row), flush=True)
    return dict(
        curve=dict(faiss=points, reel=curve), faiss_builds=builds, reel_build=min(own_builds),
        reel_bytes_per_vector=built["bytes_per_vector"], reel_peak_mb=built["peak_mb"],
        faiss_bytes_per_vector={
            f: 4 * base.shape[1] + 8 + faiss.extract_index_ivf(i).code_size
            for f, i in indexes.items()},
        rows=rows, exchange=check_exchange(folder, queries, work),
        added=race_adding(base_file, query_file, truth, work, seed))


def check_exchange(folder, queries, work):
    """FAISS reads our lists and codes and finds what we find on the codes alone."""
    import faiss
    import numpy as np

    exported, codes, ids = work / "lists.ivfpq.faiss", work / "codes", work / "ids.npy"
    shutil.rmtree(codes, ignore_errors=True)
    subprocess.run([REEL, "vectors", "export", "--index", folder, "--output", exported], check=True)
    reel("build", "--input", exported, "--output", codes)
    few = work / "few.npy"
    np.save(few, queries[:100])
    lists = faiss.read_index(str(exported)).nlist
    reel("search", "--index", codes, "--queries", few, "--output", ids, "--probes", lists,
         "--shortlist", 2000)
    index = faiss.read_index(str(exported))
    index.nprobe = index.nlist
    share = recall(index.search(queries[:100], 10)[1], np.load(ids))
    exported.unlink()
    if share < 0.99:  # scores that are equal but for rounding may change places
        sys.exit(f"FAISS finds other neighbours in our file than we do: {share:.3f} are the same")
    return share


def race_adding(base_file, query_file, truth, work, seed):
    """The last 10 000 rows added to the others, beside an index built from all."""
    import numpy as np

    base = np.load(base_file, mmap_mode="r")
    old, new, grown, ids = (work / n for n in ["old.npy", "new.npy", "grown", "ids.npy"])
    np.save(old, base[:-ADDED])
    np.save(new, base[-ADDED:])
    shutil.rmtree(grown, ignore_errors=True)
    reel("build", "--input", old, "--kind", "ivfpq", "--seed", seed, "--output", grown)
    seconds = reel("add", "--index", grown, "--input", new)["seconds"]
    shares = []
    for folder in [grown, work / "lists"]:
        reel("search", "--index", folder, "--queries", query_file, "--output", ids,
             "--recall", 0.95)
        shares.append(recall(np.load(ids), truth))
    for file in [old, new]:
        file.unlink()
    shutil.rmtree(grown)
    return dict(seconds=seconds, recall_grown=shares[0], recall_rebuilt=shares[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sets", default="clustered,uniform,minilm")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--work", default=Path(tempfile.gettempdir()) / "reel-vectors-race", type=Path)
    parser.add_argument("--threads", default=2, type=int)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    inside_environment(options.work, options.threads)
    import faiss

    faiss.omp_set_num_threads(THREADS)
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), "an unknown processor")
    found = dict(
        faiss=faiss.__version__, options=faiss.get_compile_options().strip(), processor=processor,
        core_type=os.environ.get("OPENBLAS_CORETYPE", "its own choice"),
        threads=THREADS, load=os.getloadavg()[0], runs=[])
    for seed in options.seeds.split(","):
        for name in options.sets.split(","):
            print(f"{name}, seed {seed}", flush=True)
            base, queries = arrays(name, int(seed), options.work)
            flat, truth = race_flat(base, queries, options.work)
            print("  " + json.dumps(flat), flush=True)
            lists = race_lists(name, base, queries, truth, options.work, int(seed))
            found["runs"].append(dict(set=name, seed=int(seed), flat=flat, lists=lists))
            (options.work / "report.json").write_text(json.dumps(found, indent=1))
            report.write(found, Path(__file__).parent)


if __name__ == "__main__":
    main()
