import CKernels
import Corpus
import SQLite

/// What ranking needs of every passage apart from its words, read once per state of the database
/// and laid out in windows of 65 536 rows: a few milliseconds for a million passages.
final class PassageDirectory {
    /// Which state: other connections' commits, and our own changes.
    struct Version: Equatable {
        var data: Int64
        var changes: Int

        init(of connection: Connection) throws {
            data = try connection.dataVersion()
            changes = connection.totalChanges
        }
    }

    struct Window {
        /// The formula's length part; 65 536 of them.
        var lengthParts: [Float]
        /// Weight of each passage's source; 0 where there is none.
        var factors: [Float]
        /// As in `SegmentDirectory`.
        var sources: [UInt8]
        /// Lists may still name passages that are gone.
        var hasRemoved = false
    }

    let version: Version
    private(set) var windows: [Int: Window] = [:]
    /// By row.
    let segments: [Int64]
    /// By row; among them some of passages that are gone.
    let owners: [PassageOwner]
    /// Every way in which words were stemmed.
    let rules: [StemmingRule]
    let passageCount: Int
    let averageLength: Double
    /// By the code of a passage's source; no number for a code that is none.
    private let sourceWeights: [Double]
    /// What one search adds up in and the next takes over; nil while one does.
    private var scores: [Float]?
    /// Lists read so far, by segment and term.
    private var lists: [ListName: PostingList?] = [:]
    private var listBytes = 0
    /// More is not kept from query to query.
    private static let listByteLimit = 48 << 20

    private struct ListName: Hashable {
        var segment: Int64
        var term: String
    }

    init(store: PostingStore, ranking: TextRanking) throws {
        version = try Version(of: store.connection)
        let stored = try store.segments()
        segments = stored.map(\.id)
        owners = stored.flatMap(\.directory.owners)
        rules = Set(stored.flatMap(\.stemming)).sorted().map(StemmingRule.init(name:))
        var directories = stored.map(\.directory)
        var touched: Set<Int> = []
        for row in try store.removedRows() {
            touched.insert(Int(row >> 16))
            let index = directories.partitionIndex { $0.endRow > row }
            if index < directories.count { directories[index].remove(row) }
        }
        passageCount = directories.reduce(0) { $0 + $1.liveCount }
        let total = directories.reduce(0) { sum, directory in
            sum + directory.lengths.reduce(0) { $0 + Int($1) }
        }
        averageLength = passageCount == 0 ? 1 : Double(total) / Double(passageCount)
        let exactWeights = (0...255).map { code in
            let code = UInt8(code)
            return ranking.sourceWeight(
                SegmentDirectory.source(code), isMachineMade: SegmentDirectory.isMachineMade(code))
        }
        sourceWeights = (0...255).map {
            SegmentDirectory.source(UInt8($0)) == nil ? .nan : exactWeights[$0]
        }
        let weights = (0...255).map {
            UInt8($0) == SegmentDirectory.goneCode ? 0 : Float(exactWeights[$0])
        }
        // The length part is a line: its value at no length, and what each word adds.
        let one = ranking.lengthPart(length: 1, averageLength: averageLength)
        let step = ranking.lengthPart(length: 2, averageLength: averageLength) - one
        for directory in directories {
            lay(directory, weights: weights, base: Float(one - step), step: Float(step))
        }
        for window in touched { windows[window]?.hasRemoved = true }
    }

    private func lay(
        _ directory: SegmentDirectory, weights: [Float], base: Float, step: Float
    ) {
        var start = 0
        while start < directory.count {
            let row = directory.firstRow + Int64(start)
            let number = Int(row >> 16)
            let offset = Int(row & 0xffff)
            let count = min(RowSet.windowSize - offset, directory.count - start)
            var window =
                windows.removeValue(forKey: number)
                ?? Window(
                    lengthParts: [Float](repeating: base + step, count: RowSet.windowSize),
                    factors: [Float](repeating: 0, count: RowSet.windowSize),
                    sources: [UInt8](repeating: 0, count: RowSet.windowSize))
            directory.lengths.withUnsafeBufferPointer { lengths in
                window.lengthParts.withUnsafeMutableBufferPointer { parts in
                    for index in 0..<count {
                        parts[offset + index] = base + step * Float(max(1, lengths[start + index]))
                    }
                }
            }
            directory.sources.withUnsafeBufferPointer { sources in
                window.factors.withUnsafeMutableBufferPointer { factors in
                    for index in 0..<count {
                        factors[offset + index] = weights[Int(sources[start + index])]
                    }
                }
            }
            window.sources.replaceSubrange(
                offset..<offset + count, with: directory.sources[start..<start + count])
            windows[number] = window
            start += count
        }
    }

    // MARK: Looking up

    /// Whose passage a row is.
    func owner(of row: Int64) -> (asset: AssetID, ordinal: Int)? {
        let index = owners.partitionIndex { $0.endRow > row }
        guard index < owners.count, owners[index].firstRow <= row else { return nil }
        return (owners[index].asset, owners[index].firstOrdinal + Int(row - owners[index].firstRow))
    }

    /// What ranking needs of a single passage.
    struct PassageFacts {
        /// As in `SegmentDirectory`.
        var sourceCode: UInt8
        /// Of the source.
        var weight: Double
        var lengthPart: Double
    }

    /// Nil where there is no passage.
    func facts(of row: Int64) -> PassageFacts? {
        guard let window = windows[Int(row >> 16)] else { return nil }
        let offset = Int(row & 0xffff)
        let code = window.sources[offset]
        let weight = sourceWeights[Int(code)]
        return weight.isNaN
            ? nil
            : PassageFacts(
                sourceCode: code, weight: weight, lengthPart: Double(window.lengthParts[offset]))
    }

    /// The lists of a term, of all segments that have one.
    func lists(of term: String, in store: PostingStore) throws -> [PostingList] {
        try segments.compactMap { segment in
            let name = ListName(segment: segment, term: term)
            if let known = lists[name] { return known }
            let list = try store.list(of: term, segment: segment)
            listBytes += (list?.byteCount ?? 0) + 64
            if listBytes > Self.listByteLimit {
                lists.removeAll()
                listBytes = list?.byteCount ?? 0
            }
            lists[name] = .some(list)
            return list
        }
    }

    // MARK: Adding up

    /// A window's zeros.
    func takeScores() -> [Float] {
        defer { scores = nil }
        return scores ?? [Float](repeating: 0, count: RowSet.windowSize)
    }

    /// - Parameter zeros: what was taken, zero again.
    func giveBack(_ zeros: [Float]) { scores = zeros }

    /// Passages of a run that are still there.
    func liveCount(of run: PostingRun) -> Int {
        guard let window = windows[run.window] else { return 0 }
        guard window.hasRemoved else { return run.offsets.count }
        return run.offsets.reduce(0) {
            $0 + (window.sources[Int($1)] == SegmentDirectory.goneCode ? 0 : 1)
        }
    }
}

extension Array {
    /// The first index whose element passes, when all that fail stand before all that pass.
    func partitionIndex(where passes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
