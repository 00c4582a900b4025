import CSQLite

/// The SQLite in use, for diagnostics.
package enum SQLiteLibrary {
    package static var version: String { String(cString: sqlite3_libversion()) }
}
