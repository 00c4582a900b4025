import CKernels
import Dispatch
import Synchronization

/// A search under way, with which several threads may help, in two rounds: first each takes pieces of
/// the rows until none is left, and what one has found rules out rows for all; then, when all are
/// done, each scores what is left of some rows exactly.
///
/// Whoever takes which piece changes nothing: the best rows are the same.
package final class FlatSearch: Sendable {
    private let scan: FlatScan
    private let pieces: [FlatIndex.Run]
    private let floors: SharedFloors?
    private let limit: Int
    private let nextPiece = Atomic<Int>(0)
    private let shares = Mutex<[FlatScan.Share]>([])
    /// Of each share, by query.
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
        floors = usefulHelpers > 1 ? SharedFloors(queryCount: scan.queries.count) : nil
        let share = max(Self.rowsPerPiece, rowCount / (usefulHelpers * Self.piecesPerHelper))
        pieces =
            usefulHelpers == 1
            ? runs : FlatIndex.split(runs, into: max(1, rowCount / share)).flatMap { $0 }
    }

    /// First round: works on what nobody has taken, until nothing is left.
    package func help() {
        guard var piece = takePiece() else { return }
        var share = scan.share()
        while true {
            scan.scan(piece, for: &share, floors)
            guard let another = takePiece() else { break }
            piece = another
        }
        shares.withLock { [share] in $0.append(share) }
    }

    private func takePiece() -> FlatIndex.Run? {
        let piece = nextPiece.wrappingAdd(1, ordering: .relaxed).oldValue
        return piece < pieces.count ? pieces[piece] : nil
    }

    /// Between the rounds, for one thread: rows that are ruled out by what all know together.
    package func ruleOut() { scan.ruleOut(in: shares.withLock { $0 }) }

    /// Second round: scores what nobody has taken.
    package func score() {
        while let share = shares.withLock({ $0.popLast() }) {
            let candidates = scan.candidates(of: share)
            found.withLock { $0.append(candidates) }
        }
    }

    /// The best rows of a query, best first; after the second round.
    package func matches(_ query: Int) -> [VectorMatch] {
        var candidates: [reel_candidate] = found.withLock { $0.flatMap { $0[query] } }
        candidates.sort(by: Self.isBetter)
        return candidates.prefix(limit).map(VectorMatch.init)
    }

    /// Both rounds, with as many threads as are of use.
    func run() -> [[VectorMatch]] {
        if usefulHelpers > 1 {
            DispatchQueue.concurrentPerform(iterations: usefulHelpers) { _ in help() }
            ruleOut()
            DispatchQueue.concurrentPerform(iterations: usefulHelpers) { _ in score() }
        } else {
            help()
            score()
        }
        return (0..<scan.queries.count).map(matches)
    }

    /// The order of results; the heaps of the kernel keep the same.
    private static func isBetter(_ left: reel_candidate, _ right: reel_candidate) -> Bool {
        left.score != right.score ? left.score > right.score : left.position < right.position
    }
}

extension VectorMatch {
    fileprivate init(_ candidate: reel_candidate) {
        self.init(segment: candidate.part, row: candidate.row, score: candidate.score)
    }
}
