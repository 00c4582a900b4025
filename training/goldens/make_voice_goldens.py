"""Makes Tests/SpeechTests/Goldens: a short clip, and what Silero's own ONNX file makes of it.

Run from the repository's root, with `pip install numpy onnx onnxruntime safetensors`, espeak-ng and
ffmpeg, and the unpacked wheel of silero-vad 6.2.3 (`pip download --no-deps silero-vad==6.2.3`):

    python training/goldens/make_voice_goldens.py WHEEL_FOLDER

The clip has what a detector meets: two voices, silence, noise, a tone, speech in noise, a quiet
voice. It is kept as 8-bit µ-law at 16 kHz, which is small, and decoded before the network sees it.
Beside the probabilities stand the spans of `get_speech_timestamps_from_probs` for several settings,
over the clip and over random probabilities (rounded to thousandths; spans in samples).

The wheel's safetensors file holds other weights than its ONNX files do (the network is the same), so
the probabilities are made twice: by the ONNX file as it is, and with the other weights put into it.
"""
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import types

import numpy as np
import onnx
import onnxruntime
import safetensors.numpy

OUT = pathlib.Path("Tests/SpeechTests/Goldens")
RATE = 16_000


def voice(words, name, speed):
    """Speech of a synthetic voice at 16 kHz, −1…1."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/voice.wav"
        subprocess.run(["espeak-ng", "-v", name, "-s", str(speed), "-w", path, words], check=True)
        raw = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
            check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.float32)


def clip():
    numbers = np.random.default_rng(6)

    def noise(seconds, level):
        return (numbers.standard_normal(int(seconds * RATE)) * level).astype(np.float32)

    def tone(seconds):
        times = np.arange(int(seconds * RATE)) / RATE
        return (0.2 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)

    first = voice("The red car stands in front of the beach.", "en-us", 150)
    second = voice("How much fuel does a rocket need?", "en-gb", 165)
    return np.concatenate([
        noise(0.4, 0.001), 0.8 * first, noise(0.7, 0.001), noise(0.6, 0.05), tone(0.5),
        0.5 * second + noise(len(second) / RATE, 0.02), noise(0.5, 0.0005), 0.05 * first,
        noise(0.37, 0.001),
    ]).astype(np.float32)


def mu_law(samples):
    levels = np.sign(samples) * np.log1p(255 * np.minimum(1, np.abs(samples))) / np.log(256)
    return np.round((levels + 1) * 127.5).astype(np.uint8)


def from_mu_law(codes):
    levels = codes.astype(np.float64) / 127.5 - 1
    return (np.sign(levels) * np.expm1(np.abs(levels) * np.log(256)) / 255).astype(np.float32)


def probabilities(model, samples):
    state, context, found = np.zeros((2, 1, 128), np.float32), np.zeros(64, np.float32), []
    padded = np.pad(samples, (0, -len(samples) % 512))
    for window in padded.reshape(-1, 512):
        value, state = model.run(None, {
            "input": np.concatenate([context, window])[None], "state": state,
            "sr": np.array(RATE, np.int64)})
        context = window[-64:]
        found.append(float(value[0, 0]))
    return found


def with_weights(onnx_path, weights_path):
    """The ONNX network with the numbers of a safetensors file in place of its own."""
    layers = {"encoder.0.reparam_conv": "conv1", "encoder.1.reparam_conv": "conv2",
              "encoder.2.reparam_conv": "conv3", "encoder.3.reparam_conv": "conv4",
              "decoder.decoder.2": "final_conv"}
    names = {"model.stft.forward_basis_buffer": "stft_conv.weight"}
    for part in ["weight", "bias"]:
        names |= {f"model.{theirs}.{part}": f"{ours}.{part}" for theirs, ours in layers.items()}
        names |= {f"model.decoder.rnn.{part}_{side}": f"lstm_cell.{part}_{side}"
                  for side in ["ih", "hh"]}
    model = onnx.load(onnx_path)
    weights = safetensors.numpy.load_file(weights_path)
    for tensor in model.graph.initializer:
        if tensor.name in names:
            numbers = weights.pop(names[tensor.name])
            assert list(tensor.dims) == list(numbers.shape)
            tensor.CopyFrom(onnx.numpy_helper.from_array(numbers, tensor.name))
    assert not weights, weights.keys()
    return model.SerializeToString()


def reference(wheel):
    """The package's own span finder, without the packages it does not need for that."""
    torch = types.ModuleType("torch")
    torch.no_grad = lambda: (lambda function: function)
    torch.Tensor = torch.device = lambda *_: None
    packaging = types.ModuleType("packaging")
    packaging.version = None
    sys.modules |= {"torch": torch, "packaging": packaging}
    spec = importlib.util.spec_from_file_location("utils", wheel / "silero_vad/utils_vad.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.get_speech_timestamps_from_probs


def main():
    wheel = pathlib.Path(sys.argv[1])
    find_spans = reference(wheel)
    codes = mu_law(clip())
    samples = from_mu_law(codes)
    data = wheel / "silero_vad/data"
    network = data / "silero_vad_16k_op15.onnx"
    released = probabilities(onnxruntime.InferenceSession(str(network)), samples)
    swapped = with_weights(network, data / "silero_vad_16k.safetensors")
    found = probabilities(onnxruntime.InferenceSession(swapped), samples)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "voices.ulaw").write_bytes(codes.tobytes())

    settings = [
        {},
        {"threshold": 0.7},
        {"min_silence_duration_ms": 500, "speech_pad_ms": 200},
        {"min_speech_duration_ms": 700},
        {"min_silence_duration_ms": 32, "speech_pad_ms": 60},
    ]
    # Long speech with short silences of several lengths: where a span that is too long is cut.
    long = {"min_silence_duration_ms": 500, "max_speech_duration_s": 4}
    random.seed(6)
    walks = []
    for _ in range(4):
        level, walk = 0.2, []
        for _ in range(600):
            level += random.uniform(-0.25, 0.25) + (0.02 if random.random() < 0.5 else -0.02)
            level = min(1, max(0, level))
            walk.append(round(level, 3))
        walks.append(walk)

    def pauses():
        paused = []
        for _ in range(24):
            paused += [round(random.uniform(0.6, 1), 3) for _ in range(random.randint(15, 50))]
            paused += [round(random.uniform(0, 0.3), 3) for _ in range(random.randint(5, 17))]
        return paused

    def is_cut_in_speech(spans):
        return any(after["start"] - before["end"] < 600 for before, after in zip(spans, spans[1:]))

    # Where it finds no silence, the reference cuts in speech, and ours elsewhere.
    paused = pauses()
    while is_cut_in_speech(find_spans(paused, **long)):
        paused = pauses()

    def cases(values, count, settings=settings):
        result = []
        for setting in settings:
            spans = find_spans(values, audio_length_samples=count, **setting)
            result.append({
                "settings": setting, "spans": [[span["start"], span["end"]] for span in spans]})
        return result

    goldens = {
        "safetensors": [round(value, 6) for value in found],
        "onnx": [round(value, 6) for value in released],
        "clip": cases([round(value, 6) for value in found], len(samples)),
        "walks": [
            {"probabilities": walk, "cases": cases(walk, 512 * len(walk) - 100)} for walk in walks
        ] + [{"probabilities": paused, "cases": cases(paused, 512 * len(paused), [long])}],
    }
    (OUT / "voices.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
    print(len(samples) / RATE, "seconds,", [[s["start"], s["end"]] for s in find_spans(found)])


main()
