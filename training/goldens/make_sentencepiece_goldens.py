"""Makes Tests/TokenizersTests/Goldens/sentencepiece: model folders that have SentencePiece's own file
and no tokenizer.json, and what Python's transformers makes of them.

Run from the repository's root, with `pip install transformers tokenizers sentencepiece protobuf`
(5.23.0, 0.23.3 and 0.2.3 were used), after make_tokenizer_goldens.py, whose corpus and digests these
are:

    python training/goldens/make_sentencepiece_goldens.py           # writes the files anew
    python training/goldens/make_sentencepiece_goldens.py KIND N    # shows what KIND makes of line N

It also prints for how many lines `sentencepiece` itself finds the same ids, where a folder adds
nothing around them; the rest have spaces and special tokens that transformers treats otherwise.
"""
import json
import pathlib
import sys
import tempfile
from collections import Counter

import sentencepiece
from transformers import AutoTokenizer

from make_tokenizer_goldens import OUT as WHOLE
from make_tokenizer_goldens import WAYS, results

OUT = pathlib.Path("Tests/TokenizersTests/Goldens/sentencepiece")
USER_DEFINED = ["<word>", "日本", "Ünïcode"]

# A small map of characters: full width, an accent, a space, one character for three.
RULES = "FF21\t41\n65 301\tE9\nA0\t20\n2026\t2E 2E 2E\n1F1EF 1F1F5\t4A 50\n"

FOLDERS = {
    "xlm-roberta": dict(
        file="sentencepiece.bpe.model",
        train=dict(model_type="unigram", vocab_size=1200, normalization_rule_name="nmt_nfkc"),
        config={"tokenizer_class": "XLMRobertaTokenizer"}),
    "t5": dict(
        file="spiece.model",
        train=dict(model_type="unigram", vocab_size=1000, rules=RULES, pad_id=0, eos_id=1, unk_id=2, bos_id=-1),
        config={"tokenizer_class": "T5Tokenizer", "extra_ids": 12}),
    "llama": dict(
        file="tokenizer.model",
        train=dict(
            model_type="bpe", vocab_size=1500, normalization_rule_name="identity", byte_fallback=True,
            split_digits=True, allow_whitespace_only_pieces=True, remove_extra_whitespaces=False),
        config={"tokenizer_class": "LlamaTokenizer"}),
    "llama-legacy": dict(
        file="tokenizer.model", same_as="llama",
        config={"tokenizer_class": "LlamaTokenizer", "legacy": True, "add_bos_token": True, "add_eos_token": True}),
}


def train(text, rules=None, **options):
    """The bytes of a small model."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "text").write_text("\n".join(text), "utf-8")
        if rules:
            (folder / "rules").write_text(rules)
            options["normalization_rule_tsv"] = str(folder / "rules")
        sentencepiece.SentencePieceTrainer.train(
            input=str(folder / "text"), model_prefix=str(folder / "m"), hard_vocab_limit=False,
            character_coverage=1.0, user_defined_symbols=USER_DEFINED, minloglevel=2, **options)
        return (folder / "m.model").read_bytes()


def main():
    lines = json.loads((WHOLE / "corpus.json").read_text("utf-8"))
    if len(sys.argv) > 2:
        tokenizer = AutoTokenizer.from_pretrained(str(OUT / sys.argv[1]))._tokenizer
        index = int(sys.argv[2])
        print(repr(lines[index]))
        for name, way in WAYS.items():
            print(name, way(tokenizer, lines, index))
        return
    # Rare characters are left out, and so unknown.
    counts = Counter(character for line in lines for character in line if len(line) < 400)
    common = {character for character, _ in counts.most_common(400)} - {"\n", "\r", "\0"}
    text = ["".join(c for c in line if c in common) for line in lines if len(line) < 400]
    expected = {}
    for kind, parts in FOLDERS.items():
        folder = OUT / kind
        folder.mkdir(parents=True, exist_ok=True)
        model = (
            (OUT / parts["same_as"] / parts["file"]).read_bytes() if "same_as" in parts
            else train(text, **parts["train"]))
        (folder / parts["file"]).write_bytes(model)
        (folder / "tokenizer_config.json").write_text(json.dumps(parts["config"]) + "\n")
        tokenizer = AutoTokenizer.from_pretrained(str(folder))._tokenizer
        expected[kind] = results(tokenizer, lines, WAYS)
        if kind == "llama":
            own = sentencepiece.SentencePieceProcessor(model_proto=model)
            same = sum(own.encode(line) == tokenizer.encode(line).ids for line in lines)
            print(f"{kind}: {same} of {len(lines)} lines as sentencepiece alone")
        print(kind, tokenizer.get_vocab_size(), len(model), "bytes", flush=True)
    (OUT / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"') + "\n", "utf-8")


if __name__ == "__main__":
    main()
