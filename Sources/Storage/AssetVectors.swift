package import Corpus
internal import Glibc
internal import SQLite
internal import VectorSearch

/// The vectors of one space with the assets they belong to.
package struct AssetVectors: Sendable {
    package let space: VectorSpace
    private let index: FlatIndex
    /// For each segment its claimed rows, by first row.
    private let claims: [[Claim]]
    /// The rows of all claims.
    private let claimed: [[Range<Int>]]
    /// Rows before each segment, and of all at the end.
    private let firstRows: [Int]
    /// Claims before each segment, and of all at the end.
    private let firstClaims: [Int]

    private struct Claim {
        var asset: AssetID
        var rows: Range<Int>
    }

    package struct Match: Sendable, Equatable {
        package var asset: AssetID
        /// Position among the asset's key frames, or passages.
        package var ordinal: Int
        /// Cosine, −1…1.
        package var score: Float
        /// Among all rows of the space, `0..<rowCount`.
        package var row: Int
        /// The asset's number among those of the space, `0..<claimCount`.
        package var claim: Int
        fileprivate var place: Place
    }

    /// Where a vector lies.
    fileprivate struct Place: Sendable, Equatable {
        var segment: Int
        var row: Int
    }

    init(
        space: VectorSpace, connection: Connection, paths: LibraryPaths,
        files: SegmentFiles
    ) throws {
        self.space = space
        let stored = try connection.statement(
            "SELECT id, file_name FROM vector_segments WHERE space = ? ORDER BY id"
        ).rows(space.name.rawValue) { (id: $0.int(0), fileName: $0.text(1)) }
        var segments: [VectorSegment] = []
        var claims: [[Claim]] = []
        for (id, fileName) in stored {
            let segment = try files.segment(id)
            let held = try connection.statement(
                "SELECT \(ClaimRow.columns) FROM asset_vectors WHERE segment = ? ORDER BY first_row"
            ).rows(id) { row in
                let claim = try ClaimRow.reading(row)
                guard claim.firstRow >= 0, claim.rows >= 0, claim.firstRow <= segment.count,
                    claim.rows <= segment.count - claim.firstRow
                else {
                    throw StorageError.notALibrary(
                        path: paths.root,
                        reason: "its catalogue names rows that \(fileName) does not have")
                }
                return Claim(
                    asset: claim.asset, rows: claim.firstRow..<claim.firstRow + claim.rows)
            }
            segments.append(segment)
            claims.append(held)
        }
        index = try FlatIndex(segments: segments)
        self.claims = claims
        claimed = claims.map { $0.map(\.rows) }
        firstRows = segments.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        firstClaims = claims.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    }

    /// Assets that have rows; one may be there twice.
    package var claimCount: Int { firstClaims[firstClaims.count - 1] }

    /// Rows of all segments, also those that no asset claims any more.
    package var rowCount: Int { firstRows[firstRows.count - 1] }

    package var count: Int { claims.joined().reduce(0) { $0 + $1.rows.count } }

    /// The best rows by inner product with a query of unit length, best first.
    /// - Parameter isWanted: leaves assets out of the search; nil when all are wanted.
    package func nearest(
        _ count: Int, to query: [Float], workers: Int = 1, where isWanted: ((AssetID) -> Bool)?
    ) throws -> [Match] {
        let live =
            isWanted.map { isWanted in
                claims.map { $0.filter { isWanted($0.asset) }.map(\.rows) }
            } ?? claimed
        return try index.nearest(count, to: query, in: live, workers: workers).map(match)
    }

    /// The same for each of many queries, reading the rows only once.
    package func nearest(
        _ count: Int, toEach queries: [[Float]], workers: Int = 1
    ) throws -> [[Match]] {
        try index.nearest(count, toEach: queries, in: claimed, workers: workers)
            .map { $0.map(match) }
    }

    /// A search that is under way, and on which several threads may work.
    package struct Search: Sendable {
        fileprivate let vectors: AssetVectors
        fileprivate let search: FlatSearch

        /// Threads that are of use.
        package var usefulHelpers: Int { search.usefulHelpers }

        /// First round: works on what nobody has taken, until nothing is left.
        package func help() { search.help() }

        /// Between the rounds, for one thread.
        package func ruleOut() { search.ruleOut() }

        /// Second round: scores what nobody has taken.
        package func score() { search.score() }

        /// The best rows of a query, best first; after the second round.
        package func matches(_ query: Int) -> [Match] {
            search.matches(query).map(vectors.match)
        }
    }

    /// The same as something that threads of the caller's choice work on.
    /// - Parameter helpers: how many threads that will be at most.
    /// - Returns: nil when nothing can be found.
    package func search(
        _ count: Int, forEach queries: [[Float]], helpers: Int
    ) throws -> Search? {
        try index.search(count, forEach: queries, in: claimed, helpers: helpers).map {
            Search(vectors: self, search: $0)
        }
    }

    private func match(_ match: VectorMatch) -> Match {
        let number = self.claim(of: match.row, in: claims[match.segment])
        let claim = claims[match.segment][number]
        return Match(
            asset: claim.asset, ordinal: match.row - claim.rows.lowerBound, score: match.score,
            row: firstRows[match.segment] + match.row,
            claim: firstClaims[match.segment] + number,
            place: Place(segment: match.segment, row: match.row))
    }

    /// The inner products of stored vectors with others, for each of these in the order of the
    /// matches.
    package func scores(of matches: [Match], with vectors: [[Float]]) throws -> [[Float]] {
        try index.scores(
            of: vectors, matches: matches.map { (segment: $0.place.segment, row: $0.place.row) })
    }

    /// The vector of a match.
    package func vector(of match: Match) throws -> [Float] {
        try index.segments[match.place.segment].vector(match.place.row)
    }

    /// The vector of an asset's key frame or passage; nil when it has none.
    package func vector(of asset: AssetID, ordinal: Int) throws -> [Float]? {
        for (segment, held) in claims.enumerated() {
            guard let claim = held.first(where: { $0.asset == asset }) else { continue }
            guard ordinal >= 0, ordinal < claim.rows.count else { return nil }
            return try index.segments[segment].vector(claim.rows.lowerBound + ordinal)
        }
        return nil
    }

    /// The mean of at most `limit` vectors, evenly spread over all; nil when there are none.
    package func meanVector(limit: Int) throws -> [Float]? {
        let count = count
        guard count > 0, limit > 0 else { return nil }
        let step = Double(max(1, count)) / Double(min(limit, count))
        var wanted = 0.0
        var passed = 0
        var taken = 0
        var sum = [Float](repeating: 0, count: space.dimension)
        for (segment, held) in claims.enumerated() {
            for claim in held {
                while Int(wanted) < passed + claim.rows.count, taken < limit {
                    let row = claim.rows.lowerBound + Int(wanted) - passed
                    let vector = try index.segments[segment].vector(row)
                    for element in sum.indices { sum[element] += vector[element] }
                    taken += 1
                    wanted += step
                }
                passed += claim.rows.count
            }
        }
        return sum.map { $0 / Float(taken) }
    }

    private func claim(of row: Int, in claims: [Claim]) -> Int {
        var low = 0
        var high = claims.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if claims[middle].rows.lowerBound <= row { low = middle } else { high = middle }
        }
        return low
    }
}
