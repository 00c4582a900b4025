#!/usr/bin/env python3
"""Makes a hundred slides as an H.264 video and counts how many of their words reel finds in time.

    python3 Benchmarks/ingest/slides.py [--reel .build/release/reel] [--footage FOLDER]

Eight fonts, three sizes, light and dark, each with a title and lines of words drawn by ffmpeg;
twelve captions over moving pictures come on top. Then it measures what reading costs on footage
without text: ffmpeg's own test sources, and the videos of a folder. Needs ffmpeg and the fonts that
`scripts/setup --for-tests` installs. --search also builds a library and asks it for six words of each slide.
"""
import argparse
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

FONTS = ["DejaVu Sans", "DejaVu Serif", "Liberation Sans", "Liberation Serif", "Liberation Mono",
         "Lato", "Open Sans", "Caladea"]
# Height of the title's and the other lines' letters, in pixels of 720.
SIZES = [(64, 40), (44, 28), (32, 19)]
COLOURS = {
    "light": [("white", "black"), ("0xF7F3E8", "0x1B2A4A"), ("0xE8EEF4", "0x5A1020")],
    "dark": [("black", "white"), ("0x10243E", "0xF5E663"), ("0x1E3B2F", "0xE6F2EA")],
}
SECONDS = 12  # a slide
SEARCHED = 6  # words of a slide that --search looks for

WORDS = """ability account achieve activity address advance advice agency agenda airport analysis
animal answer approach archive article aspect assembly average balance barrier battery benefit
bicycle border bottle branch bridge budget building cabinet calendar camera campaign capital carbon
castle category ceiling century chamber channel chapter charity chemical circle citizen climate
coffee college comfort command comment company concept concert conflict contact content context
contract control copper corner cotton council counter country courage culture current customer
damage database daughter deadline debate decade decision default defence degree delivery demand
density design detail device diagram digital dinner direction disease display distance district
doctor document dollar domestic dozen dragon drama driver economy edition editor effect effort
electric element emotion employee energy engine engineer entrance envelope episode equation error
essay estate evening evidence example exchange exercise expert export fabric factory failure family
farmer fashion feature festival figure finance finger flavour flight flower folder forest formula
fortune forward frame freedom frequency friend function funding future garden gateway general
gesture glacier global golden government grammar gravity ground growth guitar habitat hammer harbour
harvest headline health heritage highway history holiday horizon hospital hotel housing hundred
hunting husband iceland image impact import income index industry insect insight install interest
invention island journal journey judge jungle justice kernel keyboard kitchen knowledge ladder
language laptop lawyer layer leader leather lecture legend lesson letter liberty library license
lighting liquid literature lobby location logic luggage machine magazine magnet manager manual
margin market marriage material matrix measure mechanic medicine member memory mention message metal
method middle military mineral minister minute mirror mission mobile model modern module moment
monitor morning mortgage motion mountain museum music mystery nation nature network notebook number
nursery object observer ocean office opera opinion orange orbit orchard order organ origin outcome
output oxygen package painting palace paper parade parent parking partner passage patent patient
pattern payment pepper percent period permit person phase phone picture pilot pioneer pipeline
planet plastic platform player pocket poetry policy portrait position potato power practice premium
pressure prison private problem process product profile program progress project promise proposal
protein province public purpose quality quarter question radio railway rainfall random reaction
reader reason recipe record recovery reform region register relation release remedy replace report
request research reserve resource response result revenue review reward rhythm river robot rocket
routine sample satellite schedule scholar science screen season second secret section sector
security sensor sentence series server service session shadow shelter signal silver sister sketch
society software solution source species speech square stable station statue storage story strategy
stream street student studio subject suburb success summer supply support surface surgery survey
switch symbol system talent target teacher template temple tension texture theatre theory thunder
ticket timber tissue tobacco tomato tourist traffic training transfer travel treaty triangle tunnel
twelve uniform union universe update valley variable vector vehicle venture version victim victory
village violin virtue vision visitor volume voyage warning weather wedding welcome welfare window
winter wisdom witness wonder worker writer yellow yesterday""".split()


class Slide:
    """What stands on a slide, and how it looks."""

    def __init__(self, number, chance):
        self.number = number
        self.font = FONTS[number % 8]
        self.style = ["light", "dark"][number // 8 % 2]
        self.size = SIZES[number // 16 % 3]
        self.colours = chance.choice(COLOURS[self.style])
        lines = {0: 4, 1: 6, 2: 8}[SIZES.index(self.size)]
        self.lines = [" ".join(w.capitalize() for w in chance.sample(WORDS, 3))]
        for _ in range(lines):
            self.lines.append(" ".join(chance.sample(WORDS, chance.randint(3, 5))))

    @property
    def words(self):
        return {word.lower() for line in self.lines for word in line.split()}

    def filters(self, folder):
        """drawtext, once a line; the text comes from files, so nothing needs escaping."""
        title, body = self.size
        y = 50
        for index, line in enumerate(self.lines):
            height = body if index else title
            text = ("" if index == 0 else "- ") + line
            path = folder / f"{self.number}-{index}.txt"
            path.write_text(text)
            yield (f"drawtext=font='{self.font}':textfile={path}:fontsize={height}:"
                   f"fontcolor={self.colours[1]}:x={60 if index == 0 else 90}:y={y}")
            y += int(height * 1.7)


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def make_slides(slides, folder):
    """One video of all slides, each for SECONDS."""
    parts = []
    for slide in slides:
        part = folder / f"slide-{slide.number:03}.mp4"
        # Drawn once, and shown for all its time.
        chain = ",".join([*slide.filters(folder), f"loop=loop={25 * SECONDS - 1}:size=1",
                          "format=yuv420p"])
        ffmpeg("-f", "lavfi", "-i",
               f"color=c={slide.colours[0]}:s=1280x720:r=25:d=0.04", "-vf", chain,
               "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", part)
        parts.append(f"file '{part}'")
    (folder / "parts.txt").write_text("\n".join(parts))
    video = folder / "slides.mp4"
    ffmpeg("-f", "concat", "-safe", "0", "-i", folder / "parts.txt", "-c", "copy", video)
    return video


SOURCES = [
    "mandelbrot=s=854x480:r=25", "life=s=854x480:r=25:mold=10:ratio=0.2:death_color=#404040",
    "testsrc2=s=854x480:r=25", "smptehdbars=s=854x480:r=25",
    "nullsrc=s=854x480:r=25,geq=lum='128+60*sin(X/23+T)*cos(Y/31-T)':cb=128+T*4:cr=110",
    "cellauto=s=854x480:r=25:rule=110", "gradients=s=854x480:r=25:n=6",
    "nullsrc=s=427x240:r=25,geq=lum='random(1)*255':cb=128:cr=128,scale=854:480",
]
CAPTIONED = [SOURCES[0], SOURCES[4], SOURCES[6]]


def make_captions(folder, chance):
    """White, outlined captions near the lower edge of moving pictures."""
    made, parts = [], []
    for number in range(12):
        words = chance.sample(WORDS, 5)
        text = folder / f"caption-{number}.txt"
        text.write_text(" ".join(words).capitalize())
        source = CAPTIONED[number % 3].replace("854x480", "1280x720")
        part = folder / f"caption-{number:02}.mp4"
        ffmpeg("-f", "lavfi", "-i", source, "-t", SECONDS, "-vf",
               f"drawtext=font='{FONTS[number % 8]}':textfile={text}:fontsize={[34, 44][number % 2]}:"
               "fontcolor=white:borderw=3:bordercolor=black:x=(w-tw)/2:y=h-90,format=yuv420p",
               "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", part)
        made.append({word for word in words})
        parts.append(f"file '{part}'")
    (folder / "captions.txt").write_text("\n".join(parts))
    video = folder / "captions.mp4"
    ffmpeg("-f", "concat", "-safe", "0", "-i", folder / "captions.txt", "-c", "copy", video)
    return video, made


def frames(reel, video, text):
    """The key frames that reel prints, and the seconds of processor time it took."""
    environment = dict(os.environ, REEL_WORKERS="1")
    before = os.times()
    output = subprocess.run([reel, "frames", *(["--text"] if text else []), str(video)],
                            check=True, stdout=subprocess.PIPE, env=environment).stdout
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user \
        - before.children_system
    return [json.loads(line) for line in output.splitlines()], spent


def words_of(text):
    return set(re.findall(r"[a-z]+", text.lower()))


def share_found(expected, keyframes):
    """Words read in a key frame while they stood there, of all words; words of slides that no key
    frame shows; and the slides that lack any."""
    found = total = unseen = 0
    missed = []
    for number, words in enumerate(expected):
        begin, end = number * SECONDS, (number + 1) * SECONDS
        read, has_frame = set(), False
        for frame in keyframes:
            if begin <= frame["time_seconds"] < end:
                has_frame = True
                for line in frame["text"]:
                    read |= words_of(line["text"])
        found += len(words & read)
        total += len(words)
        if not has_frame:
            missed.append((number, ["all: no key frame"]))
            unseen += len(words)
        elif words - read:
            missed.append((number, sorted(words - read)))
    return found, total, unseen, missed


def search_share(reel, folder, video, expected):
    """Words that a search finds at their time, of the first few of each slide."""
    index = folder / "index"
    media = folder / "media"
    media.mkdir()
    os.link(video, media / "slides.mp4")
    environment = dict(os.environ, REEL_INDEX=str(index))
    subprocess.run([reel, "index", str(media)], check=True, env=environment,
                   stdout=subprocess.DEVNULL)
    found = total = 0
    for number, words in enumerate(expected):
        for word in sorted(words)[:SEARCHED]:
            total += 1
            reply = subprocess.run(
                [reel, "search", "--json", "--top", "20", "--channels", "keywords", "--no-rerank",
                 word], check=True, env=environment, stdout=subprocess.PIPE).stdout
            begin, end = number * SECONDS, (number + 1) * SECONDS
            moments = (hit["moment"] for hit in json.loads(reply)["hits"])
            found += any(moment["start_seconds"] < end and moment["end_seconds"] > begin
                         for moment in moments)
    return found, total


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reel", default=root / ".build/release/reel")
    parser.add_argument("--slides", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--footage", type=pathlib.Path, help="a folder of videos without text")
    parser.add_argument("--search", action="store_true", help="also index, and search for some words of each slide")
    parser.add_argument("--keep", type=pathlib.Path, help="make the videos here and leave them")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        run(options, folder)


def run(options, folder):
    chance = random.Random(options.seed)
    slides = [Slide(number, chance) for number in range(options.slides)]
    began = time.monotonic()
    video = make_slides(slides, folder)
    captions, captioned = make_captions(folder, chance)
    print(f"made {len(slides)} slides and {len(captioned)} captions in "
          f"{time.monotonic() - began:.0f} s")

    keyframes, spent = frames(options.reel, video, True)
    found, total, unseen, missed = share_found([slide.words for slide in slides], keyframes)
    print(f"slides: {found} of {total} words read at their time ({found / total:.4f}; "
          f"{found / max(1, total - unseen):.4f} of those that a key frame shows), "
          f"{len(keyframes)} key frames, {spent:.1f} s")
    for number, words in missed:
        slide = slides[number]
        print(f"  {number} {slide.font} {slide.size} {slide.style}: missed {' '.join(words)}")
    read = {word for frame in keyframes for line in frame["text"] for word in words_of(line["text"])}
    known = {word for slide in slides for word in slide.words}
    print(f"  words read that stand on no slide: {len(read - known)} of {len(read)}")

    keyframes, spent = frames(options.reel, captions, True)
    found, total, _, _ = share_found(captioned, keyframes)
    print(f"captions over moving pictures: {found} of {total} words ({found / total:.4f}), "
          f"{len(keyframes)} key frames, {spent:.1f} s")

    if options.search:
        found, total = search_share(options.reel, folder, video, [slide.words for slide in slides])
        print(f"search: {found} of {total} words found at their time ({found / total:.4f})")

    footage = []
    for number, source in enumerate(SOURCES):
        path = folder / f"footage-{number}.mp4"
        ffmpeg("-f", "lavfi", "-i", source, "-t", 20, "-pix_fmt", "yuv420p", "-c:v", "libx264",
               "-preset", "veryfast", "-crf", "23", path)
        footage.append(path)
    if options.footage:
        footage += sorted(path for path in options.footage.iterdir()
                          if path.suffix in {".mp4", ".mkv", ".webm"})
    for path in footage:
        without = min(frames(options.reel, path, False)[1] for _ in range(2))
        keyframes, with_text = frames(options.reel, path, True)
        with_text = min(with_text, frames(options.reel, path, True)[1])
        lines = [line["text"] for frame in keyframes for line in frame["text"]]
        print(f"{path.name}: {len(keyframes)} key frames, {without:.2f} s without and "
              f"{with_text:.2f} s with text ({with_text - without:+.2f} s), "
              f"{len(lines)} lines {lines[:4]}")


if __name__ == "__main__":
    sys.exit(main())
