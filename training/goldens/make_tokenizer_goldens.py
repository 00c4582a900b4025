"""Makes Tests/TokenizersTests/Goldens/whole: small tokenizers of every kind, a corpus, and what
Hugging Face's `tokenizers` makes of it.

Run from the repository's root, with `pip install tokenizers sentencepiece protobuf` (0.23.3 and
0.2.3 were used):

    python training/goldens/make_tokenizer_goldens.py           # writes the files anew
    python training/goldens/make_tokenizer_goldens.py KIND N    # shows what KIND makes of line N
    python training/goldens/make_tokenizer_goldens.py characters   # only what is of all characters

The corpus is generated from a seed and from the sentences of make_token_goldens.py. Of every line a
digest of two bytes is kept for each way of encoding (`WAYS`), and the ids themselves
of every hundredth line: a test that fails names the kind, the line and the way, and this script shows
the ids that were expected.
"""
import base64
import json
import pathlib
import random
import sys
import tempfile
import zlib
from collections import Counter

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers import processors, trainers

OUT = pathlib.Path("Tests/TokenizersTests/Goldens/whole")
SENTENCES = json.loads(pathlib.Path("Tests/TokenizersTests/Goldens/tokens.json").read_text("utf-8"))

# ---- The corpus ---------------------------------------------------------------------------------

# Letters, marks and signs of each script, as ranges; marks come after a letter now and then.
SCRIPTS = {
    "latin": (["az", "az", "az", "AZ", "àö", "øÿ", "āž"], "\u0300\u030c", "01239", ".,;:!?'\""),
    "vietnamese": (["az", "ạỹ", "ăă", "đđ", "ơơ", "ưư"], "\u0301\u0323\u0309", "012", ".,"),
    "greek": (["αω", "αω", "ΑΡ", "άώ", "ἀἷ"], "\u0301\u0345", "019", ".·;"),
    "cyrillic": (["ая", "ая", "АЯ", "ёџ", "ҐҸ"], "\u0301\u0306", "2024", ".,—«»"),
    "hebrew": (["את"], "\u05b0\u05b8\u05bc\u05c1", "123", ".,־״"),
    "arabic": (["اغ", "في", "ٱۓ"], "\u064b\u064e\u0651\u0670", "١٢٣", "،؛؟."),
    "devanagari": (["कह", "अऔ", "\u0958\u095f"], "\u093c\u093e\u0940\u094d\u0902", "०१२", "।,"),
    "bengali": (["কহ", "অঔ"], "\u09bc\u09be\u09cd\u09c7\u09d7", "১২৩", "।"),
    "tamil": (["கஹ", "அஔ"], "\u0bbe\u0bc6\u0bcd\u0bd7", "௧௨௩", "."),
    "thai": (["กฮ", "เไ", "ะา"], "\u0e31\u0e34\u0e48\u0e49\u0e33", "๑๒", " "),
    "han": (["一丿", "北卐", "中丰", "㐀㐅", "\uf900\uf909"], "", "〇一二", "，。、「」"),
    "kana": (["あん", "アン", "ぁゖ", "ｱﾝ", "一三"], "\u3099\u309aー", "１２", "。、・"),
    "hangul": (["가깋", "한헿", "ㄱㅎ", "\u1100\u1112"], "\u1161\u1175\u11a8", "12", ".,"),
    "georgian": (["აჰ", "ᲐᲰ"], "", "12", ".,"),
    "armenian": (["աֆ", "ԱՖ"], "", "12", "։՞՜"),
    "ethiopic": (["ሀሇ", "መሟ", "አኧ"], "\u135f", "፩፪", "፡።፣"),
    "khmer": (["កអ"], "\u17b6\u17c6\u17d2\u17bb", "១២", "។"),
    "myanmar": (["ကအ"], "\u102d\u102f\u1039\u103a\u1037", "၁၂", "၊။"),
    "tibetan": (["ཀཧ"], "\u0f71\u0f72\u0f90\u0fb2", "༡༢", "་།"),
    "old": (["𐌀𐌞", "𐍈𐍊", "ᚠᛪ", "𐐀𐐧", "𐲀𐲲"], "", "12", "᛫"),
}
EMOJI = [
    "😀", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "🇯🇵🇺🇳", "❤️", "☃", "🧑‍🚀", "🏳️‍🌈", "1️⃣", "#️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "✨", "©️", "🇦",
    "🏽", "\u200d", "👩🏿‍❤️‍💋‍👨🏻", "🫠", "🀄", "™", "\ufe0f",
]
SPECIALS = [
    "<s>", "</s>", "<pad>", "<unk>", "<mask>", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[mask]",
    "<|endoftext|>", "<|startoftext|>", "<|ENDOFTEXT|>", "<|im_start|>", "<|im_end|>", "<|notimestamps|>",
    "<|begin_of_text|>", "<extra_id_0>", "<extra_id_1>", "<0x0A>", "<0xE2>", "▁", "##ing", "</w>", "Ġ",
    "<word>", "<WORD>", "<left>", "<right>", "<both>", "Ünïcode", "<|en|>", "<|0.00|>", "yesterday",
]
CODE = [
    "def f(x: int) -> str:\n    return f\"{x!r:>10}\"  # note", "for (int i = 0; i < n; ++i) { a[i] += b[i]; }",
    "SELECT * FROM t WHERE a='b' AND c>=1.5e-3;", "<a href=\"x?y=1&amp;z=%20\">link</a>", "\tif err != nil {\r\n\t\treturn err\r\n\t}",
    "#include <stdio.h>\n\n\nint main(){}", "path/to/some-file_v2.tar.gz", "x = {'key': [1, 2, 3], \"k2\": None}",
    "https://example.org:8080/a/b.html?q=caf%C3%A9#frag", "user@example.com", "\\begin{align} a &= b \\\\ \\end{align}",
    "0xDEADBEEF 0b1010 1_000_000 3.14159 .5 5. 1e10", "git commit -m 'It''s done' && rm -rf ./*", "λx.λy.x→y", "{{{}}}[[[]]]((()))",
]
SPACES = " \u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\t\n\r\v\f\x85\u200b\ufeff\x1c\x1f"


def pick(rng, span):
    return chr(rng.randint(ord(span[0]), ord(span[1])))


def word(rng, script):
    spans, marks, digits, _ = SCRIPTS[script]
    if digits and rng.random() < 0.08:
        return "".join(rng.choice(digits) for _ in range(rng.randint(1, 6)))
    span = rng.choice(spans)
    text = ""
    for _ in range(rng.randint(1, 9)):
        text += pick(rng, span if rng.random() < 0.8 else rng.choice(spans))
        while marks and rng.random() < 0.25:
            text += rng.choice(marks)
    return text


def lines_of_corpus():
    rng = random.Random(20260401)
    lines = list(SENTENCES["lines"])
    lexicon = {script: [word(rng, script) for _ in range(120)] for script in SCRIPTS}
    for script, (_, _, _, signs) in SCRIPTS.items():
        for _ in range(52):
            words = [
                rng.choice(lexicon[script]) if rng.random() < 0.8 else word(rng, script)
                for _ in range(rng.randint(1, 9))]
            text = ("" if script in ("han", "kana", "thai") and rng.random() < 0.8 else " ").join(words)
            if rng.random() < 0.6:
                text += rng.choice(signs)
            lines.append(text)
    plain = [each for sentence in SENTENCES["lines"][:40] for each in sentence.split()]
    everything = plain + [each for words in lexicon.values() for each in words]
    for _ in range(180):  # scripts side by side
        lines.append(" ".join(rng.choices(everything, k=rng.randint(2, 8))))
    for _ in range(90):  # pictures
        lines.append("".join(
            rng.choice(EMOJI + plain + [" ", " "]) for _ in range(rng.randint(1, 10))))
    for _ in range(70):  # control characters
        lines.append("".join(
            rng.choice(plain) + chr(rng.choice([*range(1, 32), 0, 127, *range(128, 160), 0xAD, 0xFFFD]))
            for _ in range(rng.randint(1, 6))))
    for _ in range(70):  # stacks of marks
        lines.append("".join(
            rng.choice("aeAEkがक가ﬁ①Å") + "".join(
                chr(rng.choice([*range(0x300, 0x340), 0x345, 0x5B0, 0x93C, 0x3099, 0x1DC0, 0x20D0, 0xFE20, 0x1D165]))
                for _ in range(rng.randint(0, 6)))
            for _ in range(rng.randint(1, 6))))
    for _ in range(100):  # odd spaces
        lines.append("".join(
            rng.choice(SPACES) * rng.randint(0, 3) + rng.choice(everything) + rng.choice(SPACES + "    ")
            for _ in range(rng.randint(1, 6))))
    for _ in range(60):  # numbers
        lines.append(" ".join(
            rng.choice(["%d", "%.3f", "%05d", "$%d", "%d%%", "-%d", "%d:30", "½%d", "x²%d", "%d١٢٣", "Ⅻ%d"])
            % rng.randint(0, 10 ** rng.randint(1, 12)) for _ in range(rng.randint(1, 6))))
    for _ in range(90):
        lines.append(rng.choice(CODE) + rng.choice(["", "\n", "  ", "\n\n  "]) + rng.choice(CODE + plain))
    for _ in range(150):  # special tokens, alone, beside words, in odd company
        lines.append("".join(
            rng.choice(["", " ", "  ", "\n", "\u00a0"]) + rng.choice(SPECIALS + everything)
            for _ in range(rng.randint(1, 7))) + rng.choice(["", " ", "  "]))
    for _ in range(60):  # contractions
        lines.append("".join(
            rng.choice(["don", "I", "we", "IT", " you", "'", "’", "  "]) + rng.choice(
                ["'s", "'S", "'re", "'LL", "'Ve", "'t", "'d", "'M", "'ſ", "'x", "''s", "'r", "'l"])
            for _ in range(rng.randint(1, 5))))
    for _ in range(60):  # what Unicode got lately, and what it has not got yet
        lines.append("".join(
            chr(rng.choice([
                *range(0x1C89, 0x1C8B), *range(0xA7CB, 0xA7DD), *range(0x10D40, 0x10D66), *range(0x11938, 0x11940),
                0x1E4EC, *range(0x1CCF0, 0x1CCFA), 0x2EBF0, 0x32FF, 0x1FAE9, 0x16EA0, 0x10D69, 0x0378, 0x30000,
                0x1DF9, 0x8D5, 0x1734, 0x1885, 0x1CF2, 0xA7F2, 0xE0001, 0xF0000])) + rng.choice(["", "", "a", " ", "E\u0301"])
            for _ in range(rng.randint(1, 8))))
    for _ in range(120):  # anything at all
        lines.append("".join(
            chr(c) for c in (
                rng.choice([rng.randrange(0x20, 0x3000), rng.randrange(0x3000, 0xD800), rng.randrange(0xE000, 0x20000),
                            rng.randrange(0x20, 0x250)])
                for _ in range(rng.randint(1, 12)))))
    for filler in ("a", "ab ", "é", "字", "!", " ", "\n", "👍", "1", "ก", "'s", "e\u0301"):  # very long
        lines.append(filler * (1200 // len(filler.encode())))
    return lines


# ---- The tokenizers -----------------------------------------------------------------------------


def special(*names, **options):
    return [AddedToken(name, special=True, normalized=False, **options) for name in names]


def character_map():
    """SentencePiece's own `nmt_nfkc`, out of a model of no other use."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder) / "text"
        text.write_text("\n".join("abcdefgh ijklm nopqr" for _ in range(50)))
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=folder + "/m", vocab_size=30, hard_vocab_limit=False,
            normalization_rule_name="nmt_nfkc", minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((pathlib.Path(folder) / "m.model").read_bytes())
        return model.normalizer_spec.precompiled_charsmap


def word_piece(text, lower):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(text, trainers.WordPieceTrainer(
        vocab_size=1700, special_tokens=special(*names), limit_alphabet=600, show_progress=False))
    return tokenizer


def bert(text, lower):
    tokenizer = word_piece(text, lower)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def byte_pairs(text, size, names, normalizer=None, pre_tokenizer=None, alphabet=True, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    settings = {key: options[key] for key in ("end_of_word_suffix", "continuing_subword_prefix") if options.get(key)}
    if alphabet:
        settings["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
    else:
        settings["limit_alphabet"] = 400
    tokenizer.train_from_iterator(text, trainers.BpeTrainer(
        vocab_size=size, special_tokens=names, show_progress=False, **settings))
    return tokenizer


def clip(text):
    tokenizer = byte_pairs(
        text, 1100, special("<|startoftext|>", "<|endoftext|>"),
        normalizers.Sequence([
            normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]),
        pre_tokenizers.Sequence([
            pre_tokenizers.Split(
                Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False)]),
        unk_token="<|endoftext|>", continuing_subword_prefix="", end_of_word_suffix="</w>")
    tokenizer.post_processor = processors.RobertaProcessing(
        ("<|endoftext|>", 1), ("<|startoftext|>", 0), add_prefix_space=False, trim_offsets=False)
    return tokenizer


def roberta(text):
    tokenizer = byte_pairs(
        text, 900, special("<s>", "<pad>", "</s>", "<unk>"),
        pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.add_special_tokens(special("<mask>", lstrip=True))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def gpt2(text):
    tokenizer = byte_pairs(
        text, 800, special("<|endoftext|>"),
        pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True))
    tokenizer.add_tokens([
        AddedToken("<word>", single_word=True, normalized=False), AddedToken("<left>", lstrip=True),
        AddedToken("<right>", rstrip=True), AddedToken("<both>", lstrip=True, rstrip=True),
        AddedToken("yesterday", single_word=True)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def qwen(text):
    tokenizer = byte_pairs(
        text, 800, [], normalizers.NFC(), pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(QWEN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]))
    tokenizer.add_special_tokens(special("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def llama3(text):
    tokenizer = byte_pairs(
        text, 800, [], None, pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]), ignore_merges=True)
    tokenizer.add_special_tokens(special("<|begin_of_text|>", "<|end_of_text|>"))
    start = tokenizer.token_to_id("<|begin_of_text|>")
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        processors.TemplateProcessing(
            single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", start)])])
    return tokenizer


def whisper(text):
    tokenizer = byte_pairs(
        text, 800, special("<|endoftext|>"), pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False),
        unk_token="<|endoftext|>", continuing_subword_prefix="", end_of_word_suffix="")
    tokenizer.add_special_tokens(special(
        "<|startoftranscript|>", "<|en|>", "<|de|>", "<|transcribe|>", "<|notimestamps|>"))
    tokenizer.add_tokens([AddedToken(f"<|{i / 50:.2f}|>", normalized=False) for i in range(60)])
    names = ["<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|startoftranscript|> <|notimestamps|> $A <|endoftext|>",
        pair="<|startoftranscript|> <|notimestamps|> $A $B <|endoftext|>",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in names])
    return tokenizer


BYTES = [f"<0x{i:02X}>" for i in range(256)]


def sentence_piece_pairs(text, normalizer, pre_tokenizer, start):
    """As Llama 2's and Gemma's: characters joined, bytes for those that are unknown."""
    trained = byte_pairs(
        text, 1400, special("<unk>", "<s>", "</s>") + BYTES, normalizer, pre_tokenizer,
        alphabet=False, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    whole = json.loads(trained.to_str())
    whole["added_tokens"] = [t for t in whole["added_tokens"] if t["content"] not in BYTES]
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    if start:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return tokenizer


def llama2(text):
    return sentence_piece_pairs(
        text, normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None, True)


def llama_first(text):
    return sentence_piece_pairs(
        text, None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), True)


def gemma(text):
    tokenizer = sentence_piece_pairs(
        text, normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"), False)
    tokenizer.add_tokens(["\n\n", "▁▁", "▁▁▁", "<word>", AddedToken("<mask>", normalized=True)])
    return tokenizer


def unigram(text, normalizer, pre_tokenizer, names, unknown, size=1500):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    # The trainer wants room for every character: the rare ones are left out, and so unknown.
    counts = Counter(character for line in text for character in line)
    common = {character for character, _ in counts.most_common(400)}
    text = ["".join(c for c in line if c in common) for line in text]
    tokenizer.train_from_iterator(text, trainers.UnigramTrainer(
        vocab_size=size, special_tokens=names, unk_token=unknown, show_progress=False, max_piece_length=12))
    return tokenizer


def xlm_roberta(text):
    tokenizer = unigram(
        text, normalizers.Sequence([
            normalizers.Precompiled(character_map()), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
        special("<s>", "<pad>", "</s>", "<unk>"), "<unk>")
    tokenizer.add_special_tokens(special("<mask>", lstrip=True))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def t5(text):
    tokenizer = unigram(
        text, normalizers.Sequence([
            normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=False, right=True)]),
        pre_tokenizers.Metaspace(prepend_scheme="always"),
        special("<pad>", "</s>", "<unk>"), "<unk>", 1200)
    tokenizer.add_special_tokens(
        [AddedToken(f"<extra_id_{i}>", lstrip=True, rstrip=True, normalized=False, special=True) for i in range(9)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return tokenizer


def unigram_bytes(text):
    """Unigram with bytes for what is unknown, over whole texts that are not cut into words."""
    trained = unigram(
        text, normalizers.Sequence([normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]),
        pre_tokenizers.Metaspace(prepend_scheme="never", split=False), special("<unk>", "<s>") + BYTES, "<unk>", 1100)
    whole = json.loads(trained.to_str())
    whole["model"]["byte_fallback"] = True
    whole["added_tokens"] = [t for t in whole["added_tokens"] if t["content"] not in BYTES]
    return Tokenizer.from_str(json.dumps(whole))


def prefixed(text):
    """BPE whose symbols inside a word have a prefix, and unknown ones that are not fused."""
    return byte_pairs(
        text, 1200, special("[UNK]"), normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()]),
        pre_tokenizers.Whitespace(), alphabet=False, unk_token="[UNK]", continuing_subword_prefix="##",
        end_of_word_suffix="</w>")


KINDS = {
    "bert-uncased": lambda text: bert(text, True),
    "bert-cased": lambda text: bert(text, False),
    "clip": clip, "roberta": roberta, "gpt2": gpt2, "qwen": qwen, "llama3": llama3, "whisper": whisper,
    "llama2": llama2, "llama-first": llama_first, "gemma": gemma, "xlm-roberta": xlm_roberta, "t5": t5,
    "unigram-bytes": unigram_bytes, "prefixed": prefixed,
}

# Parts that none of these has, each tried with a WordPiece vocabulary of single characters, which
# shows where words begin.
PARTS = {
    "digits": {"pre_tokenizer": {"type": "Digits", "individual_digits": True}},
    "numbers": {"pre_tokenizer": {"type": "Digits", "individual_digits": False}},
    "whitespace": {"pre_tokenizer": {"type": "Whitespace"}},
    "delimiter": {"pre_tokenizer": {"type": "CharDelimiterSplit", "delimiter": "e"}},
    "fixed": {"pre_tokenizer": {"type": "FixedLength", "length": 3}},
    "strip": {"normalizer": {"type": "Strip", "strip_left": True, "strip_right": True},
              "pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "split": True}},
    "accents": {"normalizer": {"type": "StripAccents"}, "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "nfkc": {"normalizer": {"type": "NFKC"}, "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "nfkd": {"normalizer": {"type": "NFKD"}, "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "nfd": {"normalizer": {"type": "NFD"}, "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "nfc": {"normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "nmt": {"normalizer": {"type": "Nmt"}, "pre_tokenizer": {"type": "BertPreTokenizer"}},
    "replace": {"normalizer": {"type": "Sequence", "normalizers": [
        {"type": "Replace", "pattern": {"Regex": "[aeiou]+(?=t)|\\p{Lu}{2,}|^.|\\w$"}, "content": "-"},
        {"type": "Replace", "pattern": {"String": "on"}, "content": ""}]},
        "pre_tokenizer": {"type": "WhitespaceSplit"}},
    "bytes": {"normalizer": {"type": "ByteLevel"}, "pre_tokenizer": {"type": "FixedLength", "length": 4}},
    "bytes-first": {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        {"type": "Digits", "individual_digits": True}]}},
    "o200k": {"pre_tokenizer": {"type": "Split", "behavior": "Isolated", "invert": False, "pattern": {"Regex":
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
        "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
        "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}}},
    "cl100k": {"pre_tokenizer": {"type": "Split", "behavior": "Removed", "invert": True, "pattern": {"Regex":
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*"
        "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"}}},
    "spaces": {"pre_tokenizer": {"type": "Split", "behavior": "MergedWithPrevious", "invert": False,
                                 "pattern": {"Regex": "\\s|\\d+|\\h{2}"}}},
    **{"punctuation-" + b.lower(): {"pre_tokenizer": {"type": "Punctuation", "behavior": b}}
       for b in ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")},
    **{"split-" + b.lower(): {"pre_tokenizer": {"type": "Split", "behavior": b, "invert": i, "pattern": {"String": "e"}}}
       for b, i in (("MergedWithNext", False), ("MergedWithPrevious", True), ("Contiguous", False), ("Removed", False))},
    "word-level": {"pre_tokenizer": {"type": "WhitespaceSplit"}, "model": "WordLevel"},
}


def with_parts(base, parts):
    whole = json.loads(base)
    whole.update(normalizer=None, pre_tokenizer=None, post_processor=None)
    parts = dict(parts)
    if parts.pop("model", None) == "WordLevel":
        whole["model"] = {"type": "WordLevel", "vocab": whole["model"]["vocab"], "unk_token": "[UNK]"}
    whole.update(parts)
    return Tokenizer.from_str(json.dumps(whole))


def characters(text):
    """[UNK], and every common character of the corpus with and without the prefix."""
    counts = Counter(character for line in text for character in line)
    common = sorted(counts, key=lambda c: (-counts[c], c))[:1400]
    vocabulary = {"[UNK]": 0}
    for character in common:
        for token in (character, "##" + character):
            vocabulary.setdefault(token, len(vocabulary))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=2000))
    tokenizer.add_tokens([AddedToken("[MASK]", normalized=False, special=True)])
    return tokenizer


# ---- What comes out -----------------------------------------------------------------------------


def digest(*parts):
    return (zlib.crc32(chr(10).join(parts).encode()) & 0xFFFF).to_bytes(2, "big")


def numbers(ids):
    return " ".join(map(str, ids))


def whole(tokenizer, lines, index):
    encoding = tokenizer.encode(lines[index])
    return numbers(encoding.ids), "\0".join(encoding.tokens)


def pair(tokenizer, lines, index):
    encoding = tokenizer.encode(lines[index], lines[(index + 1) % len(lines)])
    return numbers(encoding.ids), numbers(encoding.type_ids)


CUTS = [
    ("longest_first", "right", 24), ("longest_first", "left", 17), ("only_first", "right", 48),
    ("only_second", "left", 48), ("longest_first", "right", 9),
]


def cut(tokenizer, lines, index):
    strategy, direction, length = CUTS[index % len(CUTS)]
    tokenizer.enable_truncation(length, strategy=strategy, direction=direction)
    try:
        encoding = tokenizer.encode(lines[index], lines[(index + 1) % len(lines)])
        return numbers(encoding.ids), numbers(encoding.type_ids)
    except Exception as error:
        assert "too short" in str(error), error
        return ("too short",)
    finally:
        tokenizer.no_truncation()


def short(tokenizer, lines, index):
    tokenizer.enable_truncation(16)
    encoding = tokenizer.encode(lines[index])
    tokenizer.no_truncation()
    return (numbers(encoding.ids),)


WAYS = {"whole": whole, "pair": pair, "cut": cut, "short": short}


def results(tokenizer, lines, ways):
    found = {
        name: base64.b64encode(b"".join(digest(*way(tokenizer, lines, i)) for i in range(len(lines)))).decode()
        for name, way in ways.items()}
    if len(ways) > 1:
        found["ids"] = {
            str(i): whole(tokenizer, lines, i)[0] for i in range(0, len(lines), 100) if len(lines[i]) < 100}
    return found


def padded(tokenizer, lines):
    """Batches of five lines: side, multiple, length; ids, segments and mask of each as a digest."""
    found = []
    for index, (direction, multiple, length) in enumerate(
            [("right", None, None), ("left", None, None), ("right", 8, None), ("left", 4, 20)]):
        tokenizer.enable_padding(
            direction=direction, pad_id=1, pad_type_id=0, pad_token="<pad>", length=length,
            pad_to_multiple_of=multiple)
        batch = lines[40 + 5 * index: 45 + 5 * index]
        found.append({
            "side": direction, "multiple": multiple or 1, "length": length, "first": 40 + 5 * index,
            "rows": [numbers(e.ids) + "|" + numbers(e.type_ids) + "|" + numbers(e.attention_mask)
                     for e in tokenizer.encode_batch(batch)]})
    tokenizer.no_padding()
    return found


def every_character():
    """What single parts make of all of Unicode, 256 characters a text, each behind an `a`: a digest
    of every sixteen texts."""
    xlm = Tokenizer.from_file(str(OUT / "xlm-roberta/tokenizer.json"))
    rewriters = {
        "NFC": normalizers.NFC(), "NFD": normalizers.NFD(), "NFKC": normalizers.NFKC(),
        "NFKD": normalizers.NFKD(), "Lowercase": normalizers.Lowercase(),
        "StripAccents": normalizers.StripAccents(), "Nmt": normalizers.Nmt(),
        "BertNormalizer": normalizers.BertNormalizer(), "Precompiled": xlm.normalizer}
    cutters = {
        "WhitespaceSplit": pre_tokenizers.WhitespaceSplit(), "Punctuation": pre_tokenizers.Punctuation(),
        "Digits": pre_tokenizers.Digits(), "Whitespace": pre_tokenizers.Whitespace(),
        "BertPreTokenizer": pre_tokenizers.BertPreTokenizer(),
        "Qwen": pre_tokenizers.Split(Regex(QWEN), "isolated")}
    texts = [
        "".join("a" + chr(c) for c in range(start, start + 256))
        for start in range(0, 0x110000, 256) if not 0xD800 <= start < 0xE000]
    found = {name: [part.normalize_str(text) for text in texts] for name, part in rewriters.items()}
    for name, part in cutters.items():
        found[name] = ["\0".join(piece for piece, _ in part.pre_tokenize_str(text)) for text in texts]
    return {
        name: base64.b64encode(b"".join(
            digest(*parts[i:i + 16]) for i in range(0, len(parts), 16))).decode()
        for name, parts in found.items()}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), "utf-8")


def finish(expected):
    (OUT / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"') + "\n", "utf-8")


def main():
    lines = lines_of_corpus()
    text = [line for line in lines if len(line) < 1000]
    if sys.argv[1:] == ["characters"]:
        expected = json.loads((OUT / "expected.json").read_text("utf-8"))
        expected["characters"] = every_character()
        finish(expected)
        return
    if len(sys.argv) > 2:
        kind, index = sys.argv[1], int(sys.argv[2])
        if kind in PARTS:
            tokenizer = with_parts((OUT / "characters/tokenizer.json").read_text("utf-8"), PARTS[kind])
        else:
            tokenizer = Tokenizer.from_file(str(OUT / kind / "tokenizer.json"))
        print(repr(lines[index]))
        for name, way in WAYS.items():
            print(name, way(tokenizer, lines, index))
        return
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "corpus.json").write_text(
        "[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n", "utf-8")
    expected = {"lines": len(lines), "kinds": {}, "parts": {}}
    for kind, make in KINDS.items():
        tokenizer = make(text)
        tokenizer.no_truncation()
        write(OUT / kind / "tokenizer.json", json.loads(tokenizer.to_str()))
        # What was written is what counts.
        tokenizer = Tokenizer.from_file(str(OUT / kind / "tokenizer.json"))
        expected["kinds"][kind] = results(tokenizer, lines, WAYS)
        if kind in ("roberta", "bert-cased"):
            expected["kinds"][kind]["padded"] = padded(tokenizer, lines)
        print(kind, tokenizer.get_vocab_size(), flush=True)
    base = characters(text).to_str()
    write(OUT / "characters/tokenizer.json", json.loads(base))
    for name, parts in PARTS.items():
        expected["parts"][name] = {"json": parts, **results(with_parts(base, parts), lines, {"whole": whole})}
    expected["characters"] = every_character()
    finish(expected)
    print(len(lines), "lines", sum(f.stat().st_size for f in OUT.rglob("*.json")), "bytes")


if __name__ == "__main__":
    main()
