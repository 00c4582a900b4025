import CKernels

/// Approximate search: only the lists nearest to the query are looked into, their rows are
/// compared by their codes, and the best of those are scored exactly.
///
/// Segments of one quantizer are searched together, each list in all of them: added rows are a
/// segment of their own.
package struct IVFPQIndex: Sendable {
    package struct Part: Sendable {
        package var codes: IVFPQSegment
        /// The vectors in the same order; nil where only codes are known (an imported index).
        package var rows: VectorSegment?

        package init(codes: IVFPQSegment, rows: VectorSegment?) {
            self.codes = codes
            self.rows = rows
        }
    }

    package let parts: [Part]
    package let quantizer: IVFQuantizer
    /// Rows before each part, and of all at the end: a row's number in the whole index.
    let firstRows: [Int]

    package var count: Int { firstRows[parts.count] }
    package var dimension: Int { quantizer.dimension }

    /// How thoroughly to look.
    package struct Effort: Sendable {
        /// Lists to look into.
        package var probes: Int
        /// Rows to look at again.
        package var shortlist: Int

        package init(probes: Int, shortlist: Int) {
            self.probes = probes
            self.shortlist = shortlist
        }
    }

    /// - Parameter parts: one or more.
    package init(parts: [Part]) throws {
        guard let first = parts.first else { preconditionFailure("An index has a part.") }
        quantizer = first.codes.quantizer
        var rows = [0]
        for part in parts {
            guard part.codes.quantizer.identity == quantizer.identity else {
                throw VectorSearchError.damagedContents(
                    path: part.codes.path, what: "centres, which are not those of the index,")
            }
            if let stored = part.rows {
                guard stored.dimension == quantizer.dimension else {
                    throw VectorSearchError.mixedDimensions(
                        first: quantizer.dimension, path: stored.path, dimension: stored.dimension)
                }
                guard stored.count == part.codes.count, stored.hasSketch else {
                    throw VectorSearchError.damagedContents(
                        path: stored.path, what: "vectors, which are not those of the codes,")
                }
            }
            rows.append(rows[rows.count - 1] + part.codes.count)
        }
        self.parts = parts
        firstRows = rows
    }

    /// The best rows of each query, best first. `segment` of a match is its part.
    /// - Parameter allowed: a bit for every row of the whole index; nil for all.
    func nearest(
        _ limit: Int, to queries: QueryMatrix, effort: Effort, allowed: RowBitmap? = nil,
        workers: Int = 1
    ) throws -> [[VectorMatch]] {
        precondition(limit >= 0 && workers >= 1, "A search has a limit and a worker.")
        precondition(effort.probes >= 1 && effort.shortlist >= 1, "A search looks somewhere.")
        for part in parts {
            try part.codes.requireWhole()
            try part.rows?.requireWhole()
        }
        let limit = min(limit, count)
        guard limit > 0, queries.count > 0 else {
            return [[VectorMatch]](repeating: [], count: queries.count)
        }
        // A query takes microseconds: threads share many, not one.
        let shares = Workers.ranges(
            of: queries.count, by: workers == 1 ? queries.count : max(8, queries.count / 16))
        return Workers(count: workers).map(shares.count) { share in
            let search = IVFPQSearch(index: self, limit: limit, effort: effort)
            return allowed.withWords { words in
                shares[share].map { query in
                    search.nearest(to: queries, query, allowed: words)
                }
            }
        }.flatMap { $0 }
    }

    /// Where a row of the whole index is.
    func place(of row: Int) -> (part: Int, row: Int) {
        var part = 0
        while row >= firstRows[part + 1] { part += 1 }
        return (part, row - firstRows[part])
    }
}
