import CSQLite

/// A value that can stand for a `?` in a statement.
package protocol Bindable {
    /// - Returns: SQLite's result code.
    func bind(to place: BindingPlace) -> Int32
}

/// One `?` of a statement that is being bound.
package struct BindingPlace {
    let statement: OpaquePointer
    /// From 1.
    let position: Int32
}

extension Int64: Bindable {
    package func bind(to place: BindingPlace) -> Int32 {
        sqlite3_bind_int64(place.statement, place.position, self)
    }
}

extension Int: Bindable {
    package func bind(to place: BindingPlace) -> Int32 { Int64(self).bind(to: place) }
}

/// SQLite has no NaN: it becomes NULL.
extension Double: Bindable {
    package func bind(to place: BindingPlace) -> Int32 {
        sqlite3_bind_double(place.statement, place.position, self)
    }
}

extension String: Bindable {
    package func bind(to place: BindingPlace) -> Int32 {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer may have no address, which SQLite would take for NULL.
                withUnsafePointer(to: CChar(0)) { empty in
                    reel_sqlite_bind_text(
                        place.statement, place.position, characters.baseAddress ?? empty,
                        UInt64(characters.count))
                }
            }
        }
    }
}

extension UnsafeRawBufferPointer: Bindable {
    package func bind(to place: BindingPlace) -> Int32 {
        guard let start = baseAddress, count > 0 else {
            return sqlite3_bind_zeroblob(place.statement, place.position, 0)
        }
        return reel_sqlite_bind_blob(place.statement, place.position, start, UInt64(count))
    }
}

extension [UInt8]: Bindable {
    package func bind(to place: BindingPlace) -> Int32 {
        withUnsafeBytes { $0.bind(to: place) }
    }
}
