import CSQLite

/// A prepared statement: values go in by position, rows come out one at a time.
///
/// Used by one thread at a time, like the connection it came from.
package final class Statement {
    package let sql: String
    private let database: DatabaseHandle
    private let pointer: OpaquePointer

    init(_ sql: String, on database: DatabaseHandle, isPersistent: Bool) throws {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database.pointer, sql, -1, isPersistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0,
            &prepared, nil)
        // SQL that is only a comment or white space prepares to nothing.
        guard code == SQLITE_OK, let prepared else {
            throw database.error(code == SQLITE_OK ? SQLITE_MISUSE : code, sql: sql)
        }
        self.sql = sql
        self.database = database
        pointer = prepared
    }

    deinit { sqlite3_finalize(pointer) }

    // MARK: Running

    /// Binds, runs to the end, and resets.
    package func run(_ values: (any Bindable)?...) throws {
        try bind(values)
        defer { reset() }
        while try step() {}
    }

    /// Binds, and maps every row.
    package func rows<Element>(
        _ values: (any Bindable)?..., read: (Statement) throws -> Element
    ) throws -> [Element] {
        try bind(values)
        defer { reset() }
        var elements: [Element] = []
        while try step() { elements.append(try read(self)) }
        return elements
    }

    /// Binds, and reads the first row, if there is one.
    package func first<Element>(
        _ values: (any Bindable)?..., read: (Statement) throws -> Element
    ) throws -> Element? {
        try bind(values)
        defer { reset() }
        return try step() ? read(self) : nil
    }

    /// Binds, and visits every row until `body` returns false.
    package func forEachRow(
        _ values: (any Bindable)?..., body: (Statement) throws -> Bool
    ) throws {
        try bind(values)
        defer { reset() }
        while try step() {
            guard try body(self) else { return }
        }
    }

    /// Moves to the next row.
    /// - Returns: false when there are no more.
    package func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let error = database.error(code, sql: sql)
            sqlite3_reset(pointer)
            throw error
        }
    }

    /// Goes back before the first row, releases locks and forgets the bound values.
    package func reset() {
        // Both repeat the code of the last step, which has been reported already.
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    /// Has given a row and is not yet at the end.
    var isRunning: Bool { sqlite3_stmt_busy(pointer) != 0 }

    // MARK: Binding

    /// Binds all values, the first to `?1`. A missing value is NULL.
    package func bind(_ values: [(any Bindable)?]) throws {
        precondition(
            values.count == Int(sqlite3_bind_parameter_count(pointer)),
            "The statement takes another number of values.")
        sqlite3_reset(pointer)
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let code =
                value?.bind(to: BindingPlace(statement: pointer, position: position))
                ?? sqlite3_bind_null(pointer, position)
            guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
        }
    }

    // MARK: The current row

    package var columnCount: Int { Int(sqlite3_column_count(pointer)) }

    package func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(pointer, index(column)) == SQLITE_NULL
    }

    /// 0 for NULL. As everywhere in SQLite, a text is read as the number it begins with.
    package func int(_ column: Int) -> Int64 {
        sqlite3_column_int64(pointer, index(column))
    }

    package func optionalInt(_ column: Int) -> Int64? {
        isNull(column) ? nil : int(column)
    }

    /// 0 for NULL.
    package func double(_ column: Int) -> Double {
        sqlite3_column_double(pointer, index(column))
    }

    /// Empty for NULL. Bytes that are not UTF-8 come out as U+FFFD.
    package func text(_ column: Int) -> String {
        guard let text = sqlite3_column_text(pointer, index(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, index(column)))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    package func optionalText(_ column: Int) -> String? {
        isNull(column) ? nil : text(column)
    }

    /// Empty for NULL.
    package func bytes(_ column: Int) -> [UInt8] {
        withBytes(column) { Array($0) }
    }

    /// The bytes of a blob or a text in SQLite's own memory, valid until the next step.
    package func withBytes<Result>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let start = sqlite3_column_blob(pointer, index(column))
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(pointer, index(column)))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    private func index(_ column: Int) -> Int32 {
        precondition(column >= 0 && column < columnCount, "The row has no such column.")
        return Int32(column)
    }
}
