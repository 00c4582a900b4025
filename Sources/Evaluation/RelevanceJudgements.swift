/// What people said about which document answers which query ("qrels").
///
/// Two forms are read: TREC's `query 0 document level`, divided by blanks, and BEIR's table with
/// tabs, whose first line is `query-id corpus-id score`. A level of 1 or more is relevant, 0 is
/// not; a negative one means that a document was seen and not judged.
package struct RelevanceJudgements: Sendable {
    let table: PairTable<Int32>
    /// By the query's number.
    private(set) var totals: [Totals]

    /// How many documents of a query have which level.
    struct Totals: Sendable {
        /// Levels above 0, highest first.
        var gains: [Int32] = []
        /// Documents of level 0.
        var nonrelevantCount = 0

        var relevantCount: Int { gains.count }
    }

    package init(readingAt path: String) throws(EvaluationError) {
        try self.init(try FileText(readingAt: path))
    }

    package init(_ text: FileText) throws(EvaluationError) {
        var table = PairTable<Int32>(text)
        var reader = FieldReader(text)
        var isFirst = true
        var format = EvaluationError.FileFormat.judgements
        while reader.next() {
            defer { isFirst = false }
            if isFirst, reader.fields.map(text.string) == ["query-id", "corpus-id", "score"] {
                format = .table
                reader.separator = UInt8(ascii: "\t")
                continue
            }
            let isTable = format == .table
            let fields = reader.fields
            guard fields.count == (isTable ? 3 : 4), !fields.contains(where: \.isEmpty) else {
                throw reader.damage(.fields(found: fields.count, format))
            }
            try table.add(
                query: fields[0], document: fields[isTable ? 1 : 2],
                value: try reader.level(fields[isTable ? 2 : 3]), line: reader.line)
        }
        guard !table.rows.isEmpty else { throw .empty(path: text.path, format: format) }
        var totals = [Totals](repeating: Totals(), count: table.queries.count)
        for row in table.rows {
            if row.value > 0 { totals[Int(row.query)].gains.append(row.value) }
            if row.value == 0 { totals[Int(row.query)].nonrelevantCount += 1 }
        }
        for index in totals.indices { totals[index].gains.sort(by: >) }
        self.table = table
        self.totals = totals
    }

    /// In the order of their first line.
    package var queries: [String] { table.queries }
    package var path: String { table.text.path }
    package var count: Int { table.rows.count }
}
