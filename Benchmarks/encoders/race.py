"""The program's encoders beside PyTorch, ONNX Runtime and OpenVINO, by turns on one machine.

    swift build -c release --product EncoderBenchmark
    python3 -m venv peers && peers/bin/pip install torch transformers onnx onnxruntime openvino \
        sentence-transformers
    peers/bin/python Benchmarks/encoders/race.py --work peers/work [--rounds 5] [--threads 2]

Makes a random-weight CLIP ViT-B/32 and exports of it and of models/all-MiniLM-L6-v2 in the work
folder, once. Each round gives every contender one pass of every task; the fastest pass counts, since
whatever else runs on the machine only ever slows one down. A contender sleeps while another runs.
Peers get tensors; ours is given pictures and texts, so its time holds resizing and tokenising too.
"""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

# tokenizers.py beside this file is not the package of that name.
sys.path.pop(0)
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True, type=Path)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--model", default="models/all-MiniLM-L6-v2")
parser.add_argument("--binary", default=".build/release/EncoderBenchmark")
parser.add_argument("--tasks", default="images 8,images 16,images 32,tokens 1 16,tokens 32 128,texts")
parser.add_argument("--only", default="", help="comma-separated contenders")
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import numpy as np
import torch

torch.set_num_threads(options.threads)
WORK = options.work
WORK.mkdir(parents=True, exist_ok=True)
CLIP = WORK / "vit-b-32"
PASSAGES = WORK / "passages.txt"


def make_clip():
    """OpenAI's ViT-B/32 with random weights, and the smallest tokenizer that transformers takes."""
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(0)
    model = CLIPModel(CLIPConfig()).eval()
    model.save_pretrained(CLIP)
    import json

    letters = [chr(code) for code in range(33, 127)]
    words = letters + [letter + "</w>" for letter in letters]
    words += ["<|startoftext|>", "<|endoftext|>"]
    (CLIP / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (CLIP / "merges.txt").write_text("#version: 0.2\n")
    (CLIP / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer"}))
    (CLIP / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "do_resize": True, "size": {"shortest_edge": 224}, "resample": 3,
                "do_center_crop": True, "crop_size": {"height": 224, "width": 224},
                "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
                "image_mean": [0.48145466, 0.4578275, 0.40821073],
                "image_std": [0.26862954, 0.26130258, 0.27577711],
                "do_convert_rgb": True, "image_processor_type": "CLIPImageProcessor",
            }
        )
    )


def make_passages(count=1000):
    """Passages of 5 to 200 common words, most of them short."""
    words = [
        line
        for line in (Path(options.model) / "vocab.txt").read_text("utf-8").splitlines()
        if line.isalpha() and line.isascii() and len(line) > 2
    ][:3000]
    random = np.random.default_rng(0)
    lengths = np.clip(random.lognormal(3.5, 0.7, count), 5, 200).astype(int)
    PASSAGES.write_text(
        "\n".join(" ".join(random.choice(words, length)) for length in lengths) + "\n", "utf-8"
    )


class Vision(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        vision = self.model.vision_model(pixel_values=pixel_values).pooler_output
        return self.model.visual_projection(vision)


class States(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


def torch_models():
    from transformers import AutoModel, CLIPModel

    clip = Vision(CLIPModel.from_pretrained(CLIP)).eval()
    text = States(AutoModel.from_pretrained(options.model, attn_implementation="sdpa")).eval()
    return clip, text


def make_exports():
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel, CLIPModel

    clip = Vision(CLIPModel.from_pretrained(CLIP, attn_implementation="eager")).eval()
    text = States(AutoModel.from_pretrained(options.model, attn_implementation="eager")).eval()
    ids = torch.ones(2, 16, dtype=torch.long)
    with torch.no_grad():
        torch.onnx.export(
            clip, (torch.zeros(2, 3, 224, 224),), WORK / "clip.onnx", dynamo=False,
            input_names=["pixel_values"], output_names=["out"],
            dynamic_axes={"pixel_values": {0: "batch"}}, opset_version=17)
        torch.onnx.export(
            text, (ids, ids), WORK / "text.onnx", dynamo=False,
            input_names=["input_ids", "attention_mask"], output_names=["out"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "length"},
                "attention_mask": {0: "batch", 1: "length"}}, opset_version=17)
    for name in ("clip", "text"):
        quantize_dynamic(
            WORK / f"{name}.onnx", WORK / f"{name}-int8.onnx", weight_type=QuantType.QInt8,
            per_channel=True, op_types_to_quantize=["MatMul", "Gemm"])


def token_batch(count, length):
    ids = np.full((count, length), 2482, np.int64)
    ids[:, 0], ids[:, -1] = 101, 102
    return ids, np.ones_like(ids)


class Torch:
    def __init__(self, bf16=False):
        self.clip, self.text = torch_models()
        self.type = torch.bfloat16 if bf16 else torch.float32
        self.clip.to(self.type)
        self.text.to(self.type)

    def images(self, count):
        with torch.inference_mode():
            self.clip(torch.zeros(count, 3, 224, 224, dtype=self.type))

    def tokens(self, count, length):
        ids, mask = token_batch(count, length)
        with torch.inference_mode():
            self.text(torch.from_numpy(ids), torch.from_numpy(mask))


class Onnx:
    def __init__(self, suffix=""):
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        # Spinning threads would steal the processor from the next contender.
        settings.add_session_config_entry("session.force_spinning_stop", "1")
        self.clip, self.text = (
            onnxruntime.InferenceSession(
                str(WORK / f"{name}{suffix}.onnx"), settings, providers=["CPUExecutionProvider"])
            for name in ("clip", "text"))

    def images(self, count):
        self.clip.run(None, {"pixel_values": np.zeros((count, 3, 224, 224), np.float32)})

    def tokens(self, count, length):
        ids, mask = token_batch(count, length)
        self.text.run(None, {"input_ids": ids, "attention_mask": mask})


class OpenVINO:
    """Left to itself it takes bf16 where the processor has it, whatever the model's type is."""

    def __init__(self, precision):
        import openvino

        core = openvino.Core()
        settings = {
            "INFERENCE_NUM_THREADS": options.threads, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": precision}
        self.clip, self.text = (
            core.compile_model(str(WORK / f"{name}.onnx"), "CPU", settings)
            for name in ("clip", "text"))

    def images(self, count):
        self.clip({"pixel_values": np.zeros((count, 3, 224, 224), np.float32)})

    def tokens(self, count, length):
        ids, mask = token_batch(count, length)
        self.text({"input_ids": ids, "attention_mask": mask})


class SentenceTransformers:
    def __init__(self):
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(options.model, device="cpu")

    def texts(self):
        self.model.encode(PASSAGES.read_text("utf-8").splitlines(), batch_size=32)


class Ours:
    def __init__(self, precision):
        self.process = subprocess.Popen(
            [options.binary, precision, str(options.threads), str(CLIP), options.model],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def images(self, count):
        return self.ask(f"images {count}")

    def tokens(self, count, length):
        return self.ask(f"tokens {count} {length}")

    def texts(self):
        return self.ask(f"texts {PASSAGES}")

    def peak_megabytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def timed(contender, task):
    words = task.split()
    start = time.perf_counter()
    inner = getattr(contender, words[0])(*map(int, words[1:]))
    return inner if inner is not None else (time.perf_counter() - start) * 1000


if not CLIP.exists():
    make_clip()
if not PASSAGES.exists():
    make_passages()
if not (WORK / "text-int8.onnx").exists():
    make_exports()

makers = {
    "reel fp32": lambda: Ours("fp32"),
    "reel int16": lambda: Ours("int16"),
    "reel int8": lambda: Ours("int8"),
    "PyTorch fp32": Torch,
    "PyTorch bf16": lambda: Torch(bf16=True),
    "ONNX Runtime fp32": Onnx,
    "ONNX Runtime int8": lambda: Onnx("-int8"),
    "OpenVINO fp32": lambda: OpenVINO("f32"),
    "OpenVINO bf16": lambda: OpenVINO("bf16"),
    "sentence-transformers": SentenceTransformers,
}
if "avx512_bf16" not in Path("/proc/cpuinfo").read_text():
    del makers["PyTorch bf16"], makers["OpenVINO bf16"]
if options.only:
    makers = {name: makers[name] for name in options.only.split(",")}

contenders = {name: make() for name, make in makers.items()}
tasks = options.tasks.split(",")
times = {task: {name: [] for name in contenders} for task in tasks}
gc.disable()
for round_number in range(-1, options.rounds):
    for task in tasks:
        for name, contender in contenders.items():
            if not hasattr(contender, task.split()[0]):
                continue
            repeats = 10 if task == "tokens 1 16" else 1
            for _ in range(repeats):
                spent = timed(contender, task)
                if round_number >= 0:  # the first is for warming up
                    times[task][name].append(spent)
            time.sleep(0.05)
    print(f"round {round_number + 1} of {options.rounds}", file=sys.stderr, flush=True)

for task in tasks:
    unit = {"images": "images", "tokens": "sequences", "texts": "passages"}[task.split()[0]]
    count = 1000 if task == "texts" else int(task.split()[1])
    peers = {n: min(t) for n, t in times[task].items() if t and not n.startswith("reel")}
    print(f"\n{task}")
    for name, spent in times[task].items():
        if not spent:
            continue
        best, middle = min(spent), statistics.median(spent)
        ratio = ""
        if name.startswith("reel") and peers:
            fastest = min(peers, key=peers.get)
            ratio = "  " + ", ".join(f"{peers[n] / best:.2f} × {n}" for n in peers)
            ratio += f"  (fastest: {fastest})"
        print(
            f"  {name:22} {best:9.2f} ms (median {middle:9.2f}) {count / best * 1000:8.1f} "
            f"{unit}/s{ratio}")
for name, contender in contenders.items():
    if isinstance(contender, Ours):
        print(f"peak memory of {name}: {contender.peak_megabytes():.0f} MB")
