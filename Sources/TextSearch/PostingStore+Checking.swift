import CKernels
import Corpus
import Glibc
import SQLite

extension PostingStore {
    /// Makes the postings of every passage anew, and compares them with what is stored.
    ///
    /// Both sides are added up rather than sorted: a sum of 64-bit hashes, one a posting, is the
    /// same in any order, and two different sets share it by chance only.
    func fitThePassages() throws -> Bool {
        try flush()
        do {
            let segments = try segments()
            let removed = Set(try removedRows())
            var stored = PostingSum()
            var liveRows = 0
            for segment in segments {
                try add(segment, without: removed, to: &stored)
                var directory = segment.directory
                for row in removed { directory.remove(row) }
                liveRows += directory.liveCount
                for owner in directory.owners {
                    for place in 0..<owner.count {
                        let row = owner.firstRow + Int64(place)
                        let index = Int(row - directory.firstRow)
                        guard index < directory.count,
                            directory.sources[index] != SegmentDirectory.goneCode
                        else { continue }
                        stored.addPassage(
                            row: row, asset: owner.asset, ordinal: owner.firstOrdinal + place,
                            source: directory.sources[index], length: directory.lengths[index])
                    }
                }
            }
            let (expected, count) = try expectedSum()
            return stored == expected && liveRows == count
        } catch TextSearchError.damagedPostings {
            return false
        }
    }

    private func add(
        _ segment: Segment, without removed: Set<Int64>, to sum: inout PostingSum
    ) throws {
        var cursor = try ListCursor(connection, segment: segment.id)
        while let term = cursor.term {
            let list = try cursor.takeList()
            withExtendedLifetime(list) {
                let hash = PostingSum.hash(of: term)
                for run in list.runs {
                    for offset in run.offsets {
                        let row = Int64(run.window) << 16 | Int64(offset)
                        if !removed.contains(row) {
                            sum.addPosting(term: hash, row: row, times: run.times)
                        }
                    }
                }
            }
        }
    }

    private func expectedSum() throws -> (sum: PostingSum, passages: Int) {
        var sum = PostingSum()
        var count = 0
        try connection.statement("SELECT \(StoredPassage.columns) FROM passages").forEachRow {
            // A damaged passage is reported elsewhere, and has no place in a new index either.
            guard let stored = try? StoredPassage(reading: $0) else { return true }
            count += 1
            var times: [[UInt8]: Int] = [:]
            let rule = tokenizer.stemmer.rule(for: stored.passage.language)
            let length = tokenizer.forEachRankingTerm(in: stored.passage.text) { term in
                guard term.kind == .word else {
                    times[Array(term.folded), default: 0] += 1
                    return
                }
                tokenizer.stemmer.withStem(of: term.folded, by: rule) {
                    times[Array($0), default: 0] += 1
                }
            }
            for (term, times) in times {
                sum.addPosting(
                    term: PostingSum.hash(of: term), row: stored.row,
                    times: min(times, Int(UInt16.max)))
            }
            sum.addPassage(
                row: stored.row, asset: stored.asset, ordinal: stored.ordinal,
                source: SegmentDirectory.code(stored.passage), length: UInt16(clamping: length))
            return true
        }
        return (sum, count)
    }
}

/// A number that stands for a set of postings and passages.
private struct PostingSum: Equatable {
    private var sum: UInt64 = 0

    static func hash(of term: [UInt8]) -> UInt64 {
        term.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    mutating func addPosting(term: UInt64, row: Int64, times: Int) {
        sum &+= Self.stirred([term, UInt64(bitPattern: row), UInt64(times)])
    }

    mutating func addPassage(
        row: Int64, asset: AssetID, ordinal: Int, source: UInt8, length: UInt16
    ) {
        sum &+= Self.stirred([
            UInt64(bitPattern: row), UInt64(bitPattern: asset.value),
            UInt64(bitPattern: Int64(ordinal)), UInt64(source) << 16 | UInt64(length),
        ])
    }

    /// SplitMix64's last step, over and over.
    private static func stirred(_ numbers: [UInt64]) -> UInt64 {
        numbers.reduce(0x9e37_79b9_7f4a_7c15) { state, number in
            var word = state ^ number
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }
}
