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
    private let pool = SearchPool()
    /// Where each list lies in each part that has codes of it, list by list: found once, since every
    /// search asks for many. Unsafe only by type: what the pointers point into is read only, and
    /// lives as long as `parts`.
    nonisolated(unsafe) private let extents: [Extent]
    /// Of each list, where its extents begin; one more at the end.
    private let extentStarts: [Int]

    /// The vectors of each part; nil where only codes are known. Unsafe only by type, as `extents`.
    nonisolated(unsafe) let stored: [StoredRows?]

    /// Neighbouring rows of a list.
    struct Extent {
        /// Blocks of four bits a code.
        var codes: UnsafePointer<UInt8>
        /// Its number in the whole index.
        var firstRow: Int
        var rowCount: Int
    }

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
        (extents, extentStarts) = Self.extents(of: parts, quantizer, firstRows: rows)
        stored = parts.map { $0.rows?.stored }
    }

    private static func extents(
        of parts: [Part], _ quantizer: IVFQuantizer, firstRows: [Int]
    ) -> ([Extent], starts: [Int]) {
        let size = reel_code_block_size(quantizer.partCount)
        var extents: [Extent] = []
        var starts = [0]
        // Codes of eight bits do not lie in blocks.
        guard quantizer.bits == 4 else { return (extents, starts) }
        for list in 0..<quantizer.listCount {
            for (part, firstRow) in zip(parts, firstRows) {
                let segment = part.codes
                let rows = segment.rowStarts[list]..<segment.rowStarts[list + 1]
                guard !rows.isEmpty, let codes = segment.codes else { continue }
                extents.append(
                    Extent(
                        codes: codes + segment.blockStarts[list] * size,
                        firstRow: firstRow + rows.lowerBound, rowCount: rows.count))
            }
            starts.append(extents.count)
        }
        return (extents, starts)
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
        let rowsOfAQuery = count / quantizer.listCount * min(effort.probes, quantizer.listCount)
        if queries.count < workers, rowsOfAQuery * quantizer.partCount >= Self.workForThreads {
            return (0..<queries.count).map {
                nearestTogether(limit, to: queries, $0, effort, allowed, workers: workers)
            }
        }
        // Threads share the queries: large shares, because lists are read once for each.
        let shares = Workers.ranges(
            of: queries.count,
            by: workers == 1 ? queries.count : max(8, (queries.count - 1) / (4 * workers) + 1))
        return Workers(count: workers).map(shares.count) { share in
            pool.with(quantizer, limit: limit, wanted: max(limit, effort.shortlist)) { search in
                allowed.withWords { words in
                    guard shares[share].count > 1 else {
                        return shares[share].map { number in
                            queries.withRow(number) {
                                search.nearest(
                                    in: self, to: $0, probes: effort.probes, allowed: words)
                            }
                        }
                    }
                    return search.nearest(
                        in: self, to: queries, shares[share], probes: effort.probes,
                        allowed: words)
                }
            }
        }.flatMap { $0 }
    }

    /// Table entries looked up for one query, from which threads share its lists: some 150 µs.
    private static let workForThreads = 4 << 20

    /// One query, its lists dealt out to the threads in turn. Each keeps its own shortlist, long
    /// enough for its part of the best rows to be in it nearly always.
    private func nearestTogether(
        _ limit: Int, to queries: QueryMatrix, _ number: Int, _ effort: Effort,
        _ allowed: RowBitmap?, workers: Int
    ) -> [VectorMatch] {
        let shortlist = max(limit, effort.shortlist)
        let own = shortlist / workers + 2 * Int(Double(shortlist).squareRoot().rounded(.up))
        let found = Workers(count: workers).map(workers) { worker in
            pool.with(quantizer, limit: limit, wanted: max(limit, min(own, shortlist))) { search in
                allowed.withWords { words in
                    queries.withRow(number) {
                        search.nearest(
                            in: self, to: $0, probes: effort.probes,
                            share: .init(number: worker, count: workers), allowed: words)
                    }
                }
            }
        }
        return Array(
            found.flatMap { $0 }.sorted {
                $0.score != $1.score
                    ? $0.score > $1.score : ($0.segment, $0.row) < ($1.segment, $1.row)
            }.prefix(limit))
    }

    // MARK: Rows and codes

    /// The list of a row of the whole index.
    func list(of row: Int) -> Int {
        let place = place(of: row)
        return parts[place.part].codes.list(of: place.row)
    }

    /// The rows of a list, in all parts; of four bits.
    func forEachExtent(ofList list: Int, _ body: (Extent) -> Void) {
        for place in extentStarts[list]..<extentStarts[list + 1] { body(extents[place]) }
    }

    /// Where a row of the whole index is.
    func place(of row: Int) -> (part: Int, row: Int) {
        var part = 0
        while row >= firstRows[part + 1] { part += 1 }
        return (part, row - firstRows[part])
    }
}
