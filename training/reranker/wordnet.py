"""Words and natural sentences from Princeton's WordNet 3.0, as Debian's wordnet-base lays it out."""
import pathlib
import re
from collections import defaultdict
from dataclasses import dataclass, field

FOLDER = pathlib.Path("/usr/share/wordnet")
ANIMAL, ARTIFACT, FOOD, OBJECT, PERSON, PLANT = 5, 6, 13, 17, 18, 20
EXAMPLE = re.compile(r'"([^"]{12,160})"')


@dataclass
class WordNet:
    glosses: list = field(default_factory=list)  # (word, definition)
    examples: list = field(default_factory=list)  # sentences
    nouns: dict = field(default_factory=lambda: defaultdict(dict))  # field → word → times tagged
    # How often a word was tagged as each part of speech in running text.
    tagged: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    synonyms: dict = field(default_factory=dict)  # (word, part of speech) → words of its first sense


def read(folder=FOLDER):
    wordnet = WordNet()
    counts = {}
    for line in (folder / "cntlist.rev").read_text().splitlines():
        key, sense, count = line.split()
        word, rest = key.split("%")
        part = "nvars"[int(rest[0]) - 1]
        wordnet.tagged[word]["a" if part == "s" else part] += int(count)
        if sense == "1":
            counts[word, part] = int(count)
    for name, part in (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")):
        members = {}
        for line in (folder / f"data.{name}").read_text().splitlines():
            if line.startswith("  "):
                continue
            facts, _, gloss = line.partition(" | ")
            fields = facts.split()
            words = [re.sub(r"\(.*", "", fields[4 + 2 * number])
                     for number in range(int(fields[3], 16))]
            members[fields[0]] = words
            definition = gloss.split('"')[0].strip(" ;:")
            wordnet.glosses.append((words[0].replace("_", " "), definition))
            wordnet.examples += EXAMPLE.findall(gloss)
            if part == "n":
                for word in words:
                    if word.isalpha() and word.islower() and (word, "n") in counts:
                        kinds = wordnet.nouns[int(fields[1])]
                        kinds[word] = max(kinds.get(word, 0), counts[word, "n"])
        for line in (folder / f"index.{name}").read_text().splitlines():
            if line.startswith("  "):
                continue
            fields = line.split()
            first = members.get(fields[-int(fields[2])], [])
            others = [word.replace("_", " ") for word in first if word.lower() != fields[0]]
            if others and fields[0].isalpha():
                wordnet.synonyms[fields[0], part] = others
    # The first sense's field only: a "bank" is not a river's in most sentences.
    return wordnet
