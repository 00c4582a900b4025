import CKernels
import Dispatch
import Synchronization

/// A search under way, with which several threads may help: each takes the next piece of the rows
/// until none is left. What one has found rules out rows for all.
///
/// Whoever takes which piece changes nothing: the best rows are the same.
package final class FlatSearch: Sendable {
    private let scan: FlatScan
    private let pieces: [FlatIndex.Run]
    private let floors: SharedFloors
    private let limit: Int
    private let next = Atomic<Int>(0)
    /// Of each helper, by query.
    private let found = Mutex<[[[reel_candidate]]]>([])
    /// Threads that are of use.
    package let usefulHelpers: Int

    /// Below about a millisecond of arithmetic another thread costs more than it brings.
    private static let workPerHelper = 1 << 22  // multiplications
    /// Rows of a piece, at least: the processor reads them as a stream.
    private static let rowsPerPiece = 4096
    private static let piecesPerHelper = 8

    /// - Parameters:
    ///   - limit: how many rows to find for each query, 1 or more.
    ///   - helpers: threads that will help at most.
    init(_ scan: FlatScan, over runs: [FlatIndex.Run], limit: Int, helpers: Int) {
        self.scan = scan
        self.limit = limit
        let rowCount = runs.reduce(0) { $0 + $1.rows.count }
        let work = rowCount * scan.queries.dimension * scan.queries.count
        usefulHelpers = min(helpers, max(1, work / Self.workPerHelper))
        floors = SharedFloors(queryCount: scan.queries.count)
        let share = max(Self.rowsPerPiece, rowCount / (usefulHelpers * Self.piecesPerHelper))
        pieces =
            usefulHelpers == 1
            ? runs : FlatIndex.split(runs, into: max(1, rowCount / share)).flatMap { $0 }
    }

    /// Works on what nobody has taken, until nothing is left.
    package func help() {
        guard var piece = nextPiece() else { return }
        var share = scan.share()
        while true {
            scan.scan(piece, for: &share, usefulHelpers > 1 ? floors : nil)
            guard let another = nextPiece() else { break }
            piece = another
        }
        let candidates = scan.candidates(of: share)
        found.withLock { $0.append(candidates) }
    }

    private func nextPiece() -> FlatIndex.Run? {
        let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return piece < pieces.count ? pieces[piece] : nil
    }

    /// Of each query the best rows, best first; once all who helped are done.
    package func matches() -> [[VectorMatch]] {
        let found = found.withLock { $0 }
        return (0..<scan.queries.count).map { query in
            let candidates: [reel_candidate] = found.flatMap { $0[query] }
            return candidates.sorted(by: Self.isBetter).prefix(limit).map(VectorMatch.init)
        }
    }

    /// The same, with as many threads as are of use.
    func run() -> [[VectorMatch]] {
        if usefulHelpers > 1 {
            DispatchQueue.concurrentPerform(iterations: usefulHelpers) { _ in help() }
        } else {
            help()
        }
        return matches()
    }

    /// The order of results; the heaps of the kernel keep the same.
    private static func isBetter(_ left: reel_candidate, _ right: reel_candidate) -> Bool {
        left.score != right.score ? left.score > right.score : left.position < right.position
    }
}

extension VectorMatch {
    fileprivate init(_ candidate: reel_candidate) {
        self.init(
            segment: Int(candidate.position >> 32),
            row: Int(candidate.position & 0xffff_ffff), score: candidate.score)
    }
}
