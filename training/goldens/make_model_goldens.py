"""Makes the Goldens of TransformersTests and EmbeddersTests: small random checkpoints, and what
transformers and sentence-transformers make of some inputs.

Run from the repository's root, with `pip install torch transformers sentence-transformers pillow`
(2.15, 5.23, 6.2 and 13.0 were used):

    python training/goldens/make_model_goldens.py [models/all-MiniLM-L6-v2]

Weights are drawn wide (not with the usual 0.02), so that attention, normalisation and activations
are all far from linear and a mistake in any of them shows. With the directory of all-MiniLM-L6-v2
its embeddings are added too.
"""
import json
import pathlib
import sys

import numpy
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import pre_tokenizers
from transformers import (
    BertConfig, BertModel, BertTokenizer, CLIPConfig, CLIPImageProcessorPil, CLIPModel,
    CLIPTokenizer)

from pictures import PICTURES, picture, prepared
from small_models import drawn_wide, packed, saved, unit

TRANSFORMERS = pathlib.Path("Tests/TransformersTests/Goldens")
EMBEDDERS = pathlib.Path("Tests/EmbeddersTests/Goldens")

TEXT = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=20, vocab_size=90, bos_token_id=88, eos_token_id=89,
            pad_token_id=1)
VISION = dict(hidden_size=20, intermediate_size=36, num_hidden_layers=2, num_attention_heads=2,
              image_size=14, patch_size=4)
BERT = dict(hidden_size=24, intermediate_size=44, num_hidden_layers=2, num_attention_heads=3,
            max_position_embeddings=40, vocab_size=90)


def clip_case(name, text=None, vision=None, dtype=torch.float32, seed=1, **options):
    config = CLIPConfig(text_config={**TEXT, **(text or {})},
                        vision_config={**VISION, **(vision or {})}, projection_dim=12)
    model = saved(drawn_wide(CLIPModel(config), seed), TRANSFORMERS / name, dtype, **options)
    generator = torch.Generator().manual_seed(99)
    side = config.vision_config.image_size
    pixels = torch.randn((3, 3, side, side), generator=generator)
    texts = [[88, 5, 89], [88, 3, 70, 11, 12, 2, 89], [88] + list(range(20, 38)) + [89]]
    texts_out = []
    with torch.no_grad():
        for ids in texts:
            texts_out.append(model.get_text_features(torch.tensor([ids])).pooler_output[0])
        images_out = model.get_image_features(pixels).pooler_output
    return dict(name=name, pixels=packed(pixels), texts=texts, images=3,
                textEmbeddings=packed(unit(torch.stack(texts_out))),
                imageEmbeddings=packed(unit(images_out)))


def bert_case(name, dtype=torch.float32, seed=2, old_names=False, **changes):
    config = BertConfig(**{**BERT, **changes})
    folder = TRANSFORMERS / name
    model = saved(drawn_wide(BertModel(config, add_pooling_layer=False), seed), folder, dtype)
    if old_names:
        # As google-bert/bert-base-uncased: inside a bigger model, gamma and beta.
        from safetensors.torch import load_file, save_file
        weights = load_file(folder / "model.safetensors")
        save_file({"bert." + key.replace("LayerNorm.weight", "LayerNorm.gamma")
                  .replace("LayerNorm.bias", "LayerNorm.beta"): value
                  for key, value in weights.items()}, folder / "model.safetensors")
    texts = [[2, 7, 3], [2] + list(range(30, 68)) + [3], [2, 50, 51, 52, 53, 3]]
    states = []
    with torch.no_grad():
        for ids in texts:
            states.append(model(torch.tensor([ids])).last_hidden_state[0])
    return dict(name=name, texts=texts, states=packed(torch.cat(states)))


def transformers_goldens():
    cases = dict(
        clip=[
            clip_case("clip-fp32"),
            clip_case("clip-fp16", dtype=torch.float16),
            clip_case("clip-bf16", dtype=torch.bfloat16),
            # Two of the shapes people have: exact GELU; and the first checkpoints' end token with
            # the tanh GELU, in shards.
            clip_case("clip-gelu", text=dict(hidden_act="gelu"), vision=dict(hidden_act="gelu"),
                      dtype=torch.float16, seed=3),
            clip_case("clip-old-end-sharded", text=dict(eos_token_id=2, hidden_act="gelu_new"),
                      dtype=torch.float16, seed=4, max_shard_size="20KB"),
        ],
        bert=[
            bert_case("bert-fp32"),
            bert_case("bert-fp16", dtype=torch.float16),
            bert_case("bert-bf16", dtype=torch.bfloat16),
            bert_case("bert-old-names", dtype=torch.float16, old_names=True,
                      hidden_act="gelu_new", layer_norm_eps=1e-5),
        ])
    (TRANSFORMERS / "goldens.json").write_text(json.dumps(cases, separators=(",", ":")))


PROCESSORS = {
    "clip": dict(size={"shortest_edge": 14}, crop_size={"height": 14, "width": 14}),
    "integer sizes": dict(size=16, crop_size=14),
    "too small": dict(size={"shortest_edge": 9}, crop_size=14),
    "exact size": dict(size={"height": 14, "width": 14}, do_center_crop=False),
    "bilinear": dict(size={"shortest_edge": 14}, crop_size=14, resample=2,
                     image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.25, 0.5]),
}
SENTENCES = [
    "a", "A dog runs over the grass.", "the dog ran over grass", "Two CATS sleep!", "",
    "the the the the the the the the the the the the the the the the the the the the the the",
    "grass dog cat sleep run over two a the . !",
]


def embedders_goldens(minilm):
    EMBEDDERS.mkdir(exist_ok=True)  # others keep goldens there too
    goldens = {"pictures": PICTURES, "sentences": SENTENCES}

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [x for x in letters if x.isascii()]
    tokens += [x + "</w>" for x in tokens] + ["th", "the</w>", "do", "dog</w>"]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    text = {**TEXT, "vocab_size": len(tokens), "bos_token_id": len(tokens) - 2,
            "eos_token_id": len(tokens) - 1}
    config = CLIPConfig(text_config=text, vision_config=VISION, projection_dim=12)
    folder = EMBEDDERS / "clip"
    model = saved(drawn_wide(CLIPModel(config), 5), folder, torch.float16)
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\nt h\nth e</w>\nd o\ndo g</w>\n")
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    processor = CLIPImageProcessorPil(**PROCESSORS["clip"])
    processor.save_pretrained(folder)
    images = [picture(*size) for size in PICTURES]
    with torch.no_grad():
        pixels = torch.tensor(numpy.stack(processor(images)["pixel_values"]))
        goldens["imageEmbeddings"] = packed(unit(model.get_image_features(pixels).pooler_output))
        rows = []
        for sentence in SENTENCES:
            ids = tokenizer(sentence, truncation=True, max_length=20, return_tensors="pt")
            rows.append(unit(model.get_text_features(**ids).pooler_output)[0])
        goldens["clipTextEmbeddings"] = packed(torch.stack(rows))
    goldens["processors"] = [
        dict(name=name, settings=settings, **prepared(CLIPImageProcessorPil(**settings)))
        for name, settings in PROCESSORS.items()]

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "dog", "cat", "##s", "run",
             "##s", "over", "grass", "two", "sleep", "a", ".", "!", "r", "##an"]
    words = list(dict.fromkeys(words))
    for mode in ("mean", "cls"):
        folder = EMBEDDERS / f"sentence-{mode}"
        config = BertConfig(**{**BERT, "vocab_size": len(words)})
        encoder = saved(drawn_wide(BertModel(config), 6), folder, torch.float16)
        (folder / "vocab.txt").write_text("".join(word + "\n" for word in words))
        tokenizer = BertTokenizer.from_pretrained(folder)
        tokenizer.save_pretrained(folder)
        (folder / "tokenizer.json").unlink()
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling/config.json").write_text(json.dumps({
            "word_embedding_dimension": 24, "pooling_mode_cls_token": mode == "cls",
            "pooling_mode_mean_tokens": mode == "mean", "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False}))
        (folder / "sentence_bert_config.json").write_text(
            json.dumps({"max_seq_length": 16, "do_lower_case": False}))
        (folder / "modules.json").write_text(json.dumps([
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling",
             "type": "sentence_transformers.models.Pooling"}]))
        sentences = SentenceTransformer(str(folder), device="cpu")
        sentences.to(torch.float32)
        assert sentences.max_seq_length == 16
        goldens[f"sentence-{mode}"] = packed(torch.tensor(
            sentences.encode(SENTENCES, normalize_embeddings=True)))

    if minilm:
        lines = json.loads(pathlib.Path("Tests/TokenizersTests/Goldens/tokens.json").read_text())
        model = SentenceTransformer(minilm, device="cpu")
        chosen = [lines["lines"][i] for i in (0, 1, 5, 12, 23, 24, 38, 40, 43, 63)]
        chosen.append(" ".join(lines["lines"][:30]))  # longer than the model reads
        goldens["miniLM"] = dict(texts=chosen, embeddings=packed(torch.tensor(
            model.encode(chosen, normalize_embeddings=True))))
        print("all-MiniLM-L6-v2 reads", model.max_seq_length, "tokens")
    (EMBEDDERS / "goldens.json").write_text(json.dumps(goldens, separators=(",", ":")))


transformers_goldens()
embedders_goldens(sys.argv[1] if len(sys.argv) > 1 else None)
