internal import Glibc
internal import SQLite

/// A library of cases, open for reading.
///
/// Used by one thread at a time, like its connection.
package final class CaseLibrary {
    package let paths: CasePaths
    /// Random, made with the library: a classifier says which one it belongs to.
    package let identity: String
    let connection: Connection

    package init(root: String) throws {
        paths = CasePaths(root: root)
        guard access(paths.catalog, F_OK) == 0 else {
            throw LegalCaseError.noLibrary(path: paths.root)
        }
        connection = try Connection(path: paths.catalog, mode: .readOnly)
        let found = try connection.userVersion()
        guard found == CaseCatalog.format else {
            throw found == 0
                ? LegalCaseError.notALibrary(
                    path: paths.root, reason: "cases.sqlite names no format version")
                : LegalCaseError.unknownFormat(
                    path: paths.root, found: Int(found), known: Int(CaseCatalog.format))
        }
        identity =
            try connection.statement("SELECT identity FROM library").first { $0.text(0) } ?? ""
    }

    package func count() throws -> Int {
        try connection.statement("SELECT count(*) FROM cases").first { Int($0.int(0)) } ?? 0
    }

    /// Charges and how many cases have each, most first.
    package func charges() throws -> [(name: String, cases: Int)] {
        try connection.statement(
            """
            SELECT name, count(*) FROM charges JOIN case_charges ON charge_id = charges.id
            GROUP BY charges.id ORDER BY 2 DESC, 1
            """
        ).rows { ($0.text(0), Int($0.int(1))) }
    }

    /// - Throws: `damagedRow`, and nothing for ids that are not there.
    package func cases(_ ids: [Int64]) throws -> [StoredCase] {
        try ids.compactMap { id in
            try connection.statement("SELECT \(CaseCatalog.columns) FROM cases WHERE id = ?1")
                .first(id, read: CaseCatalog.read)
        }.map(withLists)
    }

    /// All cases in the order of their ids, one at a time.
    /// - Parameter after: only cases with a larger id.
    package func forEachCase(after id: Int64 = 0, _ body: (StoredCase) throws -> Void) throws {
        try connection.snapshot {
            let statement = try connection.prepare(
                "SELECT \(CaseCatalog.columns) FROM cases WHERE id > ?1 ORDER BY id")
            try statement.forEachRow(id) { row in
                try body(try withLists(CaseCatalog.read(row)))
                return true
            }
        }
    }

    private func withLists(_ bare: StoredCase) throws -> StoredCase {
        var stored = bare
        stored.record.charges = try connection.statement(
            """
            SELECT name FROM case_charges JOIN charges ON charges.id = charge_id
            WHERE case_id = ?1 ORDER BY place
            """
        ).rows(stored.id) { $0.text(0) }
        stored.record.articles = try connection.statement(
            "SELECT article FROM case_articles WHERE case_id = ?1 ORDER BY place"
        ).rows(stored.id) { Int($0.int(0)) }
        return stored
    }
}
