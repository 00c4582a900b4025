import Corpus

/// The terms of passages that were added and are not yet in the database: the next segment.
struct PostingBuffer {
    private struct Entry {
        var term: UInt32
        /// Row, from the segment's first.
        var place: UInt32
        var times: UInt16
    }

    private(set) var directory: SegmentDirectory?
    private var terms = TermTable()
    private var entries: [Entry] = []
    /// The newest entry of each term.
    private var newest: [Int32] = []
    /// Spelled words and the number of each one's stem, since stemming is slow: a table a rule.
    private var words: [(rule: StemmingRule, table: TermTable, stems: [UInt32])] = []

    /// A buffer with this many entries is written, though its transaction goes on.
    static let entryLimit = 1 << 22
    /// Rows further apart than this begin a new segment.
    static let gapLimit: Int64 = 4096

    /// How the words were stemmed.
    var rules: [StemmingRule] { words.map(\.rule) }
    var isEmpty: Bool { directory == nil }
    var isFull: Bool { entries.count >= Self.entryLimit }

    /// Whether the row can join those that are here.
    func takes(_ row: Int64) -> Bool {
        guard let directory else { return true }
        return !isFull && row >= directory.endRow && row - directory.endRow <= Self.gapLimit
    }

    mutating func add(
        _ passage: Passage, row: Int64, asset: AssetID, ordinal: Int, tokenizer: TermTokenizer
    ) {
        let rule = tokenizer.stemmer.rule(for: passage.language)
        let words = self.words.firstIndex { $0.rule == rule } ?? self.words.count
        if words == self.words.count { self.words.append((rule, TermTable(), [])) }
        var directory = self.directory ?? SegmentDirectory(firstRow: row)
        self.directory = nil  // so that its arrays have one owner
        let place = UInt32(row - directory.firstRow)
        let length = tokenizer.forEachRankingTerm(in: passage.text) { term in
            add(number(of: term, words, tokenizer.stemmer), place: place)
        }
        directory.append(passage, row: row, asset: asset, ordinal: ordinal, length: length)
        self.directory = directory
    }

    private mutating func number(
        of term: RankingTerm, _ table: Int, _ stemmer: WordStemmer
    ) -> UInt32 {
        guard term.kind == .word else { return UInt32(terms.number(of: term.folded)) }
        let word = words[table].table.number(of: term.folded)
        if word < words[table].stems.count { return words[table].stems[word] }
        let stem = stemmer.withStem(of: term.folded, by: words[table].rule) {
            UInt32(terms.number(of: $0))
        }
        words[table].stems.append(stem)
        return stem
    }

    private mutating func add(_ term: UInt32, place: UInt32) {
        if Int(term) < newest.count {
            let last = Int(newest[Int(term)])
            if last >= 0, entries[last].place == place {
                entries[last].times = entries[last].times == .max ? .max : entries[last].times + 1
                return
            }
        } else {
            newest.append(contentsOf: repeatElement(-1, count: Int(term) + 1 - newest.count))
        }
        newest[Int(term)] = Int32(entries.count)
        entries.append(Entry(term: term, place: place, times: 1))
    }

    mutating func removeAll() {
        directory = nil
        entries.removeAll(keepingCapacity: entries.count < 1 << 16)
        newest.removeAll(keepingCapacity: true)
        terms.removeAll()
        words.removeAll()
    }

    /// Visits the posting lists by the order of their terms.
    func forEachList(
        _ body: (_ term: UnsafeRawBufferPointer, _ list: [UInt8]) throws -> Void
    ) throws {
        guard let directory else { return }
        // Entries by term; within a term the rows ascend as they came.
        var starts = [Int](repeating: 0, count: terms.count + 1)
        for entry in entries { starts[Int(entry.term) + 1] += 1 }
        for term in 0..<terms.count { starts[term + 1] += starts[term] }
        var next = starts
        let order = [Int32](unsafeUninitializedCapacity: entries.count) { room, count in
            for (index, entry) in entries.enumerated() {
                room[next[Int(entry.term)]] = Int32(index)
                next[Int(entry.term)] += 1
            }
            count = entries.count
        }
        var writer = PostingListWriter()
        var runs = RunGatherer()
        for term in terms.sortedNumbers() where starts[term] < starts[term + 1] {
            writer.begin()
            for index in starts[term]..<starts[term + 1] {
                let entry = entries[Int(order[index])]
                let row = directory.firstRow + Int64(entry.place)
                runs.add(row: row, times: entry.times, to: &writer)
            }
            runs.flush(to: &writer)
            try terms.withTerm(term) { bytes in
                writer.end(term: bytes)
                try body(bytes, writer.bytes)
            }
        }
    }
}

/// Puts the passages of a window into runs: rows come ascending.
struct RunGatherer {
    private var window = -1
    private var once: [UInt16] = []
    /// times << 16 | offset, of those that hold the term more than once.
    private var often: [UInt32] = []

    mutating func add(row: Int64, times: UInt16, to writer: inout PostingListWriter) {
        let window = Int(row >> 16)
        if window != self.window { flush(to: &writer) }
        self.window = window
        let offset = UInt16(truncatingIfNeeded: row)
        if times == 1 {
            once.append(offset)
        } else {
            often.append(UInt32(times) << 16 | UInt32(offset))
        }
    }

    mutating func flush(to writer: inout PostingListWriter) {
        once.withUnsafeBufferPointer { writer.append(window: window, times: 1, offsets: $0) }
        once.removeAll(keepingCapacity: true)
        guard !often.isEmpty else { return }
        often.sort()
        var start = 0
        while start < often.count {
            let times = often[start] >> 16
            var end = start
            while end < often.count, often[end] >> 16 == times {
                once.append(UInt16(truncatingIfNeeded: often[end]))
                end += 1
            }
            once.withUnsafeBufferPointer {
                writer.append(window: window, times: Int(times), offsets: $0)
            }
            once.removeAll(keepingCapacity: true)
            start = end
        }
        often.removeAll(keepingCapacity: true)
    }
}
