import Corpus
import SQLite

/// The part of every passage's score that no query changes, read once per state of the database.
struct PassageWeights {
    /// Which state: other connections' commits, and our own changes.
    struct Version: Equatable {
        var data: Int64
        var changes: Int
    }

    let version: Version
    /// Ascending.
    let rows: [Int64]
    /// Source weight / norm, per row.
    let factors: [Float]

    init(connection: Connection, ranking: TextRanking) throws {
        version = try Self.version(of: connection)
        var rows: [Int64] = []
        var lengths: [Int] = []
        var sources: [PassageSource?] = []
        var named: [String: PassageSource?] = [:]
        let statement = try connection.statement(
            "SELECT row, source, length FROM passages INDEXED BY passage_weights ORDER BY row")
        try statement.forEachRow { row in
            rows.append(row.int(0))
            let name = row.text(1)
            sources.append(
                named[name]
                    ?? {
                        let source = PassageSource(rawValue: name)
                        named[name] = source
                        return source
                    }())
            lengths.append(Int(clamping: max(0, row.int(2))))
            return true
        }
        let total = lengths.reduce(0.0) { $0 + Double($1) }
        let average = rows.isEmpty ? 1 : total / Double(rows.count)
        self.rows = rows
        factors = zip(sources, lengths).map {
            Float(
                ranking.sourceWeight($0)
                    / ranking.lengthPart(length: $1, averageLength: average))
        }
    }

    static func version(of connection: Connection) throws -> Version {
        Version(data: try connection.dataVersion(), changes: connection.totalChanges)
    }

    /// Where a row is in the arrays.
    func index(of row: Int64) -> Int? {
        guard let first = rows.first else { return nil }
        // While nothing has been removed, rows are numbered without gaps.
        let (distance, overflow) = row.subtractingReportingOverflow(first)
        if !overflow, let guess = Int(exactly: distance), rows.indices.contains(guess),
            rows[guess] == row
        {
            return guess
        }
        let index = rows.partitionIndex { $0 >= row }
        return index < rows.count && rows[index] == row ? index : nil
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
