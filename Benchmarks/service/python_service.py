"""The method of reel's search as one would write it in Python: FastAPI, transformers, faiss, FTS5.

Reads the very library that reel serves: its passages from catalog.sqlite, its vectors from the
segments. Run by race.py: python_service.py LIBRARY MODELS PORT WORKERS
"""

import io
import os
import re
import sqlite3
import struct
import sys
import tempfile
import threading
from pathlib import Path

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
os.environ["OMP_NUM_THREADS"] = "1"

import faiss
import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, Form, Request, UploadFile
from PIL import Image
from transformers import AutoModel, AutoTokenizer, CLIPImageProcessor, CLIPModel

LIBRARY = Path(os.environ.get("RACE_LIBRARY", ""))
MODELS = Path(os.environ.get("RACE_MODELS", ""))
CANDIDATES = 200


def rows(path):
    """The rows of a segment, as float32."""
    header = open(path, "rb").read(64)
    assert header[:8] == b"REELVECT"
    element, dimension = struct.unpack("<II", header[12:20])
    (count,) = struct.unpack("<Q", header[24:32])
    kind = {1: np.float32, 2: np.float16}[element]
    stored = np.memmap(path, kind, "r", offset=64, shape=(count, dimension))
    return stored.astype(np.float32)


class Space:
    """The vectors of one channel with the assets they belong to."""

    def __init__(self, catalog, name):
        parts, self.owners = [], []
        segments = catalog.execute(
            "SELECT id, file_name FROM vector_segments WHERE space = ? ORDER BY id", (name,))
        for segment, file_name in segments.fetchall():
            values = rows(LIBRARY / "vectors" / file_name)
            held = catalog.execute(
                "SELECT asset, first_row, rows FROM asset_vectors WHERE segment = ?"
                " ORDER BY first_row", (segment,))
            for asset, first, count in held:
                parts.append(values[first:first + count])
                self.owners += [(asset, ordinal) for ordinal in range(count)]
        values = np.concatenate(parts)
        self.index = faiss.IndexFlatIP(values.shape[1])
        self.index.add(values)

    def nearest(self, vector):
        scores, places = self.index.search(vector, CANDIDATES)
        return [(*self.owners[place], float(score)) for score, place in zip(scores[0], places[0])]


class Service:
    def __init__(self):
        torch.set_num_threads(1)
        faiss.omp_set_num_threads(1)
        catalog = sqlite3.connect(f"file:{LIBRARY}/catalog.sqlite?mode=ro", uri=True)
        self.frames = Space(catalog, "frames")
        self.meaning = Space(catalog, "meaning")
        self.paths = dict(catalog.execute(
            "SELECT assets.id, min(path) FROM assets JOIN files ON files.asset = assets.id"
            " GROUP BY assets.id"))
        self.starts = {
            (asset, ordinal): (time, end) for asset, ordinal, time, end in
            catalog.execute("SELECT asset, ordinal, time_ms, end_ms FROM key_frames")}
        self.texts = {
            (asset, ordinal): (start, end, text) for asset, ordinal, start, end, text in
            catalog.execute("SELECT asset, ordinal, start_ms, end_ms, text FROM passages")}
        self.folder = tempfile.TemporaryDirectory()
        self.file = f"{self.folder.name}/passages.sqlite"
        store = sqlite3.connect(self.file)
        store.execute("CREATE VIRTUAL TABLE passages USING fts5(text, asset UNINDEXED,"
                      " ordinal UNINDEXED, tokenize='porter unicode61')")
        store.executemany(
            "INSERT INTO passages VALUES (?, ?, ?)",
            ((text, *key) for key, (_, _, text) in self.texts.items()))
        store.execute("INSERT INTO passages(passages) VALUES ('optimize')")
        store.commit()
        store.close()
        self.local = threading.local()
        self.encoder = AutoModel.from_pretrained(MODELS / "all-MiniLM-L6-v2").eval()
        self.words = AutoTokenizer.from_pretrained(MODELS / "all-MiniLM-L6-v2")
        self.clip = CLIPModel.from_pretrained(MODELS / "reel-clip-tiny").float().eval()
        self.clip_words = AutoTokenizer.from_pretrained(MODELS / "reel-clip-tiny")
        self.processor = CLIPImageProcessor.from_pretrained(MODELS / "reel-clip-tiny")

    @torch.inference_mode()
    def meaning_vector(self, query):
        tokens = self.words(query, return_tensors="pt", truncation=True, max_length=256)
        states = self.encoder(**tokens).last_hidden_state
        mask = tokens["attention_mask"][..., None]
        mean = (states * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(mean).numpy()

    @torch.inference_mode()
    def frames_vector(self, query):
        tokens = self.clip_words(query, return_tensors="pt", truncation=True, max_length=48)
        pooled = self.clip.text_model(**tokens).pooler_output
        return torch.nn.functional.normalize(self.clip.text_projection(pooled)).numpy()

    @torch.inference_mode()
    def picture_vector(self, picture):
        pixels = self.processor(picture, return_tensors="pt")
        pooled = self.clip.vision_model(**pixels).pooler_output
        return torch.nn.functional.normalize(self.clip.visual_projection(pooled)).numpy()

    def keywords(self, query):
        if not hasattr(self.local, "store"):
            self.local.store = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        words = re.findall(r"\w+", query)
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        return [(asset, ordinal, -score) for asset, ordinal, score in self.local.store.execute(
            "SELECT asset, ordinal, bm25(passages) FROM passages WHERE passages MATCH ?"
            " ORDER BY rank LIMIT ?", (match, CANDIDATES))]

    def search(self, query, channels, picture=None, top=10):
        found = {}
        if "keywords" in channels and query:
            found["keywords"] = self.keywords(query)
        if "frames" in channels:
            vector = self.picture_vector(picture) if picture else self.frames_vector(query)
            found["frames"] = self.frames.nearest(vector)
        if "meaning" in channels and query:
            found["meaning"] = self.meaning.nearest(self.meaning_vector(query))
        moments = {}
        for channel, rows in found.items():
            if not rows:
                continue
            low = 0 if channel == "keywords" else rows[-1][2]
            high = max(rows[0][2], low + 1e-9)
            for asset, ordinal, score in rows:
                table = self.starts if channel == "frames" else self.texts
                start = table[asset, ordinal][0] or 0
                moment = moments.setdefault((asset, start // 5000), {})
                value = (score - low) / (high - low)
                if value > moment.get(channel, (0,))[0]:
                    moment[channel] = (value, score, ordinal)
        ranked = sorted(
            moments.items(), key=lambda item: -sum(part[0] for part in item[1].values()))[:top]
        return {"hits": [self.hit(rank, key, moment) for rank, (key, moment) in enumerate(ranked)]}

    def hit(self, rank, key, moment):
        asset, bucket = key
        text = moment.get("keywords") or moment.get("meaning")
        return {
            "rank": rank + 1, "asset": {"id": f"{asset:016x}", "path": self.paths[asset]},
            "score": sum(part[0] for part in moment.values()) / 3,
            "moment": {"start_seconds": bucket * 5, "end_seconds": bucket * 5 + 5},
            "snippet": self.texts[asset, text[2]][2][:160] if text else None,
            "channels": {name: {"score": part[0], "raw": part[1]}
                         for name, part in moment.items()},
        }


app = FastAPI()
ALL = ["keywords", "frames", "meaning"]


@app.on_event("startup")
def start():
    app.state.service = Service()


@app.get("/readyz")
def ready():
    return {"ready": hasattr(app.state, "service")}


@app.get("/v1/search")
def search(q: str, channels: str = "", rerank: bool = False):
    return app.state.service.search(q, channels.split(",") if channels else ALL)


@app.post("/v1/search")
def by_picture(image: UploadFile, request: str = Form("")):
    picture = Image.open(io.BytesIO(image.file.read())).convert("RGB")
    return app.state.service.search("", ["frames"], picture)


if __name__ == "__main__":
    os.environ["RACE_LIBRARY"], os.environ["RACE_MODELS"] = sys.argv[1:3]
    sys.path.insert(0, str(Path(__file__).parent))
    uvicorn.run("python_service:app", host="127.0.0.1", port=int(sys.argv[3]),
                workers=int(sys.argv[4]), log_level="warning")
