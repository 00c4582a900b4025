internal import Foundation
internal import SQLite
internal import Tensors
internal import VectorSearch

extension CaseLibraryWriter {
    /// Cases embedded before they are written.
    private static let embeddedTogether = 2048
    /// Facts handed to the encoder at once.
    private static let encodedTogether = 64

    /// Embeds the facts that have no vectors of this encoder yet. Vectors of another are dropped.
    package func indexMeaning(
        by encoder: any FactEncoder, progress: (_ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws {
        let state = try connection.statement(
            "SELECT encoder_fingerprint, embedded_case FROM library"
        ).first { (fingerprint: $0.optionalText(0), last: $0.int(1)) }
        var last = state?.last ?? 0
        if state?.fingerprint != encoder.fingerprint {
            try connection.statement(
                "UPDATE library SET encoder = ?1, encoder_fingerprint = ?2, embedded_case = 0"
            ).run(encoder.name, encoder.fingerprint)
            try? FileManager.default.removeItem(atPath: paths.vectors)
            last = 0
        }
        let total =
            try connection.statement("SELECT count(*) FROM cases WHERE id > ?1")
            .first(last) { Int($0.int(0)) } ?? 0
        var done = 0
        while !isCancelled() {
            let facts = try connection.statement(
                "SELECT id, fact FROM cases WHERE id > ?1 ORDER BY id LIMIT ?2"
            ).rows(last, Self.embeddedTogether) { (id: $0.int(0), fact: $0.text(1)) }
            guard let end = facts.last?.id else { break }
            var identifiers: [Int64] = []
            var values: [Float] = []
            for start in stride(from: 0, to: facts.count, by: Self.encodedTogether) {
                let group = facts[start..<min(start + Self.encodedTogether, facts.count)]
                let embeddings = try FactEmbedding.embeddings(of: group.map(\.fact), by: encoder)
                for (fact, embedding) in zip(group, embeddings) {
                    identifiers.append(MeaningIndex.identifier(fact.id, window: nil))
                    values += embedding.mean
                    for (window, row) in embedding.windows.enumerated() {
                        identifiers.append(MeaningIndex.identifier(fact.id, window: window))
                        values += row
                    }
                }
                progress(done + start + group.count, total)
                guard !isCancelled() else { return }
            }
            try append(VectorArray(values: values, dimension: encoder.dimension), identifiers)
            try connection.statement("UPDATE library SET embedded_case = ?1").run(end)
            last = end
            done += facts.count
        }
    }

    /// Vectors are on the disk before the catalogue counts their cases; after a crash between the
    /// two the same ones come again.
    private func append(_ rows: VectorArray, _ identifiers: [Int64]) throws {
        let manifest = paths.vectors + "/" + MeaningIndex.manifestName
        let isNew = !FileManager.default.fileExists(atPath: manifest)
        let writer = try VectorCollectionWriter(
            path: paths.vectors, creating: isNew, workers: Parallelism.workers)
        guard !isNew else {
            var options = VectorCollectionWriter.Options()
            // Filters by charge leave too little of approximate lists.
            options.isApproximate = false
            return try writer.build(rows, identifiers: identifiers, options)
        }
        _ = try writer.remove(Set(identifiers))
        try writer.add(rows, identifiers: identifiers)
        try writer.merge()
    }
}
