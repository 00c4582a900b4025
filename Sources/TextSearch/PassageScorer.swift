import CKernels
import Corpus

/// A term of a query, with the passages that hold it.
struct ScoredTerm {
    var term: QueryPlan.Term
    /// Own the memory that `runs` look into.
    var lists: [PostingList]
    /// By window.
    var runs: [PostingRun]
    var documentFrequency: Int
    var idf: Double

    var factor: Double { idf * Double(term.repeats) }
}

/// Finds the passages that score best, window by window: each term's postings are added into an
/// array with a place for every passage of the window, which then is scanned for what beats the
/// worst of the best so far.
///
/// Nothing is skipped, so that matches are counted exactly. Skipping by upper bounds (Ding and
/// Suel, *Faster Top-k Document Retrieval Using Block-Max Indexes*, SIGIR 2011) would have to save
/// more than its bookkeeping costs, against about a nanosecond a posting.
struct PassageScorer {
    let directory: PassageDirectory
    let ranking: TextRanking
    let limits: [QueryPlan.Limit]
    let filter: PassageFilter

    struct Best {
        var rows: [Int64]
        var matchCount: Int
    }

    /// Passages that are scanned at a time, so that the scan soon knows what to beat.
    private static let scanSize = 4096
    /// A window with fewer postings is not scanned.
    private static let fewPostings = 1024

    func best(_ limit: Int, of terms: [ScoredTerm]) -> Best {
        var pieces: [(window: Int, term: Int, run: PostingRun)] = []
        for (index, term) in terms.enumerated() {
            for run in term.runs { pieces.append((run.window, index, run)) }
        }
        pieces.sort { $0.window < $1.window }
        var top = TopPassages(limit: limit)
        var matchCount = 0
        var work = Workspace(scores: directory.takeScores())
        defer { directory.giveBack(work.scores) }
        var start = 0
        while start < pieces.count {
            let window = pieces[start].window
            var end = start
            while end < pieces.count, pieces[end].window == window { end += 1 }
            if let passages = directory.windows[window] {
                work.limited.removeAll(keepingCapacity: true)
                for piece in pieces[start..<end] {
                    let weight = ranking.weight(occurrences: piece.run.times)
                    let above = Float(terms[piece.term].factor * weight.above)
                    guard above > 0 else { continue }
                    add(
                        piece.run, above: above, below: Float(weight.below),
                        limit: terms[piece.term].term.limit, passages, &work)
                }
                matchCount += take(
                    pieces[start..<end].map(\.run), window: window, passages, &work, into: &top)
            }
            start = end
        }
        withExtendedLifetime(terms) {}
        return Best(rows: top.rows, matchCount: matchCount)
    }

    private struct Workspace {
        /// Zero between windows, and after the last.
        var scores: [Float]
        var offsets = [UInt16](repeating: 0, count: scanSize)
        var results = [Float](repeating: 0, count: scanSize)
        /// Length parts of the window by limit: infinite, so that nothing is added, where the
        /// limit does not admit.
        var limited: [Int: [Float]] = [:]
    }

    private func add(
        _ run: PostingRun, above: Float, below: Float, limit: Int?,
        _ passages: PassageDirectory.Window, _ work: inout Workspace
    ) {
        if let limit, work.limited[limit] == nil {
            work.limited[limit] = lengthParts(run.window, passages, limits[limit])
        }
        let lengthParts = limit.flatMap { work.limited[$0] } ?? passages.lengthParts
        reel_add_term(
            &work.scores, lengthParts, run.offsets.baseAddress, run.offsets.count, above, below)
    }

    private func lengthParts(
        _ window: Int, _ passages: PassageDirectory.Window, _ limit: QueryPlan.Limit
    ) -> [Float] {
        var parts = [Float](repeating: .infinity, count: RowSet.windowSize)
        let offsets = limit.rows?.offsets(in: window) ?? Array(0...UInt16.max)
        for offset in offsets.lazy.map(Int.init)
        where limit.sources.isEmpty
            || limit.sources.contains(SegmentDirectory.sourceCode(passages.sources[offset]))
        {
            parts[offset] = passages.lengthParts[offset]
        }
        return parts
    }

    /// Moves the window's scores into the top, and counts them.
    private func take(
        _ runs: [PostingRun], window: Int, _ passages: PassageDirectory.Window,
        _ work: inout Workspace, into top: inout TopPassages
    ) -> Int {
        let factors = filter.factors(of: window, passages)
        let firstRow = Int64(window) << 16
        var matchCount = 0
        if runs.reduce(0, { $0 + $1.offsets.count }) < Self.fewPostings {
            var taken: [(row: Int64, score: Float)] = []
            for run in runs {
                for offset in run.offsets.lazy.map(Int.init) where work.scores[offset] > 0 {
                    let score = work.scores[offset] * factors[offset]
                    work.scores[offset] = 0
                    if score > 0 { taken.append((firstRow + Int64(offset), score)) }
                }
            }
            for (row, score) in taken.sorted(by: { $0.row < $1.row }) { top.add(row, score) }
            return taken.count
        }
        for start in stride(from: 0, to: RowSet.windowSize, by: Self.scanSize) {
            let taken = reel_take_scores(
                &work.scores, factors, start, Self.scanSize, top.threshold, &work.offsets,
                &work.results)
            matchCount += taken.matched
            for index in 0..<taken.listed {
                top.add(firstRow + Int64(work.offsets[index]), work.results[index])
            }
        }
        return matchCount
    }
}

/// The best passages so far. Rows are offered ascending: of equals the first stays.
private struct TopPassages {
    private let limit: Int
    /// A heap whose first is the worst.
    private var heap: [(row: Int64, score: Float)] = []

    init(limit: Int) { self.limit = limit }

    /// What a newcomer must beat.
    var threshold: Float {
        limit == 0 ? .infinity : heap.count < limit ? 0 : heap[0].score
    }

    /// Best first.
    var rows: [Int64] { heap.sorted { Self.isWorse($1, $0) }.map(\.row) }

    private static func isWorse(
        _ left: (row: Int64, score: Float), _ right: (row: Int64, score: Float)
    ) -> Bool {
        left.score != right.score ? left.score < right.score : left.row > right.row
    }

    mutating func add(_ row: Int64, _ score: Float) {
        guard score > threshold else { return }
        var place: Int
        if heap.count < limit {
            heap.append((row, score))
            place = heap.count - 1
            while place > 0, Self.isWorse(heap[place], heap[(place - 1) / 2]) {
                heap.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
            return
        }
        heap[0] = (row, score)
        place = 0
        while true {
            var worst = place
            let child = 2 * place + 1
            if child < heap.count, Self.isWorse(heap[child], heap[worst]) { worst = child }
            if child + 1 < heap.count, Self.isWorse(heap[child + 1], heap[worst]) {
                worst = child + 1
            }
            guard worst != place else { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }
}

/// Which passages may be found at all.
struct PassageFilter {
    /// Rows of wanted assets, ascending; nil when every asset is.
    private let wanted: [Range<Int64>]?
    private let excluded: RowSet

    init(
        _ directory: PassageDirectory, isWanted: ((AssetID) -> Bool)?, excluded: RowSet
    ) {
        self.excluded = excluded
        guard let isWanted else {
            wanted = nil
            return
        }
        var answers: [AssetID: Bool] = [:]
        wanted = directory.owners.compactMap { owner in
            let answer = answers[owner.asset] ?? isWanted(owner.asset)
            answers[owner.asset] = answer
            return answer ? owner.firstRow..<owner.endRow : nil
        }
    }

    /// The window's factors, 0 where a passage must not be found.
    func factors(of window: Int, _ passages: PassageDirectory.Window) -> [Float] {
        guard wanted != nil || excluded.windows[window] != nil else { return passages.factors }
        var factors = passages.factors
        if let wanted {
            factors = [Float](repeating: 0, count: RowSet.windowSize)
            let first = Int64(window) << 16
            let end = first + Int64(RowSet.windowSize)
            for rows in wanted[wanted.partitionIndex { $0.upperBound > first }...] {
                guard rows.lowerBound < end else { break }
                let part = rows.clamped(to: first..<end)
                let places = Int(part.lowerBound - first)..<Int(part.upperBound - first)
                factors.replaceSubrange(places, with: passages.factors[places])
            }
        }
        for offset in excluded.offsets(in: window) { factors[Int(offset)] = 0 }
        return factors
    }
}
