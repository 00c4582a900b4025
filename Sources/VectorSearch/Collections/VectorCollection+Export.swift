/// Exchange with other programs.
extension VectorCollection {
    /// All live vectors in the order of their identifiers (.npy, .fvecs, flat .faiss); the lists and codes
    /// as an IndexIVFPQ of FAISS where the name ends in `.ivfpq.faiss`.
    package func export(to output: String) throws {
        if output.hasSuffix(".ivfpq.faiss") {
            guard parts.count == 1, let part = parts.first, let codes = part.codes,
                part.deleted == nil
            else {
                throw VectorSearchError.notSupported(
                    "Lists are exported from an index of one part without deleted vectors. "
                        + "Merge it first: reel vectors merge --index \(path).")
            }
            try FAISSIVFPQ.write(
                codes, identifiers: try part.identifiers.numbers(), to: output)
            return
        }
        guard parts.allSatisfy({ $0.rows != nil }) else {
            throw VectorSearchError.notSupported(
                "The index was imported without its vectors, so they cannot be exported.")
        }
        try VectorFileWriter.write(LiveVectors(collection: self), to: output, metric: metric)
    }
}

/// The vectors that are not deleted, ordered by their identifiers.
private struct LiveVectors: VectorSource {
    let dimension: Int
    let name: String
    private let segments: [VectorSegment]
    private let places: [(identifier: Int64, part: Int, row: Int)]

    var count: Int { places.count }

    init(collection: VectorCollection) {
        dimension = collection.dimension
        name = collection.path
        segments = collection.parts.compactMap(\.rows)
        var places: [(identifier: Int64, part: Int, row: Int)] = []
        for (number, part) in collection.parts.enumerated() {
            for row in 0..<part.identifiers.count where part.deleted?[row] != true {
                places.append((part.identifiers[row], number, row))
            }
        }
        self.places = places.sorted { $0.identifier < $1.identifier }
    }

    func copy(rows range: Range<Int>, to values: UnsafeMutablePointer<Float>) {
        for (place, number) in range.enumerated() {
            let (_, part, row) = places[number]
            segments[part].copy(rows: row..<row + 1, to: values + place * dimension)
        }
    }
}
