"""Small index files written by FAISS, and what FAISS finds in them.

    python3 -m venv .venv && .venv/bin/pip install faiss-cpu==1.15.1 numpy
    .venv/bin/python training/goldens/make_faiss_goldens.py

Writes Tests/VectorSearchTests/Goldens: vectors of 16 numbers, queries, a flat index of each
metric, indexes of lists and codes of 4 and of 8 bits, and the five nearest that FAISS finds.
"""

from pathlib import Path

import faiss
import numpy as np

OUTPUT = Path(__file__).resolve().parents[2] / "Tests/VectorSearchTests/Goldens"


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    vectors = random.standard_normal((300, 16)).astype("float32")
    queries = random.standard_normal((8, 16)).astype("float32")
    np.save(OUTPUT / "queries.npy", queries)
    metrics = {"ip": faiss.METRIC_INNER_PRODUCT, "l2": faiss.METRIC_L2}
    for name, metric in metrics.items():
        flat = faiss.index_factory(16, "Flat", metric)
        flat.add(vectors[:100])
        faiss.write_index(flat, str(OUTPUT / f"flat-{name}.faiss"))
        np.save(OUTPUT / f"flat-{name}.npy", flat.search(queries, 5)[1])
    for name, bits, metric in [("ip-4", 4, "ip"), ("l2-8", 8, "l2")]:
        quantizer = faiss.index_factory(16, "Flat", metrics[metric])
        lists = faiss.IndexIVFPQ(quantizer, 16, 4, 8, bits, metrics[metric])
        lists.cp.min_points_per_centroid = lists.pq.cp.min_points_per_centroid = 1
        lists.train(vectors)
        lists.add_with_ids(vectors, np.arange(1000, 1300))
        lists.nprobe = 4
        faiss.write_index(lists, str(OUTPUT / f"lists-{name}.faiss"))
        np.save(OUTPUT / f"lists-{name}.npy", lists.search(queries, 5)[1])


if __name__ == "__main__":
    main()
