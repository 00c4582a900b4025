"""The engines that race reel, each as it is meant to be used. One thread answers queries."""

import json
import os
import shutil
import sqlite3
import sys
import time
from pathlib import Path


def folder_bytes(path):
    path = Path(path)
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def lines(path, limit=None):
    with open(path) as file:
        for number, line in enumerate(file):
            if limit is not None and number >= limit:
                return
            yield line.rstrip("\n")


class Tantivy:
    """Two indexing threads; words cut at white space and punctuation, with frequencies."""

    def build(self, passages, folder):
        import tantivy

        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("number", stored=True)
        schema.add_text_field("text", stored=False, index_option="freq")
        index = tantivy.Index(schema.build(), path=str(folder))
        start = time.perf_counter()
        writer = index.writer(heap_size=500_000_000, num_threads=2)
        for number, text in enumerate(lines(passages)):
            document = tantivy.Document()
            document.add_unsigned("number", number)
            document.add_text("text", text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        return dict(seconds=time.perf_counter() - start, bytes=folder_bytes(folder))

    def open(self, folder):
        import tantivy

        self.index = tantivy.Index.open(str(folder))
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, query, top):
        found = self.searcher.search(self.index.parse_query(query, ["text"]), top, count=False)
        return [(score, address) for score, address in found.hits]


class Whoosh:
    """BM25F, its default. Slow to build: an index already in the folder is used again."""

    def build(self, passages, folder, limit=None):
        from whoosh import fields, index

        record = Path(folder) / "built.json"
        if record.exists():
            return json.loads(record.read_text()) | dict(cached=True)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        schema = fields.Schema(number=fields.STORED, text=fields.TEXT(phrase=False, stored=False))
        created = index.create_in(str(folder), schema)
        start = time.perf_counter()
        writer = created.writer(limitmb=1024)
        count = 0
        for number, text in enumerate(lines(passages, limit)):
            writer.add_document(number=number, text=text)
            count += 1
        writer.commit()
        built = dict(
            seconds=time.perf_counter() - start, bytes=folder_bytes(folder), passages=count)
        record.write_text(json.dumps(built))
        return built

    def open(self, folder):
        from whoosh import index, qparser

        self.opened = index.open_dir(str(folder))
        self.searcher = self.opened.searcher()
        self.parser = qparser.QueryParser("text", self.opened.schema, group=qparser.OrGroup)

    def search(self, query, top):
        return [hit.score for hit in self.searcher.search(self.parser.parse(query), limit=top)]


class FTS5:
    """SQLite's own full-text index, ordered by its bm25."""

    def build(self, passages, folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        start = time.perf_counter()
        database = sqlite3.connect(Path(folder) / "index.sqlite")
        database.execute("PRAGMA journal_mode=wal")
        # As reel does: the text in a table of its own, beside the index.
        database.execute("CREATE TABLE passages(row INTEGER PRIMARY KEY, text TEXT)")
        database.execute(
            "CREATE VIRTUAL TABLE search USING fts5(text, content='passages', content_rowid='row')")
        for number, text in enumerate(lines(passages), 1):
            database.execute("INSERT INTO passages VALUES (?, ?)", (number, text))
            database.execute("INSERT INTO search(rowid, text) VALUES (?, ?)", (number, text))
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return dict(seconds=time.perf_counter() - start, bytes=folder_bytes(folder))

    def open(self, folder):
        self.database = sqlite3.connect(Path(folder) / "index.sqlite")

    def search(self, query, top):
        return self.database.execute(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT ?",
            (" OR ".join(query.split()), top)).fetchall()


PEERS = {"tantivy": Tantivy, "whoosh": Whoosh, "fts5": FTS5}


def times(peer, queries, top):
    """Milliseconds a query, after a warm-up."""
    for query in queries[: len(queries) // 10]:
        peer.search(query, top)
    taken = []
    for query in queries:
        start = time.perf_counter()
        peer.search(query, top)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


if __name__ == "__main__":
    # python peers.py whoosh PASSAGES FOLDER [LIMIT]: build one ahead of the race.
    name, passages, folder, *limit = sys.argv[1:]
    print(json.dumps(PEERS[name]().build(passages, folder, *map(int, limit))))
