"""Natural sentences with two words swapped, and natural questions after natural passages."""
import gzip
import pathlib
import random
import re

from .first_stage import STOP_WORDS

WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[^\sA-Za-z]+")


class Swaps:
    """WordNet's example sentences. A query is such a sentence cropped, thinned and with synonyms;
    its passage the sentence; what must not be found the sentence with two words swapped."""

    def __init__(self, wordnet, seed):
        self.random = random.Random(seed)
        self.wordnet = wordnet
        self.sentences = []
        for sentence in sorted(set(wordnet.examples)):
            words = WORD.findall(sentence)
            pairs = self.pairs(words)
            if pairs and 5 <= len(words) <= 22:
                self.sentences.append((words, pairs))

    def part(self, word):
        """Noun, adjective or verb, where running text leaves little doubt."""
        counts = self.wordnet.tagged.get(word.lower())
        if not counts or word.lower() in STOP_WORDS:
            return None
        part = max(counts, key=counts.get)
        return part if part in "na" and counts[part] >= 0.8 * sum(counts.values()) else None

    def pairs(self, words):
        parts = [self.part(word) for word in words]
        return [(first, second) for first in range(len(words)) for second in range(first + 1, len(words))
                if parts[first] and parts[first] == parts[second]
                and words[first].lower() != words[second].lower()
                # "salt and pepper": the same either way.
                and not (second == first + 2 and words[first + 1].lower() in ("and", "or", ","))
                and not (second == first + 1)]

    def draw(self):
        words, pairs = self.random.choice(self.sentences)
        first, second = self.random.choice(pairs)
        swapped = list(words)
        swapped[first], swapped[second] = words[second], words[first]
        return self.query(words, first, second), self.joined(words), [self.joined(swapped)]

    def query(self, words, first, second):
        start = self.random.randint(0, first)
        end = self.random.randint(second + 1, len(words))
        chosen = []
        for place in range(start, end):
            word = words[place]
            if self.random.random() < 0.5 and word.lower() in ("a", "an", "the", ",", "very", "is", "was"):
                continue
            synonyms = self.wordnet.synonyms.get((word.lower(), self.part(word) or "v"))
            if synonyms and self.random.random() < 0.25 and word.lower() not in STOP_WORDS:
                word = self.random.choice(synonyms)
            chosen.append(word)
        return self.joined(chosen)

    @staticmethod
    def joined(words):
        return re.sub(r" ([,.;:!?])", r"\1", " ".join(words))


class Questions:
    """Pairs of a short text and a longer one about the same: words and their definitions, and
    parts of the documentation that Debian installs, cropped."""

    def __init__(self, wordnet, seed, folder="/usr/share/doc", limit=6000):
        self.random = random.Random(seed)
        self.glosses = [(word, definition) for word, definition in wordnet.glosses
                        if 6 <= len(definition.split()) <= 40]
        self.paragraphs = []
        for path in sorted(pathlib.Path(folder).glob("*/*")):
            if len(self.paragraphs) >= limit:
                break
            if not re.search(r"(README|NEWS|TODO|FAQ|changelog|\.txt)", path.name) or not path.is_file():
                continue
            opened = gzip.open if path.suffix == ".gz" else open
            try:
                with opened(path, "rt", errors="ignore") as file:
                    text = file.read(60_000)
            except OSError:
                continue
            found = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
            self.paragraphs += [part for part in found if 20 <= len(part.split()) <= 80
                                and sum(c.isalpha() or c == " " for c in part) > 0.9 * len(part)][:20]

    def draw(self):
        if self.random.random() < 0.5 or not self.paragraphs:
            word, definition = self.random.choice(self.glosses)
            words = definition.split()
            start = self.random.randrange(max(1, len(words) - 4))
            part = " ".join(words[start:start + self.random.randint(2, 5)])
            query = self.random.choice((word, f"{word} {part}", part))
            return query, definition if query != part else f"{word}: {definition}"
        paragraph = self.random.choice(self.paragraphs)
        words = paragraph.split()
        start = self.random.randrange(max(1, len(words) - 8))
        query = [word for word in words[start:start + self.random.randint(4, 10)]
                 if self.random.random() < 0.8]
        rest = words[:start] + words[start + 3:]  # not all of the query is there word for word
        return " ".join(query or words[:3]), " ".join(rest)
