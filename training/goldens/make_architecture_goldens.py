"""Makes the Goldens of the text encoders beside BERT, of SigLIP, and of sentence-transformers'
pipelines: small random checkpoints, and what transformers and sentence-transformers make of some
inputs.

Run from the repository's root, with `pip install -r training/goldens/requirements.txt`:

    python training/goldens/make_architecture_goldens.py
"""
import json
import pathlib

import numpy
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
from tokenizers import (
    Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers)
from transformers import (
    BertConfig, BertForSequenceClassification, BertModel, BertTokenizer, CLIPTextConfig,
    CLIPTextModelWithProjection, CLIPVisionConfig, CLIPVisionModelWithProjection,
    DistilBertConfig, DistilBertForSequenceClassification, DistilBertModel, DistilBertTokenizer,
    MPNetConfig, MPNetForSequenceClassification, MPNetModel, MPNetTokenizer,
    PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification, RobertaModel,
    SiglipConfig, SiglipImageProcessorPil, SiglipModel, XLMRobertaConfig,
    XLMRobertaForSequenceClassification, XLMRobertaModel)

from pictures import PICTURES, picture, prepared
from small_models import drawn_wide, packed, saved, unit

TRANSFORMERS = pathlib.Path("Tests/TransformersTests/Goldens")
EMBEDDERS = pathlib.Path("Tests/EmbeddersTests/Goldens")
HALF = torch.float16
SIZES = dict(hidden_size=24, intermediate_size=44, num_hidden_layers=2, num_attention_heads=3,
             vocab_size=90)
TEXTS = [[0, 7, 2], [0] + list(range(30, 68)) + [2], [0, 50, 51, 52, 53, 2]]


@torch.no_grad()
def text_case(name, model, seed, texts=TEXTS):
    """States of the encoder, and logits of the head where there is one."""
    model = saved(drawn_wide(model, seed), TRANSFORMERS / name, HALF)
    has_head = hasattr(model, "num_labels") and hasattr(model, "classifier")
    encoder = model.base_model
    states = [encoder(torch.tensor([ids])).last_hidden_state[0] for ids in texts]
    case = dict(name=name, texts=texts, states=packed(torch.cat(states)))
    if has_head:
        case["labels"] = model.config.num_labels
        case["logits"] = packed(
            torch.stack([model(torch.tensor([ids])).logits[0] for ids in texts]))
    return case


def text_cases():
    return [
        text_case("roberta", RobertaForSequenceClassification(RobertaConfig(
            **SIZES, max_position_embeddings=42, type_vocab_size=1, num_labels=3,
            layer_norm_eps=1e-5)), 11),
        # Alone, and with a padding token within a text: it has the place of padding.
        text_case("xlm-roberta", XLMRobertaModel(XLMRobertaConfig(
            **SIZES, max_position_embeddings=48, type_vocab_size=1, pad_token_id=5),
            add_pooling_layer=False), 12, [[0, 7, 2], [0, 8, 5, 9, 5, 5, 10, 2], TEXTS[1]]),
        text_case("distilbert", DistilBertForSequenceClassification(DistilBertConfig(
            dim=24, hidden_dim=44, n_layers=2, n_heads=3, vocab_size=90, activation="relu",
            max_position_embeddings=40, num_labels=2, seq_classif_dropout=0)), 13),
        # Longer than distances in attention tell anything apart, and than is attended to at once.
        text_case("mpnet", MPNetForSequenceClassification(MPNetConfig(
            **SIZES, max_position_embeddings=310, num_labels=1)), 14,
            TEXTS + [[0] + [(7 * i) % 80 + 5 for i in range(300)] + [2]]),
        text_case("bert-classifier", BertForSequenceClassification(BertConfig(
            **SIZES, max_position_embeddings=40, num_labels=3)), 15),
    ]


@torch.no_grad()
def alone_cases():
    text = saved(drawn_wide(CLIPTextModelWithProjection(CLIPTextConfig(
        hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=20, vocab_size=90, bos_token_id=88, eos_token_id=89,
        pad_token_id=1, projection_dim=12)), 21), TRANSFORMERS / "clip-text-alone", HALF)
    vision = saved(drawn_wide(CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=20, intermediate_size=36, num_hidden_layers=2, num_attention_heads=2,
        image_size=14, patch_size=4, projection_dim=12)), 22),
        TRANSFORMERS / "clip-vision-alone", HALF)
    texts = [[88, 5, 89], [88, 3, 70, 11, 12, 2, 89]]
    pixels = torch.randn((2, 3, 14, 14), generator=torch.Generator().manual_seed(98))
    return dict(
        texts=texts, pixels=packed(pixels), images=2,
        textEmbeddings=packed(unit(torch.stack(
            [text(torch.tensor([ids])).text_embeds[0] for ids in texts]))),
        imageEmbeddings=packed(unit(vision(pixels).image_embeds)))


@torch.no_grad()
def siglip_case():
    """One head width for images, another for texts; the last patch of a row does not fit whole."""
    config = SiglipConfig(
        text_config=dict(hidden_size=20, intermediate_size=36, num_hidden_layers=2,
                         num_attention_heads=2, vocab_size=60, max_position_embeddings=12,
                         projection_size=24, pad_token_id=1),
        vision_config=dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2,
                           num_attention_heads=3, image_size=14, patch_size=4))
    model = drawn_wide(SiglipModel(config), 31)
    model.logit_scale.fill_(2.25)
    model.logit_bias.fill_(-1.5)
    model = saved(model, TRANSFORMERS / "siglip", HALF)
    texts = [[5, 6, 7, 1], [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 1], [9, 1]]
    padded = torch.tensor([ids + [1] * (12 - len(ids)) for ids in texts])
    pixels = torch.randn((3, 3, 14, 14), generator=torch.Generator().manual_seed(97))
    outputs = model(input_ids=padded, pixel_values=pixels)
    short = [model.get_text_features(torch.tensor([ids])).pooler_output[0] for ids in texts]
    return dict(
        texts=texts, padded=padded.tolist(), pixels=packed(pixels), images=3,
        textEmbeddings=packed(unit(outputs.text_embeds)),
        shortTextEmbeddings=packed(unit(torch.stack(short))),
        imageEmbeddings=packed(unit(outputs.image_embeds)),
        probabilities=packed(torch.sigmoid(outputs.logits_per_image)))


WORDS = ("[PAD] [UNK] [CLS] [SEP] [MASK] the dog cat ##s run over grass two sleep a . ! r ##an "
         "query : passage").split()
SENTENCES = [
    "a", "A dog runs over the grass.", "the dog ran over grass", "Two CATS sleep!", "",
    "the the the the the the the the the the the the the the the the the the the the the the",
    "grass dog cat sleep run over two a the . !",
]


def sentence_folder(name, seed, width):
    """A small BERT with its tokenizer, saved alone for sentence-transformers to start from."""
    folder = EMBEDDERS / name
    model = BertModel(BertConfig(**{**SIZES, "vocab_size": len(WORDS)},
                                 max_position_embeddings=40), add_pooling_layer=False)
    saved(drawn_wide(model, seed), folder, HALF)
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in WORDS))
    BertTokenizer.from_pretrained(folder).save_pretrained(folder)
    return folder


def dense(inputs, outputs, activation, bias, seed):
    layer = drawn_wide(Dense(inputs, outputs, bias=bias, activation_function=activation), seed)
    # As its file will have them.
    layer.linear.to(HALF).to(torch.float32)
    return layer


def write_pipeline(folder, modules, **options):
    """Saves, and keeps of the tokenizer only the older files."""
    model = SentenceTransformer(modules=modules, device="cpu", **options)
    model.max_seq_length = 16
    model.save(str(folder), create_model_card=False)
    for name in ("tokenizer.json", "README.md"):
        (folder / name).unlink(missing_ok=True)
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in WORDS))
    return SentenceTransformer(str(folder), device="cpu")


def encoded(model, **options):
    return packed(torch.tensor(model.encode(SENTENCES, normalize_embeddings=True, **options)))


@torch.no_grad()
def sentence_cases():
    goldens = dict(sentences=SENTENCES)
    modes = ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"]

    folder = sentence_folder("sentence-pooled", 41, 24)
    encoder = Transformer(str(folder), model_kwargs=dict(dtype=torch.float32))
    model = write_pipeline(folder, [encoder, Pooling(24, modes)])
    goldens["sentence-pooled"] = dict(encoded=encoded(model))

    folder = sentence_folder("sentence-dense", 42, 24)
    encoder = Transformer(str(folder), model_kwargs=dict(dtype=torch.float32))
    model = write_pipeline(
        folder,
        [encoder, Pooling(24, ["mean", "max"]),
         dense(48, 20, torch.nn.Tanh(), True, 43), dense(20, 16, torch.nn.Identity(), False, 44),
         Normalize()],
        prompts={"query": "query: ", "passage": "passage: ", "other": ""})
    goldens["sentence-dense"] = dict(
        encoded=encoded(model), query=encoded(model, prompt_name="query"),
        passage=encoded(model, prompt_name="passage"))

    # Prompts that are left out of pooling, and one that is the default.
    folder = sentence_folder("sentence-prompt-left-out", 45, 24)
    encoder = Transformer(str(folder), model_kwargs=dict(dtype=torch.float32))
    model = write_pipeline(
        folder, [encoder, Pooling(24, ["cls", "weightedmean", "max"], include_prompt=False)],
        prompts={"query": "query: ", "both": "the "}, default_prompt_name="both")
    goldens["sentence-prompt-left-out"] = dict(
        encoded=encoded(model), query=encoded(model, prompt_name="query"))
    return goldens


# Texts as they are written, for models with their tokenizers.
WRITTEN = [
    "the dog ran over grass", "The Dog ran over the grass!", "", "Où est le café ? Là-bas.",
    "two cats sleep   on the   roof\n\tof a house", "naïve 東京 ✓ 🙂", "123 dogs, 4.5 cats",
    "grass " * 40,
]
CORPUS = WRITTEN + [
    "the cat sleeps on the grass and the dog runs over the hill",
    "a red car behind a blue boat; two men and a woman with a hat",
    "le chien court sur l'herbe verte, le chat dort sur le toit",
    "der Hund läuft über das Gras und die Katze schläft",
]
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
SMALL = dict(hidden_size=24, intermediate_size=44, num_hidden_layers=2, num_attention_heads=3)


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=300, special_tokens=SPECIALS, show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet())))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def unigram(template):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(CORPUS, trainers.UnigramTrainer(
        vocab_size=160, special_tokens=SPECIALS, unk_token="<unk>", show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        **template, special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


def with_tokenizer(tokenizer, folder, length, **options):
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>",
        pad_token="<pad>", model_max_length=length, **options)
    fast.save_pretrained(folder)
    return fast


def word_pieces(folder, words, kind, **options):
    """The older file only."""
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in words))
    kind.from_pretrained(folder, model_max_length=32, **options).save_pretrained(folder)
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("".join(word + "\n" for word in words))


def written_folder(name):
    return EMBEDDERS / "written" / name


def sentences_of(folder):
    encoder = Transformer(str(folder), model_kwargs=dict(dtype=torch.float32))
    model = SentenceTransformer(
        modules=[encoder, Pooling(24, "mean"), Normalize()], device="cpu")
    return packed(torch.tensor(model.encode(WRITTEN)))


@torch.no_grad()
def written_cases():
    goldens = dict(texts=WRITTEN)

    folder = written_folder("roberta")
    tokenizer = byte_level()
    saved(drawn_wide(RobertaModel(RobertaConfig(
        **SMALL, vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=34,
        type_vocab_size=1), add_pooling_layer=False), 51), folder, HALF)
    with_tokenizer(tokenizer, folder, 32, cls_token="<s>", sep_token="</s>", mask_token="<mask>")
    goldens["roberta"] = sentences_of(folder)

    folder = written_folder("distilbert")
    saved(drawn_wide(DistilBertModel(DistilBertConfig(
        dim=24, hidden_dim=44, n_layers=2, n_heads=3, vocab_size=len(WORDS),
        max_position_embeddings=32)), 52), folder, HALF)
    word_pieces(folder, WORDS, DistilBertTokenizer)
    goldens["distilbert"] = sentences_of(folder)

    folder = written_folder("mpnet")
    words = ["<s>", "<pad>", "</s>", "<unk>"] + WORDS[5:] + ["[UNK]", "<mask>"]
    saved(drawn_wide(MPNetModel(MPNetConfig(
        **SMALL, vocab_size=len(words), max_position_embeddings=34),
        add_pooling_layer=False), 53), folder, HALF)
    word_pieces(folder, words, MPNetTokenizer)
    goldens["mpnet"] = sentences_of(folder)

    folder = written_folder("xlm-roberta-reranker")
    tokenizer = unigram(dict(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>"))
    model = saved(drawn_wide(XLMRobertaForSequenceClassification(XLMRobertaConfig(
        **SMALL, vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=34,
        type_vocab_size=1, num_labels=1)), 54), folder, HALF)
    fast = with_tokenizer(tokenizer, folder, 32, cls_token="<s>", sep_token="</s>",
                          model_input_names=["input_ids", "attention_mask"])
    query = "le chien court"
    logits = [model(**fast([query], [text], truncation=True, return_tensors="pt")).logits[0, 0]
              for text in WRITTEN]
    goldens["xlm-roberta-reranker"] = dict(query=query, logits=packed(torch.stack(logits)))

    folder = written_folder("siglip")
    tokenizer = unigram(dict(single="$A </s>", pair="$A $B </s>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    # Padding is another token than the configuration's, as in SigLIP 2: the tokenizer's counts.
    model = saved(drawn_wide(SiglipModel(SiglipConfig(
        text_config=dict(**SMALL, vocab_size=tokenizer.get_vocab_size(), pad_token_id=2,
                         max_position_embeddings=16),
        vision_config=dict(**SMALL, image_size=14, patch_size=4))), 55), folder, HALF)
    fast = with_tokenizer(tokenizer, folder, 16, model_input_names=["input_ids"])
    processor = SiglipImageProcessorPil(size={"height": 14, "width": 14})
    processor.save_pretrained(folder)
    ids = fast(WRITTEN, padding="max_length", truncation=True, return_tensors="pt")["input_ids"]
    images = [picture(*size) for size in PICTURES]
    pixels = torch.tensor(numpy.stack(processor(images)["pixel_values"]))
    goldens["siglip"] = dict(
        texts=packed(unit(model.get_text_features(ids).pooler_output)),
        pictures=packed(unit(model.get_image_features(pixels).pooler_output)))
    return goldens


def predictions():
    """What a cross-encoder's makers state, which sentence-transformers gives."""
    goldens = json.loads((EMBEDDERS / "reranking/goldens.json").read_text())
    pairs = [(goldens["query"], passage) for passage in goldens["passages"] if passage]
    model = CrossEncoder(str(EMBEDDERS / "reranking/cross-encoder-1"), device="cpu",
                         model_kwargs=dict(dtype=torch.float32))
    return dict(passages=[passage for _, passage in pairs],
                sigmoid=[float(x) for x in model.predict(pairs)],
                identity=[float(x) for x in model.predict(
                    pairs, activation_fn=torch.nn.Identity())])


PROCESSORS = {
    "siglip": dict(size={"height": 14, "width": 14}, resample=3, do_resize=True, do_rescale=True,
                   image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    # As SigLIP 2 of fixed resolution.
    "siglip2": dict(size={"height": 14, "width": 14}, resample=2,
                    image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.5, 0.5]),
    "siglip silent": {},
}


def image_processors():
    return [dict(name=name, settings=settings,
                 **prepared(SiglipImageProcessorPil(**{
                     "size": {"height": 14, "width": 14}, **settings})))
            for name, settings in PROCESSORS.items()]


def main():
    torch.manual_seed(0)  # poolers that nothing reads
    goldens = dict(texts=text_cases(), alone=alone_cases(), siglip=siglip_case())
    (TRANSFORMERS / "architectures.json").write_text(json.dumps(goldens, separators=(",", ":")))
    goldens = dict(pipelines=sentence_cases(), predictions=predictions(),
                   processors=image_processors(), written=written_cases())
    (EMBEDDERS / "pipelines.json").write_text(json.dumps(goldens, separators=(",", ":")))


main()
