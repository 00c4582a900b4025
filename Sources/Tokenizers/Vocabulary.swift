import JSONText

/// The tokens of a model and their ids, both ways.
struct Vocabulary: Sendable {
    private(set) var table: TokenTable
    /// Entry of the table by id; -1 where the ids have a gap.
    private var entryOfID: [Int32] = []

    /// Ids above this are taken for damage: the largest vocabularies have under a million.
    static let idLimit = TokenTable.limit - 1

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

    /// The tokens that begin with a prefix, without it.
    func tokens(after prefix: [UInt8]) -> TokenTable {
        var rests = TokenTable(capacity: count / 4)
        table.visitTokens { token, id in
            guard token.count > prefix.count,
                prefix.indices.allSatisfy({ token[$0] == prefix[$0] })
            else { return }
            rests.insert(UnsafeBufferPointer(rebasing: token[prefix.count...]), value: id)
        }
        return rests
    }

    /// `[["token", score], …]`, an id a place, inside a Unigram model; `path` for errors.
    init(
        scored scanner: inout JSONScanner, path: String, scores: inout [Double]
    ) throws {
        self.init(capacity: 1 << 15, byteCapacity: 1 << 18)
        var token: [UInt8] = []
        var id = 0
        try scanner.readArray { scanner in
            guard id <= Self.idLimit else {
                throw TokenizerError.tooManyTokens(path: path, limit: Self.idLimit)
            }
            var part = 0
            try scanner.readArray { scanner in
                switch part {
                case 0: try scanner.readString(into: &token)
                case 1:
                    let score = try scanner.readNumberAsSerde()
                    guard score.isFinite else { throw scanner.error(.expectedNumber) }
                    scores.append(score)
                default: throw scanner.error(.expectedCommaOrEnd)
                }
                part += 1
            }
            guard part == 2 else { throw scanner.error(.expectedNumber) }
            token.withUnsafeBufferPointer { insert($0, id: id) }
            id += 1
        }
    }

    /// `vocab.txt`: a token a line, its id the number of the line; `path` for errors.
    init(lines: UnsafeRawBufferPointer, path: String) throws(TokenizerError) {
        // Tokens average eight bytes; a wrong guess only costs a regrowth.
        self.init(capacity: lines.count / 7, byteCapacity: lines.count)
        let bytes = lines.bindMemory(to: UInt8.self)
        var start = 0
        var id = 0
        while start < bytes.count {
            guard id <= Self.idLimit else { throw .tooManyTokens(path: path, limit: Self.idLimit) }
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
