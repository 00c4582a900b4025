"""MiniLM as a sentence encoder and as a maker of token states, with or without an adapter."""
import numpy
import torch
from transformers import AutoModel, AutoTokenizer

MAXIMUM_TOKENS = 256


class Encoder:
    def __init__(self, base, adapter=None, layers=None, maximum_tokens=MAXIMUM_TOKENS):
        """`layers`: how many of the base model's, from below; all when not given."""
        self.tokenizer = AutoTokenizer.from_pretrained(base)
        fewer = {} if layers is None else dict(num_hidden_layers=layers)
        self.model = AutoModel.from_pretrained(base, add_pooling_layer=False, **fewer)
        if adapter:
            from peft import PeftModel
            self.model = PeftModel.from_pretrained(self.model, adapter).merge_and_unload()
        self.model.eval()
        self.maximum_tokens = maximum_tokens

    @torch.no_grad()
    def states(self, texts, maximum_tokens=None, batch=32):
        """Of each text its token states of unit length without the special tokens, and the mean
        of all states of unit length: what late interaction and the sentence embedding need."""
        limit = maximum_tokens or self.maximum_tokens
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        states, means = [None] * len(texts), [None] * len(texts)
        for start in range(0, len(order), batch):
            numbers = order[start:start + batch]
            inputs = self.tokenizer([texts[number] for number in numbers], padding=True,
                                    truncation=True, max_length=limit, return_tensors="pt")
            output = self.model(**inputs).last_hidden_state
            lengths = inputs["attention_mask"].sum(1)
            unit = torch.nn.functional.normalize(output, dim=-1)
            for row, number in enumerate(numbers):
                length = int(lengths[row])
                states[number] = unit[row, 1:length - 1].numpy().copy()
                mean = output[row, :length].mean(0)
                means[number] = (mean / mean.norm()).numpy()
        return states, numpy.stack(means)


def late_interaction(query, passage):
    """Mean over query tokens of the best cosine with a passage token; both tokens × size."""
    if not len(query) or not len(passage):
        return 0.0
    return float((query @ passage.T).max(1).mean())
