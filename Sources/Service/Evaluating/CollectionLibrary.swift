internal import Corpus
internal import Embedders
internal import Retrieval
internal import Storage
internal import Tensors

/// A library whose assets are the documents of a test collection.
///
/// An asset's identity is its document's content, so a library that is kept is brought up to date
/// as one of media is: what is there with the vectors that are needed is not embedded again.
struct CollectionLibrary {
    /// Embedded together: enough for whole matrices, few enough to show progress.
    private static let batch = 128

    let path: String
    let application: Application
    /// Whether documents are embedded for their meaning.
    let findsMeaning: Bool

    struct Summary {
        var indexed = 0
        var unchanged = 0
        var removed = 0
    }

    func update(
        with collection: TestCollection, progress: (_ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws -> Summary {
        let embedder = try embedder()
        let library = try open(space: embedder?.space)
        let known = try library.files().map(\.path)
        var todo: [(record: AssetRecord, file: FileRecord)] = []
        for document in collection.documents {
            let entry = Self.entry(document, corpus: collection.corpusPath)
            let spaces: [VectorSpace.Name] = embedder == nil ? [] : [.meaning]
            if try library.isComplete(entry.record.asset.id, spaces: spaces) { continue }
            todo.append(entry)
        }
        let current = Set(
            collection.documents.map { Self.path($0, corpus: collection.corpusPath) })
        let gone = known.filter { !current.contains($0) }
        let summary = Summary(
            indexed: todo.count, unchanged: collection.documents.count - todo.count,
            removed: gone.count)
        for start in stride(from: 0, to: todo.count, by: Self.batch) {
            guard !isCancelled() else {
                try library.finish()
                throw CancellationError()
            }
            progress(start, todo.count)
            var batch = todo[start..<min(start + Self.batch, todo.count)]
            if let embedder {
                let texts = batch.flatMap { $0.record.passages.map(\.text) }
                let vectors = try embedder.embedder.embed(texts, as: .passage).elements
                var next = 0
                for index in batch.indices {
                    let count = batch[index].record.passages.count * embedder.space.dimension
                    batch[index].record.vectors[.meaning] = Array(vectors[next..<next + count])
                    next += count
                }
            }
            for (record, file) in batch { try library.commit(record, from: file) }
        }
        progress(todo.count, todo.count)
        try library.forget(gone)
        try library.finish()
        try application.calibrate(library) { channel, queries in
            channel == .meaning ? try embedder?.embedder.embed(queries, as: .query) : nil
        }
        return summary
    }

    /// Opens the library, and begins it anew when another model made its vectors.
    private func open(space: VectorSpace?) throws -> LibraryWriter {
        do {
            let library = try LibraryWriter(root: path)
            // A person's own library, named by mistake, must not lose its files.
            if let foreign = try library.files().first(where: { !Self.isDocument($0.path) }) {
                throw Failure(
                    .badRequest,
                    "The library at \(path) holds \(foreign.path), which is no document of a test "
                        + "collection. Give --library another folder.")
            }
            if let space { try library.use(space) }
            return library
        } catch StorageError.modelChanged {
            let library = try LibraryWriter(root: path, startingAnew: true)
            if let space { try library.use(space) }
            return library
        }
    }

    private func embedder() throws -> (embedder: TextEmbedder, space: VectorSpace)? {
        guard findsMeaning, let model = try application.model(.meaning) else { return nil }
        let embedder = try TextEmbedder(model: model)
        let space = application.space(
            .meaning, of: model, fingerprint: embedder.modelFingerprint,
            dimension: embedder.dimension)
        return (embedder, space)
    }

    // MARK: Documents as assets

    private static let marker = "/corpus.jsonl#"

    private static func path(_ document: TestCollection.Document, corpus: String) -> String {
        corpus + "#" + document.id
    }

    private static func isDocument(_ path: String) -> Bool { path.contains(marker) }

    private static func entry(
        _ document: TestCollection.Document, corpus: String
    ) -> (record: AssetRecord, file: FileRecord) {
        let path = path(document, corpus: corpus)
        let digest = document.digest
        let id = AssetID(digest: digest)
        var record = AssetRecord(
            asset: Asset(id: id, kind: .text, path: path, durationSeconds: 0), digest: digest)
        let passage = document.passage
        if passage.contains(where: { !$0.isWhitespace }) {
            record.passages = [Passage(text: passage, source: .description)]
        }
        let signature = FileSignature(
            size: Int64(passage.utf8.count), modifiedNanoseconds: 0, inode: 0, companions: "")
        return (record, FileRecord(path: path, signature: signature, asset: id))
    }
}
