import JSONText

/// The tokens of a model and their ids, both ways.
struct Vocabulary: Sendable {
    private(set) var table: TokenTable
    /// Entry of the table by id; -1 where the ids have a gap.
    private var entryOfID: [Int32] = []

    /// Ids above this are taken for damage: the largest vocabularies have under a million.
    static let idLimit = 1 << 24

    init(capacity: Int, byteCapacity: Int = 0) {
        table = TokenTable(capacity: capacity, byteCapacity: byteCapacity)
        entryOfID.reserveCapacity(capacity)
    }

    var count: Int { table.count }

    /// One past the largest id.
    var idEnd: Int { entryOfID.count }

    /// The id must be within 0…idLimit.
    mutating func insert(_ token: UnsafeBufferPointer<UInt8>, id: Int) {
        precondition(id >= 0 && id <= Self.idLimit, "Ids are checked when read.")
        let entry = table.insert(token, value: Int32(id))
        while entryOfID.count <= id { entryOfID.append(-1) }
        entryOfID[id] = Int32(entry)
    }

    mutating func insert(_ token: String, id: Int) {
        Array(token.utf8).withUnsafeBufferPointer { insert($0, id: id) }
    }

    func id(of token: UnsafeBufferPointer<UInt8>) -> Int? { table.value(of: token).map(Int.init) }

    func id(of token: String) -> Int? { table.value(of: token.utf8).map(Int.init) }

    func token(for id: Int) -> String? {
        guard entryOfID.indices.contains(id), entryOfID[id] >= 0 else { return nil }
        return String(decoding: table.token(at: Int(entryOfID[id])), as: UTF8.self)
    }

    /// Every token with its id.
    func visitTokens(_ body: (ArraySlice<UInt8>, Int) -> Void) {
        for (id, entry) in entryOfID.enumerated() where entry >= 0 {
            body(table.token(at: Int(entry)), id)
        }
    }

    /// `vocab.txt`: a token a line, its id the number of the line.
    init(lines: UnsafeRawBufferPointer) {
        // Tokens average eight bytes; a wrong guess only costs a regrowth.
        self.init(capacity: lines.count / 7, byteCapacity: lines.count)
        let bytes = lines.bindMemory(to: UInt8.self)
        var start = 0
        var id = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let crlf = end > start && bytes[end - 1] == UInt8(ascii: "\r")
            insert(UnsafeBufferPointer(rebasing: bytes[start..<(crlf ? end - 1 : end)]), id: id)
            id += 1
            start = end + 1
        }
    }

    /// `{"token": id, …}`, in `vocab.json` or inside `tokenizer.json`; `path` for errors.
    init(_ scanner: inout JSONScanner, path: String, capacity: Int) throws {
        self.init(capacity: capacity, byteCapacity: capacity * 8)
        var token: [UInt8] = []
        try scanner.readObject(keyBuffer: &token) { scanner, token in
            let id = try scanner.readNumber()
            guard let id = id.integer, (0...Self.idLimit).contains(id) else {
                throw TokenizerError.idOutOfRange(
                    path: path, token: String(decoding: token, as: UTF8.self))
            }
            if entryOfID.indices.contains(id), entryOfID[id] >= 0 {
                throw TokenizerError.repeatedID(path: path, id: id)
            }
            token.withUnsafeBufferPointer { insert($0, id: id) }
        }
    }
}
