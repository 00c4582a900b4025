"""Makes Tests/CheckpointsTests/Goldens: small files of torch.save, and the numbers in them.

Run from the repository's root, with `pip install torch safetensors` (torch 2.13 was used):

    python training/goldens/make_checkpoint_goldens.py

`whole.bin` has each type of numbers, tensors that share a storage, views with other strides, an
empty one and a single number; `part-1.bin` and `part-2.bin` are shards. The others are refused:
`older.bin` has the format before PyTorch 1.6, `script.bin` is TorchScript (compressed), `training.bin` a
training's checkpoint, `expanded.bin` has numbers on top of each other, `object.bin` an object of a
class. `sentence-mean.bin` has the weights of the small encoder of that name.
"""
import fractions
import json
import pathlib

import torch
from safetensors.torch import load_file

OUT = pathlib.Path("Tests/CheckpointsTests/Goldens")


def whole():
    layer = torch.nn.Linear(3, 2)
    state = layer.state_dict()
    state["weight"] = torch.arange(6.0).reshape(2, 3) / 4 - 0.5
    state["bias"] = torch.tensor([1.5, -2.25])
    state["tied"] = state["weight"]
    state["half"] = torch.tensor([[0.5, -1.5], [65504.0, 6e-8]]).half()
    state["brain"] = torch.nn.Parameter(torch.tensor([1.0, -3.0, 1e30]).bfloat16())
    state["double"] = torch.tensor([0.1], dtype=torch.float64)
    state["ids"] = torch.arange(4).unsqueeze(0)
    state["int"] = torch.tensor([7], dtype=torch.int32)
    state["short"] = torch.tensor([7], dtype=torch.int16)
    state["char"] = torch.tensor([-7], dtype=torch.int8)
    state["byte"] = torch.tensor([7], dtype=torch.uint8)
    state["bool"] = torch.tensor([True, False])
    state["transposed"] = (torch.arange(6.0) + 10).reshape(2, 3).t()
    state["transposed half"] = torch.arange(6.0).reshape(2, 3).half().t()
    state["permuted"] = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)
    state["slice"] = torch.arange(10.0)[2:5]
    state["column"] = torch.arange(12.0).reshape(3, 4)[:, 1]
    state["single"] = torch.tensor(3.5)
    state["empty"] = torch.zeros(0, 5)
    state["näme"] = torch.ones(1, 1, 2)
    return state


def described(state):
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
             torch.float64: "F64", torch.int64: "I64", torch.int32: "I32", torch.int16: "I16",
             torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}
    return {
        name: {"type": names[tensor.dtype], "shape": list(tensor.shape),
               "values": tensor.detach().float().flatten().tolist()}
        for name, tensor in state.items()
    }


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    state = whole()
    torch.save(state, OUT / "whole.bin")
    (OUT / "whole.json").write_text(json.dumps(described(state), ensure_ascii=False, indent=1) + "\n")
    torch.save({"a": torch.tensor([1.0, 2.0])}, OUT / "part-1.bin")
    torch.save({"b": torch.tensor([[3.0]])}, OUT / "part-2.bin")
    torch.save({"a": torch.ones(2)}, OUT / "older.bin", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), OUT / "script.bin")
    torch.save({"state_dict": {"a": torch.ones(1)}, "epoch": 3}, OUT / "training.bin")
    torch.save({"a": torch.ones(1).expand(4, 2)}, OUT / "expanded.bin")
    torch.save({"a": fractions.Fraction(1, 2)}, OUT / "object.bin")
    encoder = load_file("Tests/EmbeddersTests/Goldens/sentence-mean/model.safetensors")
    torch.save(encoder, OUT / "sentence-mean.bin")


if __name__ == "__main__":
    main()
