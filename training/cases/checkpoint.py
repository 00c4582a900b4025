#!/usr/bin/env python3
"""Makes the small charge classifier of Tests/LegalCasesTests/Goldens/checkpoint: a BERT of random
weights whose id2label names charges, with what transformers says of two facts (expected.json).

    pip install torch transformers; python3 training/cases/checkpoint.py
"""
import json
import pathlib

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

TOP = pathlib.Path(__file__).resolve().parents[2]
FOLDER = TOP / "Tests/LegalCasesTests/Goldens/checkpoint"
FACTS = ["被告人王某窃取手机一部，价值3000元。", "被告人持刀将人砍伤，构成轻伤二级。" * 4]
CHARGES = ["[盗窃]罪", "故意伤害", "抢劫"]


def main():
    torch.manual_seed(8)
    FOLDER.mkdir(parents=True, exist_ok=True)
    letters = sorted(set("".join(FACTS)) - set("王"))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, "300", "##0"]
    (FOLDER / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    (FOLDER / "tokenizer_config.json").write_text(json.dumps(
        {"do_lower_case": True, "model_max_length": 40, "tokenizer_class": "BertTokenizer"}) + "\n")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=44, max_position_embeddings=40, num_labels=3,
        id2label=dict(enumerate(CHARGES)), label2id={name: i for i, name in enumerate(CHARGES)})
    model = BertForSequenceClassification(config).eval()
    # Random weights of the usual size tell nothing apart.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(6)
    model.half().save_pretrained(FOLDER)
    model = model.float()
    tokenizer = BertTokenizer(str(FOLDER / "vocab.txt"), do_lower_case=True, model_max_length=40)
    with torch.no_grad():
        logits = [model(**tokenizer(fact, truncation=True, max_length=40, return_tensors="pt")).logits[0]
                  for fact in FACTS]
    (FOLDER / "expected.json").write_text(json.dumps(
        {"facts": FACTS, "single": [row.softmax(0).tolist() for row in logits],
         "multiple": [row.sigmoid().tolist() for row in logits]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
