import CKernels
import Glibc

/// Vectors with identifiers in a folder: parts that never change, and the list of them.
///
/// Opened by mapping; what another program adds is seen when it is opened again.
package struct VectorCollection: Sendable {
    package let path: String
    let manifest: CollectionManifest
    let parts: [Part]
    private let lists: IVFPQIndex?
    private let flat: FlatIndex?
    /// Rows before each part, and of all at the end.
    private let firstRows: [Int]
    /// Rows that are not deleted; nil where none are.
    private let live: RowBitmap?

    struct Part: Sendable {
        var rows: VectorSegment?
        var codes: IVFPQSegment?
        var identifiers: IntegerFile
        var deleted: RowBitmap?
    }

    package init(path: String) throws {
        self.path = path
        manifest = try CollectionManifest.read(in: path)
        var parts: [Part] = []
        for listed in manifest.parts {
            parts.append(try Self.open(listed, of: manifest, in: path))
        }
        self.parts = parts
        var firstRows = [0]
        for part in manifest.parts { firstRows.append(firstRows[firstRows.count - 1] + part.count) }
        guard firstRows[firstRows.count - 1] <= SegmentHeader.rowLimit else {
            throw VectorSearchError.damagedManifest(
                path: path, problem: "its parts have more vectors than 32 bits can number")
        }
        self.firstRows = firstRows
        let codes = parts.compactMap { part in
            part.codes.map { IVFPQIndex.Part(codes: $0, rows: part.rows) }
        }
        lists = codes.isEmpty ? nil : try IVFPQIndex(parts: codes)
        let segments = parts.compactMap(\.rows)
        let isComplete = segments.count == parts.count
        flat = isComplete ? try FlatIndex(segments: segments, metric: manifest.metric) : nil
        live = Self.liveRows(parts, manifest.parts)
    }

    private static func open(
        _ listed: CollectionManifest.Part, of manifest: CollectionManifest, in path: String
    ) throws -> Part {
        let base = "\(path)/\(listed.number)"
        let rows = listed.hasVectors ? try VectorSegment(path: base + ".vectors") : nil
        let codes = manifest.kind == .ivfpq ? try IVFPQSegment(path: base + ".codes") : nil
        let identifiers = try IntegerFile(path: base + ".ids")
        func check(_ found: Int, _ name: String) throws {
            guard found == listed.count else {
                throw VectorSearchError.damagedManifest(
                    path: "\(path)/\(CollectionManifest.fileName)",
                    problem: "\(name) has \(found) vectors, not \(listed.count)")
            }
        }
        try check(rows?.count ?? listed.count, base + ".vectors")
        try check(codes?.count ?? listed.count, base + ".codes")
        try check(identifiers.count, base + ".ids")
        for dimension in [rows?.dimension, codes?.quantizer.dimension].compactMap({ $0 })
        where dimension != manifest.dimension {
            throw VectorSearchError.mixedDimensions(
                first: manifest.dimension, path: base, dimension: dimension)
        }
        var deleted: RowBitmap?
        if let generation = listed.deletion {
            let words = try IntegerFile(path: "\(base).deleted-\(generation)").numbers()
            guard words.count == (listed.count + 63) / 64 else {
                throw VectorSearchError.damagedContents(path: base, what: "deleted rows")
            }
            deleted = RowBitmap(
                count: listed.count, words: words.map { UInt64(bitPattern: $0) })
        }
        return Part(rows: rows, codes: codes, identifiers: identifiers, deleted: deleted)
    }

    private static func liveRows(
        _ parts: [Part], _ listed: [CollectionManifest.Part]
    ) -> RowBitmap? {
        guard parts.contains(where: { $0.deleted != nil }) else { return nil }
        var live = RowBitmap(count: listed.reduce(0) { $0 + $1.count }, allAllowed: true)
        var first = 0
        for (part, listed) in zip(parts, listed) {
            if let deleted = part.deleted {
                for row in 0..<listed.count where deleted[row] { live[first + row] = false }
            }
            first += listed.count
        }
        return live
    }

    // MARK: What it holds

    package var dimension: Int { manifest.dimension }
    package var metric: VectorMetric { manifest.metric }
    package var isApproximate: Bool { lists != nil }
    /// Rows, deleted ones included.
    var rowCount: Int { firstRows[parts.count] }
    /// Vectors that can be found.
    package var count: Int { live?.allowedCount ?? rowCount }

    /// What `reel vectors info` tells.
    package struct Summary: Sendable {
        package var kind: String
        package var metric: String
        package var dimension: Int
        package var count: Int
        package var deletedCount: Int
        package var partCount: Int
        package var byteCount: Int
        package var lists: Int?
        package var subquantizers: Int?
        package var bits: Int?
        package var targetRecall: Float?
        /// How much worse the centres fit what was added than what they were trained with.
        package var drift: Float?
        package var shouldRetrain: Bool
        package var points: [OperatingPoint]
    }

    package var summary: Summary {
        let bytes = parts.reduce(0) {
            $0 + ($1.rows?.byteCount ?? 0) + ($1.codes?.byteCount ?? 0) + $1.identifiers.byteCount
        }
        let drift = self.drift
        return Summary(
            kind: manifest.kind.rawValue, metric: manifest.metric.name, dimension: dimension,
            count: count, deletedCount: rowCount - count, partCount: parts.count,
            byteCount: bytes, lists: lists?.quantizer.listCount,
            subquantizers: lists?.quantizer.partCount, bits: lists?.quantizer.bits,
            targetRecall: lists == nil ? nil : manifest.recall, drift: drift,
            shouldRetrain: (drift ?? 1) > Self.driftLimit, points: points)
    }

    /// From here on the lists should be trained again.
    static let driftLimit: Float = 1.25

    /// Mean squared length of what the centres leave over, of all rows against those they were
    /// trained with: 1 when all is well.
    package var drift: Float? {
        guard let lists, lists.quantizer.trainingResidual > 0, lists.count > 0 else { return nil }
        let total = lists.parts.reduce(0.0) {
            $0 + Double($1.codes.meanResidual) * Double($1.codes.count)
        }
        return Float(total / Double(lists.count)) / lists.quantizer.trainingResidual
    }

    /// Those measured last.
    private var points: [OperatingPoint] {
        lists?.parts.last { !$0.codes.points.isEmpty }?.codes.points ?? []
    }

    /// Share of the rows from which on rows that were added are measured too: the centres were not
    /// trained with them, so they are a little harder to find.
    private static let shareToMeasureAgain = 0.01

    /// How to search when another part has come; empty when too little has been added to matter.
    func pointsAfterAdding(
        _ added: IVFPQIndex.Part, workers: Workers, seed: UInt64
    ) throws -> [OperatingPoint] {
        guard let lists, lists.parts.allSatisfy({ $0.rows != nil }),
            let measured = lists.parts.lastIndex(where: { !$0.codes.points.isEmpty })
        else { return [] }
        let index = try IVFPQIndex(parts: lists.parts + [added])
        let unmeasured = index.count - lists.firstRows[measured + 1]
        guard Double(unmeasured) >= Self.shareToMeasureAgain * Double(index.count) else {
            return []
        }
        var tuning = RecallTuning(index: index, workers: workers, seed: seed)
        tuning.truth = points.last.map(effortOf)
        return try tuning.points()
    }

    /// Reads everything and compares it with its checksums.
    package func verify() throws {
        for part in parts {
            try part.rows?.verify()
            try part.codes?.verify()
            try part.identifiers.verify()
        }
    }

    // MARK: Searching

    /// How thoroughly to look.
    package enum Effort: Sendable, Equatable {
        case exact
        /// Share of the true neighbours, 0…1; nil for what the collection was built for.
        case recall(Float?)
        case lists(probes: Int, shortlist: Int?)
    }

    package struct Answer: Sendable {
        /// Queries × limit; −1 where there are fewer vectors.
        package var identifiers: [Int64]
        package var scores: [Float]
    }

    /// The nearest vectors of each query, best first.
    /// - Parameter allowed: identifiers that may be found; nil for all.
    package func nearest(
        _ limit: Int, to queries: any VectorSource, effort: Effort = .recall(nil),
        allowed: Set<Int64>? = nil, workers: Int = 1, oneByOne: Bool = false
    ) throws -> Answer {
        try nearest(
            limit, to: queries, effort: effort, where: allowed.map { ids in { ids.contains($0) } },
            workers: workers, oneByOne: oneByOne)
    }

    /// - Parameter isAllowed: says which identifiers may be found; nil for all.
    package func nearest(
        _ limit: Int, to queries: any VectorSource, effort: Effort = .recall(nil),
        where isAllowed: ((Int64) -> Bool)?, workers: Int = 1, oneByOne: Bool = false
    ) throws -> Answer {
        guard queries.dimension == dimension || queries.count == 0 else {
            throw VectorSearchError.wrongQueryDimension(index: dimension, query: queries.dimension)
        }
        let values = queries.rows(Array(0..<queries.count))
        let bad = reel_first_beyond(values, values.count, .infinity)
        guard bad == values.count else {
            throw VectorSearchError.queryNotFinite(
                query: bad / dimension, column: bad % dimension)
        }
        var answer = Answer(identifiers: [], scores: [])
        let filter = isAllowed.map(bitmap(where:)) ?? live
        let matrix = QueryMatrix(values: values, count: queries.count, dimension: dimension)
        let batches = Workers.ranges(of: queries.count, by: oneByOne ? 1 : max(1, queries.count))
        for batch in batches {
            let found = try nearest(
                limit, to: matrix.slice(batch), effort, filter, workers: workers)
            for matches in found {
                for match in matches {
                    answer.identifiers.append(parts[match.segment].identifiers[match.row])
                    answer.scores.append(match.score)
                }
                for _ in matches.count..<max(limit, matches.count) {
                    answer.identifiers.append(-1)
                    answer.scores.append(-.infinity)
                }
            }
        }
        return answer
    }

    private func nearest(
        _ limit: Int, to queries: QueryMatrix, _ effort: Effort, _ filter: RowBitmap?,
        workers: Int
    ) throws -> [[VectorMatch]] {
        let chosen = listEffort(effort, limit: limit, filter, queryCount: queries.count)
        if let lists, let chosen {
            return try lists.nearest(
                limit, to: queries, effort: chosen, allowed: filter, workers: workers)
        }
        guard let flat else {
            // Only codes are known: every list is looked into.
            guard let lists else { return queries.none }
            return try lists.nearest(
                limit, to: queries,
                effort: .init(
                    probes: lists.quantizer.listCount, shortlist: max(256, 4 * limit)),
                allowed: filter, workers: workers)
        }
        return try flat.nearest(
            limit, to: queries, allowed: filter.map(split), workers: workers)
    }

    /// Nil where looking at everything is asked for, or is quicker.
    private func listEffort(
        _ effort: Effort, limit: Int, _ filter: RowBitmap?, queryCount: Int
    ) -> IVFPQIndex.Effort? {
        guard let lists else { return nil }
        func scaled(_ shortlist: Int) -> Int { shortlist * max(10, limit) / 10 }
        switch effort {
        case .exact: return nil
        case .lists(let probes, let shortlist):
            let usual = points.last { $0.probes <= probes }?.shortlist ?? 100
            return .init(
                probes: max(1, min(probes, lists.quantizer.listCount)),
                shortlist: max(1, limit, shortlist ?? scaled(usual)))
        case .recall(let wanted):
            let wanted = wanted ?? manifest.recall
            if let filter, flat != nil, filter.allowedCount * 20 < rowCount {
                // Of so few the lists hold hardly any; looking at all of them is cheap and exact.
                return nil
            }
            let point = points.first { $0.recall >= wanted }
            guard let point else { return flat == nil ? points.last.map(effortOf) : nil }
            let cost = SearchCost(
                dimension: dimension, partCount: lists.quantizer.partCount,
                bits: lists.quantizer.bits, listCount: lists.quantizer.listCount)
            // One query alone is slower on all rows: they have to come from memory.
            if flat != nil, queryCount >= 64, cost.flat(rowCount: rowCount) < point.cost {
                return nil
            }
            return .init(probes: point.probes, shortlist: max(limit, scaled(point.shortlist)))
        }
    }

    private func effortOf(_ point: OperatingPoint) -> IVFPQIndex.Effort {
        .init(probes: point.probes, shortlist: point.shortlist)
    }

    /// The bits of the rows with these identifiers that are not deleted.
    private func bitmap(where isAllowed: (Int64) -> Bool) -> RowBitmap {
        var bitmap = RowBitmap(count: rowCount)
        for (part, first) in zip(parts, firstRows) {
            for row in 0..<part.identifiers.count
            where isAllowed(part.identifiers[row]) && live?[first + row] ?? true {
                bitmap[first + row] = true
            }
        }
        return bitmap
    }

    private func split(_ bitmap: RowBitmap) -> [RowBitmap?] {
        zip(parts, firstRows).map { part, first in
            var own = RowBitmap(count: part.identifiers.count)
            for row in 0..<own.count where bitmap[first + row] { own[row] = true }
            return own
        }
    }
}

extension QueryMatrix {
    fileprivate var none: [[VectorMatch]] { [[VectorMatch]](repeating: [], count: count) }
}
