"""Made-up passages and queries, the same for every engine.

Words are drawn by Zipf's law (exponent 1) from a vocabulary of 50 000, and spelled so that no
stemmer and no list of stop words touches them: two engines then index the same terms.
"""

import numpy as np

VOCABULARY = 50_000
CONSONANTS, VOWELS = "bdfghjlmnprtvz", "aou"


def word(number):
    """Syllables and a k: `bak`, `dok` … `zuzuk`."""
    syllables = len(CONSONANTS) * len(VOWELS)
    letters = ""
    while True:
        number, syllable = divmod(number, syllables)
        letters += CONSONANTS[syllable // len(VOWELS)] + VOWELS[syllable % len(VOWELS)]
        if number == 0:
            return letters + "k"
        number -= 1


def draw(random, count):
    chances = 1 / np.arange(1, VOCABULARY + 1)
    return random.choice(VOCABULARY, size=count, p=chances / chances.sum())


def write_passages(path, count, seed):
    """A passage of 8 to 40 words a line."""
    random = np.random.default_rng(seed)
    words = np.array([word(n) for n in range(VOCABULARY)])
    assert len(set(words)) == VOCABULARY
    with open(path, "w") as file:
        for start in range(0, count, 10_000):
            lengths = random.integers(8, 41, min(10_000, count - start))
            drawn = words[draw(random, lengths.sum())]
            ends = np.cumsum(lengths)
            file.writelines(
                " ".join(drawn[end - length : end]) + "\n" for end, length in zip(ends, lengths))


def write_queries(path, count, length, seed):
    """Queries of different words, drawn as the passages' words are."""
    random = np.random.default_rng(seed + length)
    with open(path, "w") as file:
        for _ in range(count):
            chosen = []
            while len(chosen) < length:
                number = int(draw(random, 1)[0])
                if number not in chosen:
                    chosen.append(number)
            file.write(" ".join(word(n) for n in chosen) + "\n")
