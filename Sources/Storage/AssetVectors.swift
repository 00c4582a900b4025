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
    }

    init(space: VectorSpace, connection: Connection, paths: LibraryPaths) throws {
        self.space = space
        let stored = try connection.statement(
            "SELECT id, file_name FROM vector_segments WHERE space = ? ORDER BY id"
        ).rows(space.name.rawValue) { (id: $0.int(0), fileName: $0.text(1)) }
        var segments: [VectorSegment] = []
        var claims: [[Claim]] = []
        for (id, fileName) in stored {
            guard access(paths.segment(fileName), F_OK) == 0 else {
                throw StorageError.segmentMissing(name: fileName)
            }
            let segment = try VectorSegment(path: paths.segment(fileName))
            let held = try connection.statement(
                "SELECT asset, first_row, rows FROM asset_vectors WHERE segment = ? ORDER BY first_row"
            ).rows(id) { row in
                let (first, count) = (row.int(1), row.int(2))
                guard first >= 0, count >= 0, first <= segment.count,
                    count <= Int64(segment.count) - first
                else {
                    throw StorageError.notALibrary(
                        path: paths.root,
                        reason: "its catalogue names rows that \(fileName) does not have")
                }
                return Claim(
                    asset: AssetID(value: max(0, row.int(0))),
                    rows: Int(first)..<Int(first + count))
            }
            segments.append(segment)
            claims.append(held)
        }
        index = try FlatIndex(segments: segments)
        self.claims = claims
    }

    package var count: Int { claims.joined().reduce(0) { $0 + $1.rows.count } }

    /// The best rows by inner product with a query of unit length, best first.
    /// - Parameter isWanted: leaves assets out of the search.
    package func nearest(
        _ count: Int, to query: [Float], workers: Int = 1, where isWanted: (AssetID) -> Bool
    ) throws -> [Match] {
        let live = claims.map { held in
            held.filter { isWanted($0.asset) }.map(\.rows)
        }
        return try index.nearest(count, to: query, in: live, workers: workers).map { match in
            let claim = self.claim(of: match.row, in: claims[match.segment])
            return Match(
                asset: claim.asset, ordinal: match.row - claim.rows.lowerBound, score: match.score)
        }
    }

    private func claim(of row: Int, in claims: [Claim]) -> Claim {
        var low = 0
        var high = claims.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if claims[middle].rows.lowerBound <= row { low = middle } else { high = middle }
        }
        return claims[low]
    }
}
