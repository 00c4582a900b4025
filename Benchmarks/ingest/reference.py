"""The method written in Python with care: what `whole.py` races reel against."""

import heapq
import time

import cv2
import faiss
import numpy
import onnxruntime
import torch
from transformers import AutoModel, AutoTokenizer, CLIPVisionModelWithProjection, logging
from whoosh import fields, index

THREADS = 2
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


class Reference:
    """The models of the method, opened and warm, and the steps that use them.

    `clip` and `meaning` are model folders. With `exported`, an ONNX file that is made where there is
    none, ONNX Runtime embeds the pictures.
    """

    def __init__(self, clip, meaning, exported=None):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.set_num_threads(THREADS)
        model = CLIPVisionModelWithProjection.from_pretrained(clip).eval()
        if exported:
            if not exported.exists():
                torch.onnx.export(
                    model, (torch.zeros(1, 3, 224, 224),), str(exported), dynamo=False,
                    input_names=["pixels"], output_names=["vectors", "states"],
                    dynamic_axes={"pixels": {0: "count"}}, opset_version=17)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = THREADS
            session = onnxruntime.InferenceSession(
                str(exported), options, providers=["CPUExecutionProvider"])
            self.tower = lambda pixels: session.run(["vectors"], {"pixels": pixels})[0]
        else:
            self.tower = lambda pixels: model(
                pixel_values=torch.from_numpy(pixels)).image_embeds.numpy()
        self.tokenizer = AutoTokenizer.from_pretrained(meaning)
        self.text_model = AutoModel.from_pretrained(meaning).eval()
        self.batch = 8
        with torch.inference_mode():
            self.batch = min((8, 16), key=self.seconds_a_picture)
            self.embed_texts(["warm"] * 32)

    def seconds_a_picture(self, batch):
        pixels = numpy.zeros((batch, 3, 224, 224), numpy.float32)
        self.tower(pixels)
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            self.tower(pixels)
            best = min(best, time.perf_counter() - start)
        return best / batch

    def embed_texts(self, texts):
        found = [numpy.zeros((0, 384), numpy.float32)]
        for start in range(0, len(texts), 32):
            words = self.tokenizer(texts[start:start + 32], padding=True, truncation=True,
                                   max_length=256, return_tensors="pt")
            states = self.text_model(**words).last_hidden_state
            mask = words["attention_mask"].unsqueeze(-1).float()
            mean = (states * mask).sum(1) / mask.sum(1)
            found.append(torch.nn.functional.normalize(mean, dim=1).numpy())
        return numpy.concatenate(found)

    def key_frames(self, video, count):
        """The `count` frames that differ most from those before, as (place, picture)."""
        capture, last, best, place = cv2.VideoCapture(str(video)), None, [], 0
        while True:
            good, frame = capture.read()
            if not good:
                break
            grey = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (160, 90))
            difference = 256 if last is None else cv2.absdiff(grey, last).mean()
            last = grey
            if len(best) < count:
                heapq.heappush(best, (difference, place, frame))
            elif difference > best[0][0]:
                heapq.heapreplace(best, (difference, place, frame))
            place += 1
        return sorted((place, frame) for _, place, frame in best)

    @staticmethod
    def pixels(frame):
        height, width = frame.shape[:2]
        scale = 224 / min(height, width)
        frame = cv2.resize(frame, (max(224, round(width * scale)), max(224, round(height * scale))),
                           interpolation=cv2.INTER_AREA)
        top, left = (frame.shape[0] - 224) // 2, (frame.shape[1] - 224) // 2
        frame = frame[top:top + 224, left:left + 224, ::-1].astype(numpy.float32) / 255
        return ((frame - numpy.float32(MEAN)) / numpy.float32(DEVIATION)).transpose(2, 0, 1)

    def index(self, video, count, passages, folder):
        """Seconds by the clock and of processors, by step, of indexing a video into `folder`."""
        steps, marks = {}, [(time.perf_counter(), time.process_time())]

        def mark(name):
            now = (time.perf_counter(), time.process_time())
            steps[name] = tuple(b - a for a, b in zip(marks[-1], now))
            marks.append(now)

        with torch.inference_mode():
            frames = self.key_frames(video, count)
            mark("decode, difference")
            for place, frame in frames:
                small = cv2.resize(frame, (320, round(320 * frame.shape[0] / frame.shape[1])),
                                   interpolation=cv2.INTER_AREA)
                cv2.imwrite(str(folder / f"{place}.jpg"), small)
            mark("thumbnails")
            vectors = [self.tower(numpy.stack([
                self.pixels(frame) for _, frame in frames[start:start + self.batch]]))
                for start in range(0, len(frames), self.batch)]
            mark("embed pictures")
            meanings = self.embed_texts(passages)
            mark("embed texts")
            vectors = numpy.concatenate(vectors)
            faiss.normalize_L2(vectors)
            for name, rows in (("frames", vectors), ("texts", meanings)):
                store = faiss.IndexFlatIP(rows.shape[1])
                store.add(numpy.ascontiguousarray(rows))
                faiss.write_index(store, str(folder / name))
            (folder / "words").mkdir()
            schema = fields.Schema(place=fields.NUMERIC(stored=True), text=fields.TEXT(stored=True))
            writer = index.create_in(folder / "words", schema).writer()
            for place, text in enumerate(passages):
                writer.add_document(place=place, text=text)
            writer.commit()
            mark("index")
        steps["all"] = tuple(b - a for a, b in zip(marks[0], marks[-1]))
        return steps
