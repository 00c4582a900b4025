import JSONText

/// The ranked merges of a byte-pair encoding, and their application to a word.
struct BytePairMerges: Sendable {
    /// "left right" → rank, as the lines of `merges.txt`: neighbours lie side by side in the word,
    /// so a pair is looked up as text and no ids are resolated while loading.
    private let ranks: TokenTable

    static let mark = Array("</w>".utf8)

    /// `merges.txt`: a pair a line, best first, after an optional line with a version.
    init(lines: UnsafeRawBufferPointer, path: String) throws(TokenizerError) {
        let bytes = lines.bindMemory(to: UInt8.self)
        var ranks = TokenTable(capacity: lines.count / 8, byteCapacity: lines.count)
        var start = 0
        var rank: Int32 = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let crlf = end > start && bytes[end - 1] == UInt8(ascii: "\r")
            let line = UnsafeBufferPointer(rebasing: bytes[start..<(crlf ? end - 1 : end)])
            start = end + 1
            if line.isEmpty || (rank == 0 && line.starts(with: "#version".utf8)) { continue }
            guard Self.isPair(line) else {
                throw .malformedMerge(path: path, line: Int(rank) + 1)
            }
            guard ranks.count < TokenTable.limit else {
                throw .tooManyTokens(path: path, limit: TokenTable.limit)
            }
            ranks.insert(line, value: rank)
            rank += 1
        }
        self.ranks = ranks
    }

    /// `["left right", …]` or `[["left", "right"], …]`, as in `tokenizer.json`.
    init(_ scanner: inout JSONScanner, path: String) throws {
        var ranks = TokenTable(capacity: 1 << 15)
        var rank: Int32 = 0
        var pair: [UInt8] = []
        var part: [UInt8] = []
        try scanner.readArray { scanner in
            if try scanner.peek() == .string {
                try scanner.readString(into: &pair)
            } else {
                pair.removeAll(keepingCapacity: true)
                try scanner.readArray { scanner in
                    try scanner.readString(into: &part)
                    if !pair.isEmpty { pair.append(UInt8(ascii: " ")) }
                    pair.append(contentsOf: part)
                }
            }
            guard pair.withUnsafeBufferPointer(Self.isPair) else {
                throw TokenizerError.malformedMerge(path: path, line: Int(rank) + 1)
            }
            guard ranks.count < TokenTable.limit else {
                throw TokenizerError.tooManyTokens(path: path, limit: TokenTable.limit)
            }
            ranks.insert(pair, value: rank)
            rank += 1
        }
        self.ranks = ranks
    }

    private static func isPair(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return false }
        return space > 0 && space < line.count - 1
            && line[(space + 1)...].firstIndex(of: UInt8(ascii: " ")) == nil
    }

    /// GPT-2's visible character for each byte: the byte itself where it prints in Latin-1, else
    /// the next unused character from U+0100.
    static let visibleCharacters: [[UInt8]] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) in
            let printable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte)
                || (0xAE...0xFF).contains(byte)
            let value = printable ? byte : next
            if !printable { next += 1 }
            return Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
        }
    }()

    /// A part of the word while it is being joined: a range of its text, in a list of neighbours.
    private struct Symbol {
        var range: Range<Int>
        var previous: Int  // -1 at the front
        var next: Int  // -1 at the end
        var isAlive = true
    }

    /// Possible merge of a symbol with its next, best rank first, then leftmost.
    private struct Candidate: Comparable {
        var rank: Int32
        var symbol: Int
        /// The text both covered when this was found; outdated when it no longer is.
        var range: Range<Int>

        static func < (one: Candidate, other: Candidate) -> Bool {
            (one.rank, one.range.lowerBound) < (other.rank, other.range.lowerBound)
        }
    }

    /// The pieces of a word in the vocabulary's spelling. The time grows as n log n, also for
    /// words without end.
    func pieces(of word: UnsafeBufferPointer<UInt8>) -> [ArraySlice<UInt8>] {
        var text: [UInt8] = []
        var symbols: [Symbol] = []
        symbols.reserveCapacity(word.count)
        for (index, byte) in word.enumerated() {
            let start = text.count
            text.append(contentsOf: Self.visibleCharacters[Int(byte)])
            if index == word.count - 1 { text.append(contentsOf: Self.mark) }
            symbols.append(
                Symbol(
                    range: start..<text.count, previous: index - 1,
                    next: index == word.count - 1 ? -1 : index + 1))
        }

        var heap = MinimumHeap<Candidate>()
        var key: [UInt8] = []
        func consider(_ left: Int) {
            let right = left < 0 ? -1 : symbols[left].next
            guard right >= 0 else { return }
            key.removeAll(keepingCapacity: true)
            key.append(contentsOf: text[symbols[left].range])
            key.append(UInt8(ascii: " "))
            key.append(contentsOf: text[symbols[right].range])
            guard let rank = key.withUnsafeBufferPointer({ ranks.value(of: $0) }) else { return }
            heap.push(
                Candidate(
                    rank: rank, symbol: left,
                    range: symbols[left].range.lowerBound..<symbols[right].range.upperBound))
        }
        for index in symbols.indices { consider(index) }
        while let best = heap.pop() {
            let left = best.symbol
            guard symbols[left].isAlive, symbols[left].next >= 0 else { continue }
            let right = symbols[left].next
            guard
                best.range
                    == symbols[left].range.lowerBound..<symbols[right].range.upperBound
            else { continue }
            symbols[left].range = best.range
            symbols[left].next = symbols[right].next
            symbols[right].isAlive = false
            if symbols[left].next >= 0 { symbols[symbols[left].next].previous = left }
            consider(symbols[left].previous)
            consider(left)
        }
        return symbols.filter(\.isAlive).map { text[$0.range] }
    }
}

/// A binary heap with its smallest element on top.
struct MinimumHeap<Element: Comparable> {
    private var elements: [Element] = []

    mutating func push(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, elements[child] < elements[(child - 1) / 2] {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Element? {
        guard let top = elements.first, let last = elements.popLast() else { return nil }
        if elements.isEmpty { return top }
        elements[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [parent * 2 + 1, parent * 2 + 2]
            where child < elements.count && elements[child] < elements[smallest] {
                smallest = child
            }
            if smallest == parent { return top }
            elements.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
