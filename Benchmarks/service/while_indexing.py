"""Asks a server for known answers, fifty thousand times, while an indexer is killed and begun again.

    python3 Benchmarks/service/while_indexing.py --binary .build/release/reel --work DIR [--requests 50000]

Rounds of 200 files (texts, pictures, a few films with subtitles) are taken in by `reel index`, which
is killed with SIGKILL at random moments until a round is whole; then the next begins. Meanwhile
clients search for a word that one file alone has, by words and by everything. Each answer must be
right: by words, a file that was there from the start, or that was found once, is found, and no other;
one that is still being taken in is found, or nothing is; by everything, files of these are found. At
the end the server is stopped under load: what was asked is answered, or refused with 503, or not
taken. Exit code 1, and each fault, where anything else happened. Needs ffmpeg, and no more of Python
than Python.
"""

import argparse
import collections
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--binary", default=".build/release/reel")
parser.add_argument("--work", required=True, type=Path)
parser.add_argument("--requests", type=int, default=50_000)
parser.add_argument("--files", type=int, default=200, help="taken in each round")
parser.add_argument("--kills", type=int, default=20, help="of the indexer, at least")
parser.add_argument("--clients", type=int, default=16)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
os.environ.pop("OPENBLAS_CORETYPE", None)

media, library = options.work / "media", options.work / "library"
media.mkdir(parents=True, exist_ok=True)
if any(media.iterdir()) or library.exists():
    sys.exit(f"{options.work} is not empty: name another folder.")
SYLLABLES = ["ba", "ko", "du", "mi", "fa", "lo", "ru", "ti", "ga", "no"]
chance = random.Random(options.seed)


def word(number):
    """A word that is in one file alone."""
    return "".join(SYLLABLES[int(digit)] for digit in str(number)) + "vex"


def make(number):
    """Writes a file with its word; returns its path."""
    text = f"The harbour master wrote down {word(number)}, and went home."
    kind = number % 10
    if kind == 9:
        path = media / f"{number}.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             f"testsrc2=s=160x120:r=10:d=4,hue=h={number * 37 % 360}", "-c:v", "libx264", "-preset",
             "ultrafast", "-pix_fmt", "yuv420p", str(path)], check=True)
        (media / f"{number}.srt").write_text(f"1\n00:00:01,000 --> 00:00:03,000\n{text}\n")
    elif kind >= 7:
        # Found by its name.
        path = media / f"{word(number)}.jpg"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             f"testsrc2=s=160x120,hue=h={number * 37 % 360}", "-frames:v", "1", str(path)],
            check=True)
    else:
        path = media / f"{number}.txt"
        path.write_text(text)
    return str(path.resolve())


paths = {}
written = set()
lock = threading.Lock()
found, faults, statuses = set(), [], collections.Counter()
asked = 0
stopping = threading.Event()
over = threading.Event()
latencies = []


def fault(text):
    with lock:
        faults.append(text)
        if len(faults) <= 20:
            print("FAULT", text, flush=True)


def search(connection, number, kind):
    query = {"q": word(number), "rerank": "false"}
    if kind == "words":
        query["channels"] = "keywords"
    connection.request("GET", "/v1/search?" + urllib.parse.urlencode(query))
    answer = connection.getresponse()
    return answer.status, answer.read()


def client(index):
    global asked
    own = random.Random(index)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not over.is_set():
        with lock:
            asked += 1
            number = own.choice(list(paths)) if asked % 64 == 0 else own.randrange(len(paths))
            known = number in found
        kind = "words" if own.random() < 0.7 else "all"
        begin = time.monotonic()
        was_stopping = stopping.is_set()
        try:
            status, body = search(connection, number, kind)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if was_stopping or stopping.is_set():
                with lock:
                    statuses["not taken, stopping"] += 1
                return
            fault(f"{number}: {error!r}")
            continue
        latencies.append(time.monotonic() - begin)
        with lock:
            statuses[status] += 1
        if status == 503 and (was_stopping or stopping.is_set()):
            return
        if status != 200:
            fault(f"{number}: {status} {body[:200]}")
            continue
        hits = [hit["asset"]["path"] for hit in json.loads(body)["hits"]]
        if kind == "all":
            # Pictures and meaning find what is alike, of which there is something.
            if not hits or not set(hits) <= written:
                fault(f"{number} ({kind}): {hits[:3]}")
        elif hits == [paths[number]]:
            with lock:
                found.add(number)
        elif known or hits:
            fault(f"{number} ({kind}, known: {known}): {hits[:3]}")


def index():
    return subprocess.Popen(
        [options.binary, "--index", str(library), "--quiet", "index", str(media)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


for number in range(40):
    paths[number] = make(number)
written.update(paths.values())
found.update(paths)
if index().wait() != 0:
    sys.exit("The first files could not be indexed.")
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
log = open(options.work / "serve.log", "w")
server = subprocess.Popen(
    [options.binary, "--index", str(library), "serve", "--port", str(port),
     "--max-connections-per-address", "256"], stdout=log, stderr=log)
try:
    for _ in range(1000):
        try:
            probe = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            if search(probe, 0, "all")[0] == 200:
                break
        except OSError:
            pass
        time.sleep(0.02)
    clients = [threading.Thread(target=client, args=(n,), daemon=True)
               for n in range(options.clients)]
    begin = time.monotonic()
    for each in clients:
        each.start()
    kills = rounds = 0
    while asked < options.requests or kills < options.kills:
        first = len(paths)
        fresh = {n: make(n) for n in range(first, first + options.files)}
        with lock:
            written.update(fresh.values())
            paths.update(fresh)
        while True:
            process = index()
            try:
                code = process.wait(timeout=chance.uniform(0.2, 3))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                continue
            if code != 0:
                fault(f"the indexer ended with {code}")
            break
        rounds += 1
        # What is committed is searched at the latest in a second.
        time.sleep(1)
        with lock:
            found.update(fresh)
        print(f"round {rounds}: {len(paths)} files, {kills} kills, {asked} requests", flush=True)
    took = time.monotonic() - begin
    if server.poll() is not None:
        fault(f"the server ended with {server.returncode}")
    stopping.set()
    server.send_signal(signal.SIGTERM)
    code = server.wait(timeout=30)
    if code != 0:
        fault(f"the server ended with {code}")
    over.set()
    for each in clients:
        each.join(timeout=30)
finally:
    server.kill()
latencies.sort()
print(f"{asked} requests in {took:.0f} s, {rounds} rounds of {options.files} files, {kills} kills; "
      f"p50 {latencies[len(latencies) // 2] * 1000:.1f} ms, "
      f"p99 {latencies[int(len(latencies) * .99)] * 1000:.1f} ms")
print("answers:", dict(statuses))
print("files found:", len(found), "of", len(paths), "; faults:", len(faults))
sys.exit(1 if faults else 0)
