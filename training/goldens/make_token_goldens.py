"""Makes Tests/TokenizersTests/Goldens: small tokenizers, a corpus, and what Hugging Face makes of it.

Run from the repository's root, with `pip install transformers tokenizers` (5.x, 0.23 were used):

    python training/goldens/make_token_goldens.py [models/all-MiniLM-L6-v2]

Two tokenizers are trained on the corpus itself: a WordPiece vocabulary read as uncased and as cased
BERT, and a CLIP byte-pair encoding. With the directory of all-MiniLM-L6-v2 its ids are added too.
Ids are those of transformers' own tokenizer classes reading the files written here.
"""
import json
import pathlib
import random
import sys

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers, Regex
from transformers import AutoTokenizer, BertTokenizer, CLIPTokenizer

OUT = pathlib.Path("Tests/TokenizersTests/Goldens")
MAXIMUM_LENGTH = 32  # short enough that the longer lines are truncated

SENTENCES = """
The quick brown fox jumps over the lazy dog.
A man is riding a bicycle past a red brick wall, isn't he?
It's what they've said: we'll see, I'd guess; you're right & I'm not.
Don't PANIC!!! (yet...) -- "quoted" 'single' `back` [brackets] {braces} <angle>
E-mail: someone@example.org, https://example.org/a_b?c=d&e=%20#frag
Prices: $1,234.56; €99,90; ¥5000; £3.50; 50% off; 3×4=12; ½ cup; x² + y³
2024-01-31T23:59:59Z v1.2.3-rc.4 0xDEADBEEF 1e-9 1_000_000
naïve café résumé coöperate Zürich São Tomé Ærøskøbing Łódź Dvořák
Ångström ÅNGSTRÖM Ångström İstanbul ıstanbul ẞtraße STRASSE ﬁnal ﬂow
Der schnelle braune Fuchs springt über den faulen Hund.
Le cœur a ses raisons que la raison ne connaît point; voilà où l'été s'achève.
¿Dónde está la biblioteca? ¡Qué niño tan pequeño!
Съешь же ещё этих мягких французских булок, да выпей чаю.
Ёлка, йогурт, Київ, ґанок, щось, Ћирилица, љубав
Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. ΟΔΟΣ Οδός; τι κάνεις;
אני יכול לאכול זכוכית וזה לא מזיק לי. שָׁלוֹם עֲלֵיכֶם
أنا قادر على أكل الزجاج و هذا لا يؤلمني. السَّلَامُ عَلَيْكُمْ ١٢٣
من می توانم بدونِ احساس درد شيشه بخورم؛ آیا می‌شود؟
मैं काँच खा सकता हूँ और मुझे उससे कोई चोट नहीं पहुंचती। १२३
আমি কাঁচ খেতে পারি, তাতে আমার কোনো ক্ষতি হয় না।
நான் கண்ணாடி சாப்பிடுவேன், அதனால் எனக்கு ஒரு கேடும் வராது.
ฉันกินกระจกได้ แต่มันไม่ทำให้ฉันเจ็บ ๑๒๓
我能吞下玻璃而不伤身体。北京市海淀区,二〇二四年。
我能吞下玻璃而不傷身體。「繁體中文」也可以!
私はガラスを食べられます。それは私を傷つけません。ｶﾞｷﾞｸﾞ パピプ
나는 유리를 먹을 수 있어요. 그래도 아프지 않아요. 한글 ㄱㄴㄷ
მინას ვჭამ და არა მტკივა. ᲛᲗᲐᲕᲠᲣᲚᲘ
Կրնամ ապակի ուտել և ինծի անհանգիստ չըներ։
እንደወዳጅ ሁሉ ሰው ነኝ። ኢትዮጵያ፡አዲስ
ខ្ញុំអាចញុំកញ្ចក់បាន ដោយគ្មានបញ្ហារ
ཤེལ་སྒོ་ཟ་ནས་ང་ན་གི་མ་རེད།
ကျွန်တော် မှန်စားနိုင်သည်။
👍🏽 👨‍👩‍👧‍👦 🇩🇪🇯🇵 ❤️ ☃ 🧑‍🚀🚀✨ :-) ;) 🏳️‍🌈
𝓗𝓮𝓵𝓵𝓸 𝕎𝕠𝕣𝕝𝕕 ＦＵＬＬ　ｗｉｄｔｈ ①②③ Ⅳ ㎏ ℡ ™ ®
∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β), ∮E⋅da = Q
[CLS] already special [SEP] and [MASK] with [UNK] [PAD] [cls]
<|startoftext|>inside<|endoftext|> and <|ENDOFTEXT|>!<|endoftext|>!
don't'll've 'tis '90s rock'n'roll '''s 's't're ?'s "'d"
under_score CamelCase snake_case kebab-case SHOUTING iPhone eBay
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
supercalifragilisticexpialidocious antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis
""".strip().split("\n")

ODD = [
    "", " ", "   ", "\t\n\r\n", "a\tb\nc\rd\x0be\x0cf", "a\x00b\x01c\x1fd\x7fe\x80f\x9fg",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom\u2060", "soft\u00adhyphen", "bad\ufffdchar",
    "nbsp\u00a0en\u2002em\u2003thin\u2009ideo\u3000narrow\u202fogham\u1680end",
    "line\u2028para\u2029next\u0085end", "rtl\u202eoverride\u202c lrm\u200e rlm\u200f",
    "private\ue000use\uf8ff\U000f0000", "unassigned\u0378\u0ff0\U0001fffd", "nonchar\ufffe\uffff",
    "e\u0301 e\u0301\u0323 a\u030a o\u0308\u0304 \u1e9b\u0323", "\u0344\u0958\u2126\u212b\u1fef\u037e\u00b7",
    "\u1100\u1161\u11a8 \uac01", "x" * 100, "x" * 101, "é" * 100, "é" * 101, "word " * 60,
    "\U00020000\U0002a6d6\U0002a700\U0002b740\U0002b820\U0002b920\U0002ceb0\U0002f800\U00030000",
    # No marks newer than Unicode 9: the reference does not know their combining classes.
    "\u1734\u1dfa\ua9bd\u0300", "\u2e43\u2e52\u166d\u0a76\u09fd", "'", "''", "'S 'T 'RE",
    "ſ 's ’s ‘t’", "١٢٣ ४५६ ①Ⅷ½²", "A\u030aNGSTRO\u0308M", "ΑΣ ΑΣΑ ς Σ", "ǅ ǆ Ǆ ŉ ΐ",
]


def fuzz(count):
    """Lines of random characters, more of them common than odd."""
    rng = random.Random(20240131)
    blocks = [
        (0x20, 0x7F), (0x20, 0x7F), (0x61, 0x7B), (0xA0, 0x180), (0x300, 0x370), (0x370, 0x530),
        (0x5D0, 0x700), (0x900, 0xE00), (0xE00, 0x1200), (0x1E00, 0x2100), (0x2190, 0x2600),
        (0x2E80, 0x3100), (0x3100, 0x3300), (0x4E00, 0x5000), (0xAC00, 0xAD00), (0xF900, 0xFFF0),
        (0x1D400, 0x1D500), (0x1F300, 0x1F650),
    ]
    lines = []
    for _ in range(count):
        line = ""
        for _ in range(rng.randint(2, 5)):
            low, high = rng.choice(blocks)
            line += "".join(chr(rng.randrange(low, high)) for _ in range(rng.randint(1, 6)))
            line += rng.choice(["", " ", "  ", ",", "'s ", "\u3000"])
        lines.append(line)
    return lines


def pairs(count):
    """Words of the sentences in new company."""
    rng = random.Random(7)
    words = [word for sentence in SENTENCES for word in sentence.split()]
    return [" ".join(rng.choices(words, k=rng.randint(1, 5))) for _ in range(count)]


def main():
    corpus = SENTENCES + ODD + pairs(120) + fuzz(130)
    OUT.mkdir(parents=True, exist_ok=True)
    results = {"lines": corpus, "maximumLength": MAXIMUM_LENGTH}

    piece = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    piece.normalizer = normalizers.BertNormalizer(strip_accents=False, lowercase=False)
    piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=1500, special_tokens=special, limit_alphabet=700, min_frequency=1)
    piece.train_from_iterator(
        SENTENCES + [sentence.lower() for sentence in SENTENCES], trainer)
    vocabulary = sorted(piece.get_vocab().items(), key=lambda item: item[1])
    for name, lower in (("bert-uncased", True), ("bert-cased", False)):
        folder = OUT / name
        folder.mkdir(exist_ok=True)
        text = "".join(token + "\n" for token, _ in vocabulary)
        (folder / "vocab.txt").write_text(text, encoding="utf-8")
        (folder / "tokenizer_config.json").write_text(json.dumps(
            {"do_lower_case": lower, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}))
        results[name] = ids(BertTokenizer.from_pretrained(folder), corpus)

    pair = Tokenizer(models.BPE(
        continuing_subword_prefix="", end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    reference = CLIPTokenizer()
    pair.normalizer = reference.backend_tokenizer.normalizer
    pair.pre_tokenizer = reference.backend_tokenizer.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=1200, end_of_word_suffix="</w>", min_frequency=1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    pair.train_from_iterator(SENTENCES, trainer)
    model = json.loads(pair.to_str())["model"]
    # As OpenAI's: every byte alone and at a word's end, the merges in order, two special tokens.
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    # A few bytes are left out at a word's end, so that the unknown token is met too.
    tokens = alphabet + [letter + "</w>" for letter in alphabet if letter not in "½Ń"]
    merges = []
    for left, right in (merge if isinstance(merge, list) else merge.split(" ") for merge in model["merges"]):
        if left in tokens and right in tokens:
            merges.append(f"{left} {right}")
            if left + right not in tokens:
                tokens.append(left + right)
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    folder = OUT / "clip"
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(m + "\n" for m in merges))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"}))
    results["clip"] = ids(CLIPTokenizer.from_pretrained(folder), corpus)

    if len(sys.argv) > 1:
        results["all-MiniLM-L6-v2"] = ids(AutoTokenizer.from_pretrained(sys.argv[1]), corpus)

    (OUT / "tokens.json").write_text(json.dumps(results, separators=(",", ":")))


def ids(tokenizer, corpus):
    """A string of numbers a line: smaller and easier to read than nested lists."""
    encoded = tokenizer(corpus, truncation=True, max_length=MAXIMUM_LENGTH, padding=False)
    return [" ".join(map(str, row)) for row in encoded["input_ids"]]


main()
