import SQLite

extension PostingStore {
    /// So many neighbouring segments of like size become one.
    private static let fanOut = 8

    /// Joins the last segments while there are eight or more of a size class or below. A class is
    /// eight times as large as the one before.
    func joinWhereMany() throws {
        while true {
            let sizes = try connection.statement(
                "SELECT id, row_count FROM posting_segments ORDER BY first_row"
            ).rows { (id: $0.int(0), tier: Self.tier($0.int(1))) }
            let crowd = (0..<22).lazy.map { tier in
                sizes.reversed().prefix { $0.tier <= tier }.count
            }.first { $0 >= Self.fanOut }
            guard let crowd else { return }
            try join(sizes.suffix(crowd).map(\.id))
        }
    }

    private static func tier(_ rows: Int64) -> Int {
        (Int64.bitWidth - max(1, rows).leadingZeroBitCount - 1) / 3
    }

    /// Writes the segments that hold removed passages again, so that no term of theirs is left.
    func purge() throws {
        try flush()
        let removed = try removedRows()
        guard !removed.isEmpty else { return }
        let segments = try connection.statement(
            "SELECT id, first_row, row_count FROM posting_segments ORDER BY first_row"
        ).rows { (id: $0.int(0), rows: $0.int(1)..<$0.int(1) + max(0, $0.int(2))) }
        for segment in segments {
            let next = removed.partitionIndex { $0 >= segment.rows.lowerBound }
            guard next < removed.count, segment.rows.contains(removed[next]) else { continue }
            try join([segment.id])
        }
        try connection.execute("DELETE FROM posting_removed")
    }

    /// Replaces neighbouring segments by one without the removed passages; by none when no
    /// passage is left.
    /// - Parameter ids: by row.
    private func join(_ ids: [Int64]) throws {
        let all = try self.segments()
        let segments = ids.compactMap { id in all.first { $0.id == id } }
        guard var directory = segments.first?.directory, let last = segments.last?.directory else {
            return
        }
        for segment in segments.dropFirst() { directory.append(segment.directory) }
        var removed = RowSet()
        for row in try removedRows() where (directory.firstRow..<last.endRow).contains(row) {
            removed.insert(row)
            directory.remove(row)
            try connection.statement("DELETE FROM posting_removed WHERE row = ?1").run(row)
        }
        if directory.liveCount > 0 {
            let id = (all.map(\.id).max() ?? 0) + 1
            try writeLists(of: segments.map(\.id), as: id, without: removed)
            let stemming = Set(segments.flatMap(\.stemming)).sorted().joined(separator: " ")
            try connection.statement("INSERT INTO posting_segments VALUES (?1, ?2, ?3, ?4, ?5)")
                .run(id, directory.firstRow, directory.count, stemming, directory.bytes)
        }
        for id in ids {
            try connection.statement("DELETE FROM posting_lists WHERE segment = ?1").run(id)
            try connection.statement("DELETE FROM posting_segments WHERE id = ?1").run(id)
        }
    }

    /// Walks the segments side by side, term by term.
    private func writeLists(of ids: [Int64], as id: Int64, without removed: RowSet) throws {
        let insert = try connection.prepare("INSERT INTO posting_lists VALUES (?1, ?2, ?3)")
        var cursors = try ids.map { try ListCursor(connection, segment: $0) }
        var writer = PostingListWriter()
        while let term = cursors.compactMap(\.term).min(by: { $0.lexicographicallyPrecedes($1) }) {
            var lists: [PostingList] = []
            for index in cursors.indices where cursors[index].term == term {
                lists.append(try cursors[index].takeList())
            }
            writer.begin()
            withExtendedLifetime(lists) {
                Self.append(lists.flatMap(\.runs), without: removed, to: &writer)
            }
            guard !writer.isEmpty else { continue }
            try term.withUnsafeBytes {
                writer.end(term: $0)
                try insert.run(id, $0, writer.bytes)
            }
        }
    }

    /// - Parameter runs: of neighbouring segments, by row.
    private static func append(
        _ runs: [PostingRun], without removed: RowSet, to writer: inout PostingListWriter
    ) {
        // Two segments may share a window: runs of one window and number become one.
        let order = runs.indices.sorted {
            (runs[$0].window, runs[$0].times, $0) < (runs[$1].window, runs[$1].times, $1)
        }
        var start = 0
        var joined: [UInt16] = []
        while start < order.count {
            let first = runs[order[start]]
            var end = start + 1
            while end < order.count, runs[order[end]].window == first.window,
                runs[order[end]].times == first.times
            {
                end += 1
            }
            joined.removeAll(keepingCapacity: true)
            for place in start..<end { joined.append(contentsOf: runs[order[place]].offsets) }
            if removed.windows[first.window] != nil {
                joined.removeAll { removed.contains(Int64(first.window) << 16 | Int64($0)) }
            }
            joined.withUnsafeBufferPointer {
                writer.append(window: first.window, times: first.times, offsets: $0)
            }
            start = end
        }
    }
}

/// Reads the lists of a segment by the order of their terms.
struct ListCursor {
    private let statement: Statement
    /// Nil behind the last.
    private(set) var term: [UInt8]?

    init(_ connection: Connection, segment: Int64) throws {
        statement = try connection.prepare(
            "SELECT term, list FROM posting_lists WHERE segment = ?1 ORDER BY term")
        try statement.bind([segment])
        try advance()
    }

    private mutating func advance() throws {
        term = try statement.step() ? statement.bytes(0) : nil
    }

    /// The list of `term`; moves on to the next.
    mutating func takeList() throws -> PostingList {
        let list = (term ?? []).withUnsafeBytes { term in
            statement.withBytes(1) { PostingList($0, term: term) }
        }
        guard let list else {
            throw TextSearchError.damagedPostings(
                term: String(decoding: term ?? [], as: UTF8.self))
        }
        try advance()
        return list
    }
}
