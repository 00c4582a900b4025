"""Makes the folder that reel reads of a training run: half precision, the base model by its name.

    python -m reranker.export --run run/reranker --out ../models/reel-reranker --blend 0.15
"""
import argparse
import json
import pathlib

import torch
from safetensors.torch import load_file, save_file


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--blend", required=True, type=float,
                        help="weight against the first stage, by reranker.evaluate blend")
    parser.add_argument("--tokens", type=int, default=128, help="read of a passage at most")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    settings = json.loads((options.run / "adapter_config.json").read_text())
    settings["base_model_name_or_path"] = pathlib.Path(settings["base_model_name_or_path"]).name
    settings["target_modules"] = sorted(settings["target_modules"])
    (options.out / "adapter_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    weights = load_file(options.run / "adapter_model.safetensors")
    save_file({name: tensor.to(torch.float16) for name, tensor in weights.items()},
              options.out / "adapter_model.safetensors", metadata={"format": "pt"})
    layers = json.loads((options.run / "training.json").read_text())["layers"]
    (options.out / "reranker.json").write_text(json.dumps(dict(
        kind="late-interaction", layers=layers, blend=options.blend,
        maximum_passage_tokens=options.tokens), indent=2) + "\n")


main()
