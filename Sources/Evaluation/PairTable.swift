internal import Glibc

/// Pairs of a query and a document with a value each, as both kinds of file hold them: in the
/// order of the file, and found by hash.
struct PairTable<Value: Sendable>: Sendable {
    let text: FileText
    /// In the order of their first line.
    private(set) var queries: [String] = []
    private var queryNumbers: [String: Int] = [:]
    private(set) var rows: [Row] = []
    /// Row + 1 at the place its hash says or the next free one; 0 where free.
    private var slots = [Int32](repeating: 0, count: 1 << 10)
    private var lastQuery: Range<Int>?

    struct Row {
        var query: Int32
        var line: Int32
        var document: Range<Int>
        /// Of query and document: told apart by it, most names need not be compared.
        var hash: Int
        var value: Value
    }

    init(_ text: FileText) { self.text = text }

    /// A query's number, by its name in the text.
    mutating func number(ofQuery name: Range<Int>) -> Int32 {
        // Lines of a query mostly stand together.
        if let lastQuery, let last = rows.last, areEqual(lastQuery, name) { return last.query }
        lastQuery = name
        let string = text.string(name)
        if let known = queryNumbers[string] { return Int32(known) }
        queryNumbers[string] = queries.count
        queries.append(string)
        return Int32(queries.count - 1)
    }

    func number(ofQuery name: String) -> Int? { queryNumbers[name] }

    mutating func add(
        query: Range<Int>, document: Range<Int>, value: Value, line: Int
    ) throws(EvaluationError) {
        let number = number(ofQuery: query)
        if 2 * (rows.count + 1) > slots.count { grow() }
        let hash = Self.hash(query: Int(number), document: document, of: text)
        let slot = slot(hash, query: Int(number), document: document, of: text)
        guard slots[slot] == 0 else {
            throw .duplicate(
                path: text.path, line: line, firstLine: Int(rows[Int(slots[slot]) - 1].line),
                query: text.string(query), document: text.string(document))
        }
        // A file of more than two thousand million lines does not fit the memory first.
        rows.append(
            Row(
                query: number, line: Int32(truncatingIfNeeded: line), document: document,
                hash: hash, value: value))
        slots[slot] = Int32(rows.count)
    }

    /// The value of a document that another text names.
    func value(query: Int, document: Range<Int>, of other: FileText) -> Value? {
        let hash = Self.hash(query: query, document: document, of: other)
        let row = slots[slot(hash, query: query, document: document, of: other)]
        return row == 0 ? nil : rows[Int(row) - 1].value
    }

    private static func hash(query: Int, document: Range<Int>, of text: FileText) -> Int {
        var hasher = Hasher()
        hasher.combine(query)
        text.bytes.withUnsafeBytes {
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[document]))
        }
        return hasher.finalize()
    }

    /// Where a pair is, or would be.
    private func slot(
        _ hash: Int, query: Int, document: Range<Int>, of other: FileText
    ) -> Int {
        other.bytes.withUnsafeBytes { bytes in
            let name = UnsafeRawBufferPointer(rebasing: bytes[document])
            let mask = slots.count - 1
            var slot = hash & mask
            while slots[slot] != 0 {
                let row = rows[Int(slots[slot]) - 1]
                if row.hash == hash, row.query == query, isEqual(row.document, to: name) { break }
                slot = (slot + 1) & mask
            }
            return slot
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: 2 * slots.count)
        let mask = slots.count - 1
        for (index, row) in rows.enumerated() {
            var slot = row.hash & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index + 1)
        }
    }

    // MARK: Names

    private func isEqual(_ range: Range<Int>, to name: UnsafeRawBufferPointer) -> Bool {
        guard range.count == name.count else { return false }
        return text.bytes.withUnsafeBytes { bytes in
            guard let left = bytes.baseAddress, let right = name.baseAddress else { return true }
            return memcmp(left + range.lowerBound, right, range.count) == 0
        }
    }

    private func areEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        text.bytes.withUnsafeBytes {
            isEqual(left, to: UnsafeRawBufferPointer(rebasing: $0[right]))
        }
    }
}
