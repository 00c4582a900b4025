internal import Glibc

/// The rankings that a program gave for a set of queries (TREC's "run").
///
/// Lines are `query Q0 document rank score name`. As trec_eval does, the rank is not looked at:
/// documents go by falling score, those of equal score by falling name (bytes).
package struct RankedRun: Sendable {
    let table: PairTable<Float>
    /// Numbers of the table's rows, query after query, best first.
    private let order: [Int32]
    /// Where each query's part of `order` begins; one more than there are queries.
    private let starts: [Int]

    package init(readingAt path: String) throws(EvaluationError) {
        try self.init(try FileText(readingAt: path))
    }

    /// What was written, read back: what is measured is what others would read.
    package init(_ writer: RunWriter, path: String) throws(EvaluationError) {
        try self.init(FileText(writer.bytes, path: path), mayBeEmpty: true)
    }

    /// - Parameter mayBeEmpty: whether it is no mistake that nothing was found at all.
    package init(_ text: FileText, mayBeEmpty: Bool = false) throws(EvaluationError) {
        var table = PairTable<Float>(text)
        var reader = FieldReader(text)
        while reader.next() {
            let fields = reader.fields
            guard fields.count == 6 else {
                throw reader.damage(.fields(found: fields.count, .run))
            }
            try table.add(
                query: fields[0], document: fields[2], value: try reader.score(fields[4]),
                line: reader.line)
        }
        guard mayBeEmpty || !table.rows.isEmpty else {
            throw .empty(path: text.path, format: .run)
        }
        self.table = table
        (order, starts) = Self.sorted(table)
    }

    /// In the order of their first line.
    package var queries: [String] { table.queries }
    package var path: String { table.text.path }
    package var count: Int { table.rows.count }

    /// A query's documents, best first.
    package func documents(of query: String) -> [String] {
        guard let number = table.number(ofQuery: query) else { return [] }
        return rows(ofQuery: number).map { table.text.string(table.rows[Int($0)].document) }
    }

    /// Numbers of the table's rows, best first.
    func rows(ofQuery number: Int) -> ArraySlice<Int32> {
        order[starts[number]..<starts[number + 1]]
    }

    private static func sorted(_ table: PairTable<Float>) -> (order: [Int32], starts: [Int]) {
        let rows = table.rows
        var starts = [Int](repeating: 0, count: table.queries.count + 1)
        for row in rows { starts[Int(row.query) + 1] += 1 }
        for query in starts.indices.dropFirst() { starts[query] += starts[query - 1] }
        var next = starts
        var order = [Int32](repeating: 0, count: rows.count)
        for (index, row) in rows.enumerated() {
            order[next[Int(row.query)]] = Int32(index)
            next[Int(row.query)] += 1
        }
        table.text.bytes.withUnsafeBytes { bytes in
            func goesBefore(_ left: Int32, _ right: Int32) -> Bool {
                let (left, right) = (rows[Int(left)], rows[Int(right)])
                guard left.value == right.value else { return left.value > right.value }
                return isGreater(bytes[left.document], bytes[right.document])
            }
            for query in table.queries.indices {
                order[starts[query]..<starts[query + 1]].sort(by: goesBefore)
            }
        }
        return (order, starts)
    }

    /// As C's `strcmp` compares: byte by byte, and a beginning is less than the whole.
    private static func isGreater(
        _ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>
    ) -> Bool {
        let (left, right) = (
            UnsafeRawBufferPointer(rebasing: left), UnsafeRawBufferPointer(rebasing: right)
        )
        guard let first = left.baseAddress, let second = right.baseAddress else {
            return left.count > right.count
        }
        let comparison = memcmp(first, second, min(left.count, right.count))
        return comparison == 0 ? left.count > right.count : comparison > 0
    }
}
