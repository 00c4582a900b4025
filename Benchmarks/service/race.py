"""reel's server beside the same method written in Python, on one library, under wrk.

    swift build -c release --product reel && swift build -c release --product SearchBenchmark
    apt install wrk
    python3 -m venv peers && peers/bin/pip install -r Benchmarks/service/requirements.txt
    peers/bin/python Benchmarks/service/race.py --work peers/service [--quick]

Makes a library of invented passages and key frames once (SearchBenchmark writes it through reel's
own writer, with vectors of MiniLM's and of our CLIP's size), then asks both servers, one after the
other, for distinct queries at 1, 16 and 64 connections: by words alone, by words and vectors
together, by picture. The load generator runs on the same machine.
"""

import argparse
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

here = Path(__file__).resolve().parent
parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True, type=Path)
parser.add_argument("--rows", type=int, default=100_000)
parser.add_argument("--seconds", type=int, default=20)
parser.add_argument("--connections", default="1,16,64")
parser.add_argument("--kinds", default="keyword,hybrid,picture")
parser.add_argument("--binary", default=".build/release/reel")
parser.add_argument("--maker", default=".build/release/SearchBenchmark")
parser.add_argument("--peer-workers", type=int, default=os.cpu_count())
parser.add_argument("--no-peer", action="store_true", help="reel alone")
parser.add_argument("--soak", type=int, default=0, help="requests for the test of memory")
parser.add_argument("--quick", action="store_true", help="20 000 rows, five seconds each")
options = parser.parse_args()
if options.quick:
    options.rows, options.seconds = min(options.rows, 20_000), 5

options.work.mkdir(parents=True, exist_ok=True)
library = options.work / f"library-{options.rows}"
queries = options.work / f"queries-{options.rows}.txt"
pictures = options.work / "pictures"


def prepare():
    if not (library / "manifest.json").exists():
        subprocess.run(
            [options.maker, "--rows", str(options.rows), "--queries", "5", "--folder",
             str(library)], check=True)
    if not queries.exists():
        chance = random.Random(1)
        catalog = sqlite3.connect(f"file:{library}/catalog.sqlite?mode=ro", uri=True)
        texts = [text for (text,) in catalog.execute("SELECT text FROM passages")]
        lines = set()
        while len(lines) < 20_000:
            words = chance.choice(texts).split()
            count = chance.choice([1, 2, 3, 5, 8])
            start = chance.randrange(max(1, len(words) - count))
            lines.add(urllib.parse.quote_plus(" ".join(words[start:start + count])))
        queries.write_text("\n".join(sorted(lines, key=lambda _: chance.random())) + "\n")
    if not (pictures / "63.jpg").exists():
        from PIL import Image
        pictures.mkdir(exist_ok=True)
        chance = random.Random(2)
        for number in range(64):
            small = Image.new("RGB", (8, 6))
            small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(48)])
            small.resize((320, 240), Image.BICUBIC).save(pictures / f"{number}.jpg")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def memory(process):
    """Resident megabytes of a process and its children: all, and what no file backs."""
    total = own = 0
    waiting = [process.pid]
    while waiting:
        pid = waiting.pop()
        try:
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
                if line.startswith("RssAnon:"):
                    own += int(line.split()[1])
            waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except FileNotFoundError:
            continue
    return total / 1024, own / 1024


def started(command, port, limit=600):
    """The process, with the seconds until it was ready."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while time.monotonic() - begin < limit:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return process, time.monotonic() - begin
        except OSError:
            pass
        time.sleep(0.002)
    process.kill()
    sys.exit(f"{command[0]} was not ready in {limit} s")


def load(port, kind, connections, seconds):
    """Queries a second, p50 and p99 in milliseconds, and answers that were errors."""
    result = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s",
         str(here / "query.lua"), f"http://127.0.0.1:{port}", "--", kind, str(queries),
         str(pictures)], capture_output=True, text=True, check=True)
    for line in result.stdout.splitlines():
        if line.startswith("RESULT"):
            count, duration, median, late, status, failed = map(int, line.split()[1:])
            return count / duration * 1e6, median / 1000, late / 1000, status + failed
    sys.exit(f"wrk said nothing: {result.stdout}{result.stderr}")


def liveness(port, seconds):
    """Requests a second that need no library, at 16 connections."""
    result = subprocess.run(
        ["wrk", "-t1", "-c16", f"-d{seconds}s", f"http://127.0.0.1:{port}/livez"],
        capture_output=True, text=True, check=True)
    for line in result.stdout.splitlines():
        if line.startswith("Requests/sec:"):
            return float(line.split()[1])
    sys.exit(f"wrk said nothing: {result.stdout}{result.stderr}")


def race(name, command, port):
    process, ready = started(command, port)
    figures = {}
    try:
        load(port, "hybrid", 4, 2)  # warm
        total, own = memory(process)
        print(f"{name}: ready after {ready * 1000:.0f} ms; resident {total:.0f} MB, "
              f"of them {own:.0f} MB its own", flush=True)
        if name == "reel":
            print(f"  /livez: {liveness(port, 5):.0f} requests/s")
        print(f"  {'query':8} {'connections':>11} {'q/s':>8} {'p50 ms':>8} {'p99 ms':>8} "
              f"{'errors':>7} {'resident MB':>12}")
        for kind in options.kinds.split(","):
            for connections in map(int, options.connections.split(",")):
                rate, median, late, errors = load(port, kind, connections, options.seconds)
                figures[kind, connections] = rate
                print(f"  {kind:8} {connections:11} {rate:8.1f} {median:8.1f} {late:8.1f} "
                      f"{errors:7} {memory(process)[0]:12.0f}", flush=True)
        if options.soak and name == "reel":
            done = 0
            while done < options.soak:
                done += int(load(port, "hybrid", 16, 20)[0] * 20)
                total, own = memory(process)
                print(f"  soak: {done:7} searches, {total:.0f} MB, of them {own:.0f} MB its own",
                      flush=True)
    finally:
        process.terminate()
        process.wait()
    return figures


prepare()
port = free_port()
ours = race("reel", [
    options.binary, "--index", str(library), "serve", "--port", str(port),
    "--max-connections-per-address", "256"], port)
if not options.no_peer:
    port = free_port()
    theirs = race("Python", [
        sys.executable, str(here / "python_service.py"), str(library.resolve()),
        str(Path("models").resolve()), str(port), str(options.peer_workers)], port)
    print("reel / Python, queries a second:")
    for (kind, connections), rate in ours.items():
        other = theirs.get((kind, connections), 0)
        if other:
            print(f"  {kind:8} {connections:11} {rate / other:6.1f} ×")
