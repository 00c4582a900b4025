import CSQLite

/// Cuts text into the terms of an FTS5 index.
///
/// FTS5 hands over whatever bytes a row or a query holds: they may not be UTF-8, and must never
/// trap. The same bytes must always give the same terms, or rows cannot be deleted again.
package protocol FullTextTokenizer: AnyObject {
    /// Calls `emit` for every term in the order of the text, and stops when it returns false.
    func tokens(
        in text: UnsafeBufferPointer<UInt8>, reason: TokenizationReason,
        emit: (FullTextToken) -> Bool)
}

package enum TokenizationReason: Sendable {
    case document
    case query
    /// A query whose last term is the beginning of a word.
    case prefix
    /// FTS5's own functions, such as `snippet`, looking at a stored row.
    case auxiliary
}

package struct FullTextToken {
    /// The term as it is stored, valid during the call.
    package let term: UnsafeBufferPointer<UInt8>
    /// Where the text has it, in bytes.
    package let range: Range<Int>
    /// Another spelling of the term before, at the same position.
    package let isColocated: Bool

    package init(term: UnsafeBufferPointer<UInt8>, range: Range<Int>, isColocated: Bool = false) {
        self.term = term
        self.range = range
        self.isColocated = isColocated
    }
}

extension Connection {
    /// The tokenizer registered under a name, for whoever comes second.
    package func tokenizer(named name: String) -> (any FullTextTokenizer)? { tokenizers[name] }

    /// Makes `tokenize = 'name'` mean this tokenizer for tables of this connection. A table that
    /// has been used already keeps the one it found then.
    package func registerTokenizer(name: String, _ tokenizer: any FullTextTokenizer) throws {
        let api = try fullTextInterface()
        var functions = fts5_tokenizer(
            xCreate: createTokenizer, xDelete: deleteTokenizer, xTokenize: tokenize)
        // FTS5 calls `releaseBox` when the connection closes or the name is registered anew, but
        // not when registering fails.
        let box = Unmanaged.passRetained(TokenizerBox(tokenizer)).toOpaque()
        let code = api.pointee.xCreateTokenizer(api, name, box, &functions, releaseBox)
        guard code == SQLITE_OK else {
            Unmanaged<TokenizerBox>.fromOpaque(box).release()
            throw database.error(code, sql: "tokenizer \(name)")
        }
        tokenizers[name] = tokenizer
    }

    /// FTS5's table of functions, fetched as its manual says (sqlite.org/fts5.html, 7).
    private func fullTextInterface() throws -> UnsafeMutablePointer<fts5_api> {
        let sql = "SELECT fts5(?1)"
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        var code = sqlite3_prepare_v2(database.pointer, sql, -1, &statement, nil)
        guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
        let slot = UnsafeMutablePointer<UnsafeMutablePointer<fts5_api>?>.allocate(capacity: 1)
        slot.initialize(to: nil)
        defer { slot.deallocate() }
        code = reel_sqlite_bind_fts5_api(statement, 1, slot)
        guard code == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW, let api = slot.pointee,
            api.pointee.iVersion >= 2
        else { throw database.error(SQLITE_ERROR, sql: sql) }
        return api
    }
}

/// A tokenizer as one pointer, which a protocol's value is not.
private final class TokenizerBox {
    let tokenizer: any FullTextTokenizer
    init(_ tokenizer: any FullTextTokenizer) { self.tokenizer = tokenizer }
}

private func releaseBox(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<TokenizerBox>.fromOpaque(context).release()
}

/// Every table that names the tokenizer holds the box once more.
private func createTokenizer(
    _ context: UnsafeMutableRawPointer?,
    _ arguments: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ count: Int32,
    _ result: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
    guard let context, let result else { return SQLITE_ERROR }
    let box = Unmanaged<TokenizerBox>.fromOpaque(context).retain()
    result.pointee = OpaquePointer(box.toOpaque())
    return SQLITE_OK
}

private func deleteTokenizer(_ instance: OpaquePointer?) {
    guard let instance else { return }
    Unmanaged<TokenizerBox>.fromOpaque(UnsafeRawPointer(instance)).release()
}

private func tokenize(
    _ instance: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ flags: Int32,
    _ text: UnsafePointer<CChar>?, _ byteCount: Int32,
    _ emit: (
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, Int32, Int32, Int32
        ) -> Int32
    )?
) -> Int32 {
    guard let instance, let emit else { return SQLITE_ERROR }
    guard let text, byteCount > 0 else { return SQLITE_OK }
    let tokenizer = Unmanaged<TokenizerBox>.fromOpaque(UnsafeRawPointer(instance))
        .takeUnretainedValue().tokenizer
    let reason: TokenizationReason =
        if flags & FTS5_TOKENIZE_QUERY != 0 {
            flags & FTS5_TOKENIZE_PREFIX != 0 ? .prefix : .query
        } else if flags & FTS5_TOKENIZE_AUX != 0 { .auxiliary } else { .document }
    let bytes = UnsafeRawBufferPointer(start: text, count: Int(byteCount))
        .assumingMemoryBound(to: UInt8.self)
    var code = SQLITE_OK
    tokenizer.tokens(in: bytes, reason: reason) { token in
        // A tokenizer that returns places outside its text is refused, not trusted.
        guard token.range.lowerBound >= 0, token.range.upperBound <= bytes.count,
            let length = Int32(exactly: token.term.count)
        else {
            code = SQLITE_ERROR
            return false
        }
        code = token.term.withMemoryRebound(to: CChar.self) { term in
            emit(
                context, token.isColocated ? FTS5_TOKEN_COLOCATED : 0, term.baseAddress, length,
                Int32(token.range.lowerBound), Int32(token.range.upperBound))
        }
        return code == SQLITE_OK
    }
    return code
}
