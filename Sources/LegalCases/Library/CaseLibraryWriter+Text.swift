internal import Glibc
internal import SQLite
internal import Storage

extension CaseLibraryWriter {
    /// Cases a segment: its memory while it is built is about 300 MB at 400 characters a case.
    private static let segmentSize: Int64 = 1 << 16
    /// Facts cut together.
    private static let batch = 4000

    /// Brings the text index up to date: segments that miss cases, or were cut by another ICU, are
    /// made again. Files first, then the rows that name them; what no row names is removed.
    /// - Parameter progress: cases done, of those to do.
    package func indexTexts(
        progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
    ) throws {
        let ranges = try connection.statement(
            "SELECT (id - 1) / ?1, count(*) FROM cases GROUP BY 1 ORDER BY 1"
        ).rows(Self.segmentSize) { (number: $0.int(0), cases: Int($0.int(1))) }
        let stale = try ranges.filter { range in
            try connection.statement(
                "SELECT 1 FROM text_segments WHERE number = ?1 AND cases = ?2 AND terms = ?3"
            ).first(range.number, range.cases, TextSegment.termVersion) { _ in true } == nil
        }
        let total = stale.reduce(0) { $0 + $1.cases }
        var done = 0
        for range in stale {
            guard !isCancelled() else { return }
            let builder = try segment(range.number, isCancelled: isCancelled) {
                done += $0
                progress(done, total)
            }
            guard let builder else { return }
            let file = try unusedName(range.number)
            try builder.write(to: paths.textSegment(file))
            try connection.transaction {
                try connection.statement(
                    "INSERT OR REPLACE INTO text_segments VALUES (?1, ?2, ?3, ?4)"
                ).run(range.number, file, builder.count, TextSegment.termVersion)
            }
        }
        try sweepTexts()
    }

    /// - Returns: nil when it was cancelled.
    private func segment(
        _ number: Int64, isCancelled: () -> Bool, progress: (Int) -> Void
    ) throws -> TextSegmentBuilder? {
        var builder = TextSegmentBuilder()
        let before = number * Self.segmentSize
        // Those with the same first charge together.
        let ids = try connection.statement(
            "SELECT case_id FROM case_charges WHERE place = 0 AND case_id > ?1 AND case_id <= ?2 "
                + "ORDER BY charge_id, case_id"
        ).rows(before, before + Self.segmentSize) { $0.int(0) }
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            guard !isCancelled() else { return nil }
            let group = ids[start..<min(start + Self.batch, ids.count)]
            let facts = try group.compactMap { id in
                try connection.statement("SELECT fact FROM cases WHERE id = ?1")
                    .first(id) { (id: id, fact: $0.text(0)) }
            }
            try builder.add(facts)
            progress(facts.count)
        }
        return builder
    }

    /// Another name than the file that is there now has: readers may still have that open.
    private func unusedName(_ number: Int64) throws -> String {
        let present = try connection.statement("SELECT file FROM text_segments WHERE number = ?1")
            .first(number) { $0.text(0) }
        let last = present?.split(separator: "-").last.flatMap { Int($0) } ?? 0
        return "\(CasePaths.textSegmentPrefix)\(number)-\(last + 1)"
    }

    private func sweepTexts() throws {
        let named = Set(
            try connection.statement("SELECT file FROM text_segments").rows { $0.text(0) })
        for name in DurableFile.names(in: paths.root)
        where name.hasPrefix(CasePaths.textSegmentPrefix) && !named.contains(name) {
            unlink(paths.textSegment(name))
        }
    }
}
