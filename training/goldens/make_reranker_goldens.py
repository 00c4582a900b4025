"""Makes the golden numbers of rerankers: cross-encoders, adapters, late interaction.

    python training/goldens/make_reranker_goldens.py [models/all-MiniLM-L6-v2 models/reel-reranker]

in the repository's root, with torch, transformers and peft (2.13, 5.23 and 0.21 were used). With the
two directories, the scores of the bundled reranker are written anew too. Writes small random checkpoints and
adapters with their tokenizer into Tests/EmbeddersTests/Goldens/reranking, and what transformers and
peft make of some pairs of texts. All weights are drawn wide, so that a mistake anywhere shows.
"""
import json
import pathlib
import shutil
import sys

import torch
from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from transformers import (
    AutoTokenizer, BertConfig, BertForSequenceClassification, BertModel, BertTokenizer)

FOLDER = pathlib.Path("Tests/EmbeddersTests/Goldens/reranking")
WORDS = ("[PAD] [UNK] [CLS] [SEP] [MASK] the dog cat ##s run over grass two sleep a . ! r ##an red "
         "blue car boat behind bird sees man wo ##man with hat").split()
MAXIMUM_TOKENS = 24
SIZES = dict(vocab_size=len(WORDS), hidden_size=24, intermediate_size=44, num_hidden_layers=2,
             num_attention_heads=3, max_position_embeddings=MAXIMUM_TOKENS)
QUERY = "the red car behind a blue boat"
PASSAGES = [
    "A red car behind the blue boat!",
    "the blue car behind the red boat.",
    "two dogs run",
    "",
    "the man sees the bird. the woman with a hat sleeps over the grass. the cat ran behind the car "
    "and the boat and two dogs and a blue bird with the red hat",
    "unknown wörds",
]
# As long as a passage, and longer: both sides are cut.
LONG_QUERY = "the cat sees a dog and the dog sees a bird and the bird sees a cat over the grass"


def drawn_wide(model, seed, only=""):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if only not in name:
                continue
            if "norm" in name.lower():
                parameter.copy_(noise * 0.3 + (1.0 if name.endswith("weight") else 0.0))
            elif parameter.dim() >= 2:
                parameter.copy_(noise * (1.5 / parameter[0].numel() ** 0.5))
            else:
                parameter.copy_(noise * 0.3)
    return model.eval()


def numbers(tensor):
    return [round(value, 7) for value in tensor.flatten().tolist()]


def with_tokenizer(model, folder):
    """Saves in half precision and returns the model with its weights rounded to it."""
    shutil.rmtree(folder, ignore_errors=True)
    model.to(torch.float16).save_pretrained(folder)
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in WORDS))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        dict(do_lower_case=True, model_max_length=MAXIMUM_TOKENS, tokenizer_class="BertTokenizer")))
    return model.to(torch.float32)


@torch.no_grad()
def logits(model, tokenizer, query):
    rows = []
    for passage in PASSAGES:
        # Lists, because an empty second text by itself counts as none.
        inputs = tokenizer([query], [passage], truncation=True, max_length=MAXIMUM_TOKENS,
                           return_tensors="pt")
        rows.append(model(**inputs).logits[0])
    return torch.stack(rows)


@torch.no_grad()
def late_interaction(model, tokenizer, query=QUERY, passages=PASSAGES, tokens=MAXIMUM_TOKENS):
    def states(text):
        inputs = tokenizer(text, truncation=True, max_length=tokens, return_tensors="pt")
        words = model(**inputs).last_hidden_state[0, 1:-1]
        return torch.nn.functional.normalize(words, dim=-1)
    wanted = states(query)
    return torch.tensor([
        (wanted @ states(passage).T).max(1).values.mean() if passage else 0.0
        for passage in passages])


def adapted(model, name, seed, **options):
    """An adapter whose every number is drawn, saved as peft saves it, loaded as peft loads it."""
    config = LoraConfig(r=4, lora_alpha=6, **options)
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    saved = drawn_wide(get_peft_model(model, config), seed, only="lora_")
    drawn_wide(saved, seed + 1, only="modules_to_save")
    saved.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    settings = json.loads(path.read_text())
    # Lists of targets come out in an order of their own each time.
    for key in ("target_modules", "modules_to_save"):
        if isinstance(settings.get(key), list):
            settings[key].sort()
    settings["base_model_name_or_path"] = "encoder"
    path.write_text(json.dumps(settings, indent=2) + "\n")
    return folder


def bundled(base, adapter):
    settings = json.loads(pathlib.Path(adapter, "reranker.json").read_text())
    model = BertModel.from_pretrained(
        base, add_pooling_layer=False, num_hidden_layers=settings["layers"])
    model = PeftModel.from_pretrained(model, adapter).merge_and_unload().eval()
    tokenizer = AutoTokenizer.from_pretrained(base)
    query = "red car behind blue boat"
    passages = [
        "We parked the red car on the quay, right behind the blue boat.",
        "We parked the blue car on the quay, right behind the red boat.",
        "Stir in the eggs until it is smooth.",
        "A boat! " * 60 + "Only the beginning of this passage is read, not the red car.",
    ]
    scores = late_interaction(
        model, tokenizer, query, passages, settings["maximum_passage_tokens"])
    (FOLDER / "bundled.json").write_text(json.dumps(
        dict(query=query, passages=passages, scores=numbers(scores)), indent=1) + "\n")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    goldens = dict(query=QUERY, longQuery=LONG_QUERY, passages=PASSAGES)

    encoder = drawn_wide(BertModel(BertConfig(**SIZES)), 11)
    with_tokenizer(encoder, FOLDER / "encoder")
    tokenizer = BertTokenizer.from_pretrained(FOLDER / "encoder")
    goldens["encoder"] = numbers(late_interaction(encoder, tokenizer))

    for labels in (1, 2):
        name = f"cross-encoder-{labels}"
        model = drawn_wide(
            BertForSequenceClassification(BertConfig(**SIZES, num_labels=labels)), 12 + labels)
        with_tokenizer(model, FOLDER / name)
        goldens[name] = dict(
            logits=numbers(logits(model, tokenizer, QUERY)),
            longLogits=numbers(logits(model, tokenizer, LONG_QUERY)))

    def base():
        return BertModel.from_pretrained(FOLDER / "encoder", dtype=torch.float32)

    for name, options in {
        "adapter": dict(target_modules=["query", "value", "intermediate.dense"]),
        "adapter-rank-stabilized": dict(target_modules="all-linear", use_rslora=True),
    }.items():
        folder = adapted(base(), name, 20, **options)
        goldens[name] = numbers(
            late_interaction(PeftModel.from_pretrained(base(), folder).eval(), tokenizer))

    def headless():
        torch.manual_seed(5)
        return BertForSequenceClassification.from_pretrained(
            FOLDER / "encoder", num_labels=1, dtype=torch.float32)

    folder = adapted(headless(), "adapter-classifier", 30, task_type=TaskType.SEQ_CLS,
                     target_modules=["query", "key", "value"])
    model = PeftModel.from_pretrained(headless(), folder).eval()
    goldens["adapter-classifier"] = dict(
        logits=numbers(logits(model, tokenizer, QUERY)),
        longLogits=numbers(logits(model, tokenizer, LONG_QUERY)))

    (FOLDER / "goldens.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
    if len(sys.argv) == 3:
        bundled(*sys.argv[1:])


main()
