internal import JSONText

/// The merges of a byte-pair encoding as a file lists them, best first, until the vocabulary is
/// known too.
struct MergeList: Sendable {
    /// The tokens end to end, left, right, left, right.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count / 2 }

    /// Far above the largest known (under half a million).
    static let limit = 1 << 22

    init() {}

    /// `merges.txt`: a pair a line, after lines that begin with `#version`.
    init(lines: UnsafeRawBufferPointer, path: String) throws(TokenizerError) {
        let text = lines.bindMemory(to: UInt8.self)
        bytes.reserveCapacity(text.count)
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            let crlf = end > start && text[end - 1] == UInt8(ascii: "\r")
            let line = UnsafeBufferPointer(rebasing: text[start..<(crlf ? end - 1 : end)])
            start = end + 1
            guard !line.isEmpty else { continue }
            try append(line: line, path: path)
        }
    }

    /// `["left right", …]` or `[["left", "right"], …]`, as in `tokenizer.json`.
    init(_ scanner: inout JSONScanner, path: String) throws {
        var part: [UInt8] = []
        try scanner.readArray { scanner in
            if try scanner.peek() == .string {
                try scanner.readString(into: &part)
                try part.withUnsafeBufferPointer { line in
                    try append(line: line, path: path)
                }
                return
            }
            var parts = 0
            let line = count + 1
            try scanner.readArray { scanner in
                try scanner.readString(into: &part)
                parts += 1
                guard parts <= 2, !part.isEmpty else {
                    throw TokenizerError.malformedMerge(path: path, line: line)
                }
                bytes.append(contentsOf: part)
                ends.append(bytes.count)
            }
            guard parts == 2 else {
                throw TokenizerError.malformedMerge(path: path, line: line)
            }
            guard count <= Self.limit else {
                throw TokenizerError.tooManyTokens(path: path, limit: Self.limit)
            }
        }
    }

    private mutating func append(
        line: UnsafeBufferPointer<UInt8>, path: String
    ) throws(TokenizerError) {
        if line.starts(with: "#version".utf8) { return }
        let space = UInt8(ascii: " ")
        guard let middle = line.firstIndex(of: space), middle > 0, middle < line.count - 1,
            line[(middle + 1)...].firstIndex(of: space) == nil
        else { throw .malformedMerge(path: path, line: count + 1) }
        guard count < Self.limit else { throw .tooManyTokens(path: path, limit: Self.limit) }
        bytes.append(contentsOf: line[..<middle])
        ends.append(bytes.count)
        bytes.append(contentsOf: line[(middle + 1)...])
        ends.append(bytes.count)
    }

    /// Pairs of ids. Every token, and what two become, must be in the vocabulary.
    ///
    /// - Parameter prefixLength: bytes at the front of a right token that its join leaves out.
    func table(
        for vocabulary: Vocabulary, prefixLength: Int, path: String
    ) throws(TokenizerError) -> MergeTable {
        var table = MergeTable(capacity: max(1, count))
        var joined: [UInt8] = []
        var fault: TokenizerError?
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for rank in 0..<count {
                let left = UTF8Text.rebased(bytes, start..<ends[2 * rank])
                let right = UTF8Text.rebased(bytes, ends[2 * rank]..<ends[2 * rank + 1])
                start = ends[2 * rank + 1]
                joined.removeAll(keepingCapacity: true)
                joined.append(contentsOf: left)
                joined.append(contentsOf: right.dropFirst(prefixLength))
                func id(_ token: UTF8Text.Bytes) -> Int32 {
                    if let id = vocabulary.table.value(of: token) { return id }
                    fault =
                        fault
                        ?? .unknownMerge(
                            path: path, line: rank + 1,
                            token: String(decoding: token, as: UTF8.self))
                    return -1
                }
                let (leftID, rightID) = (id(left), id(right))
                let merge = MergeTable.Merge(
                    rank: Int32(rank), id: joined.withUnsafeBufferPointer { id($0) })
                table.insert(leftID, rightID, merge)
                if fault != nil { return }
            }
        }
        if let fault { throw fault }
        return table
    }
}
