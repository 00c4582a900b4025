#!/usr/bin/env python3
"""What decoding in a process of its own costs, against the same code in the calling process.

Makes a film and many small pictures with ffmpeg, reads them both ways by turns, and prints the
medians. Needs the release build of reel and of DecodingBenchmark:

    swift build -c release --product reel
    swift build -c release --product DecodingBenchmark
    Benchmarks/ingest/isolation.py
"""
import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)],
                   check=True)


def film(folder, seconds):
    """854 × 480 H.264 with AAC: moving pictures with a cut every four seconds, and a tone."""
    path = folder / "film.mp4"
    source = ("testsrc2=s=854x480:r=25,hue=h=90*floor(t/4):b=0.5*sin(floor(t/4)),"
              "noise=alls=12:allf=t")
    ffmpeg("-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=f=440:r=48000",
           "-t", seconds, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
           "-c:a", "aac", "-movflags", "+faststart", path)
    return [path]


def pictures(folder, count):
    """JPEGs of 160 × 120."""
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-frames:v", count, folder / "%05d.jpg")
    return sorted(folder.glob("*.jpg"))


def measure(build, mode, threads, files):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [build / "DecodingBenchmark", mode, str(threads), build / "reel", *files],
        check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Of both processes, their starts included.
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(run.stdout) | {"processorSeconds": processor}


def compare(name, build, threads, files, runs):
    """By turns, so that a busy machine is busy for both; the first turn warms the caches."""
    results = {"here": [], "apart": []}
    for turn in range(runs + 1):
        order = ["here", "apart"] if turn % 2 else ["apart", "here"]
        for mode in order:
            result = measure(build, mode, threads, files)
            if turn:
                results[mode].append(result)
    work = {mode: {key: rows[0][key] for key in ("keyFrames", "sampleCount", "pixelBytes",
                                                 "failures")} for mode, rows in results.items()}
    if work["here"] != work["apart"]:
        sys.exit(f"{name}: not the same work: {work}")
    def both(key, choose):
        return (choose([row[key] for row in results[mode]]) for mode in ("here", "apart"))

    def line(what, here, apart):
        print(f"  {what}: here {here:.3f} s, apart {apart:.3f} s: {100 * (apart / here - 1):+.1f} %, "
              f"{1e3 * (apart - here) / len(files):+.3f} ms a file", flush=True)

    print(f"{name}: {work['here']['keyFrames']} key frames, "
          f"{work['here']['pixelBytes'] / 1e6:.0f} MB of pixels")
    line("time, median", *both("seconds", statistics.median))
    line("time, best", *both("seconds", min))
    line("processor time, median", *both("processorSeconds", statistics.median))
    first = statistics.median(row["firstSeconds"] for row in results["apart"])
    print(f"  first event apart after {1e3 * first:.0f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=root / ".build/release")
    parser.add_argument("--seconds", type=int, default=300, help="length of the film")
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("files", nargs="*", help="media to read instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        if options.files:
            compare("given files", options.build, options.threads, options.files, options.runs)
            return
        compare(f"film of {options.seconds} s", options.build, options.threads,
                film(folder, options.seconds), options.runs)
        compare(f"{options.pictures} pictures", options.build, options.threads,
                pictures(folder, options.pictures), options.runs)


main()
