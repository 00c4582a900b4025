extension VectorCollection {
    /// The vectors of some identifiers, in their order; nil for one that is not there or deleted.
    /// - Throws: `notSupported` for an index that was imported without its vectors.
    package func vectors(of identifiers: [Int64]) throws -> [[Float]?] {
        var wanted: [Int64: [Int]] = [:]
        for (place, identifier) in identifiers.enumerated() {
            wanted[identifier, default: []].append(place)
        }
        var found = [[Float]?](repeating: nil, count: identifiers.count)
        for part in parts {
            guard let rows = part.rows else {
                throw VectorSearchError.notSupported(
                    "The index was imported without its vectors, so they cannot be read.")
            }
            for row in 0..<part.identifiers.count where part.deleted?[row] != true {
                guard let places = wanted[part.identifiers[row]] else { continue }
                let vector = [Float](unsafeUninitializedCapacity: dimension) { buffer, count in
                    guard let start = buffer.baseAddress else { return }
                    rows.copy(rows: row..<row + 1, to: start)
                    count = dimension
                }
                for place in places { found[place] = vector }
            }
        }
        return found
    }
}
