/// Follows the bytes of one connection and finds where each request begins and ends, before
/// libevent's parser sees them. What it refuses never gets there.
struct RequestFramer {
    /// What comes next.
    private enum State: Equatable {
        case head
        case body(left: Int)
        /// `digits` so far; `endsLine` once the carriage return was seen.
        case chunkSize(size: Int, digits: Int, endsLine: Bool)
        case chunkData(left: Int)
        /// The line end behind a chunk's bytes.
        case chunkEnd(endsLine: Bool)
        /// The empty line behind the last chunk.
        case lastLine(endsLine: Bool)
    }

    /// Where in a request the connection stands.
    enum Phase: Equatable { case idle, head, body }

    private let limits: ServerLimits
    private var state = State.head
    private var headBytes: [UInt8] = []
    /// Bytes that the body in progress has had, and may have.
    private(set) var bodyBytes = 0
    private var bodyLimit = 0

    init(limits: ServerLimits) {
        self.limits = limits
    }

    var phase: Phase {
        switch state {
        case .head: headBytes.isEmpty ? .idle : .head
        default: .body
        }
    }

    /// - Parameters:
    ///   - admit: called with each whole head; returns how many bytes its body may have.
    ///   - finish: called where a request with a body ends.
    mutating func consume(
        _ bytes: UnsafeRawBufferPointer, admit: (RequestHead) throws(Refusal) -> Int,
        finish: () -> Void
    ) throws(Refusal) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .head:
                index = try takeHead(bytes, from: index)
                guard endsHead else { continue }
                let head = try RequestHead(parsing: headBytes, limits: limits)
                headBytes.removeAll(keepingCapacity: true)
                try begin(head.body, limit: try admit(head))
            case .body(let left):
                let count = min(left, bytes.count - index)
                index += count
                bodyBytes += count
                state = count == left ? .head : .body(left: left - count)
            case .chunkData(let left):
                let count = min(left, bytes.count - index)
                index += count
                state = count == left ? .chunkEnd(endsLine: false) : .chunkData(left: left - count)
            default:
                try takeChunkMark(bytes[index])
                index += 1
            }
            if phase == .idle { finish() }
        }
    }

    private var endsHead: Bool { headBytes.suffix(4).elementsEqual([13, 10, 13, 10]) }

    /// Copies bytes of the head up to its end or the end of what is there.
    private mutating func takeHead(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(Refusal) -> Int {
        if headBytes.isEmpty { try Self.checkFirst(bytes[start]) }
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            headBytes.append(byte)
            if byte == UInt8(ascii: "\n"), endsHead { break }
            guard byte != 0 else { throw .malformed("The head has a NUL byte.") }
            if byte == UInt8(ascii: "\n"), headBytes.dropLast().last != UInt8(ascii: "\r") {
                throw .malformed("A line of the head ends without a carriage return.")
            }
        }
        guard headBytes.count <= limits.headBytes else {
            throw .headTooLarge(
                "The request line and the headers have more than \(limits.headBytes) bytes.")
        }
        return index
    }

    /// A request begins with the letter of a method; a TLS connection with its record type.
    private static func checkFirst(_ byte: UInt8) throws(Refusal) {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): return
        case 0x16, 0x80:
            throw .malformed("This is TLS, and this server speaks plain HTTP: use http://.")
        default: throw .malformed("The first line is not METHOD TARGET HTTP/1.1.")
        }
    }

    private mutating func begin(_ body: RequestHead.Body, limit: Int) throws(Refusal) {
        bodyBytes = 0
        bodyLimit = limit
        switch body {
        case .none: state = .head
        case .length(let count):
            guard count <= limit else { throw .bodyTooLarge(limit: limit) }
            state = .body(left: count)
        case .chunked: state = .chunkSize(size: 0, digits: 0, endsLine: false)
        }
    }

    /// One byte between the chunks' bytes. Chunk extensions and trailers, which nobody who calls
    /// us needs, are refused: parsers differ in them.
    private mutating func takeChunkMark(_ byte: UInt8) throws(Refusal) {
        switch state {
        case .chunkSize(let size, let digits, false):
            if byte == UInt8(ascii: "\r"), digits > 0 {
                state = .chunkSize(size: size, digits: digits, endsLine: true)
                return
            }
            guard digits < 8, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80
            else { throw .badChunk("a size is not one to eight hexadecimal digits") }
            state = .chunkSize(size: size * 16 + digit, digits: digits + 1, endsLine: false)
        case .chunkSize(let size, _, true):
            try requireLineFeed(byte)
            guard bodyBytes + size <= bodyLimit else { throw .bodyTooLarge(limit: bodyLimit) }
            bodyBytes += size
            state = size == 0 ? .lastLine(endsLine: false) : .chunkData(left: size)
        case .chunkEnd(let endsLine):
            try requireLineEnd(byte, endsLine: endsLine)
            state =
                endsLine
                ? .chunkSize(size: 0, digits: 0, endsLine: false) : .chunkEnd(endsLine: true)
        case .lastLine(let endsLine):
            try requireLineEnd(byte, endsLine: endsLine)
            state = endsLine ? .head : .lastLine(endsLine: true)
        case .head, .body, .chunkData: preconditionFailure("no mark of a chunk is due")
        }
    }

    private func requireLineEnd(_ byte: UInt8, endsLine: Bool) throws(Refusal) {
        guard endsLine || byte == UInt8(ascii: "\r") else {
            throw .badChunk("a chunk is longer than its size, or has a trailer")
        }
        if endsLine { try requireLineFeed(byte) }
    }

    private func requireLineFeed(_ byte: UInt8) throws(Refusal) {
        guard byte == UInt8(ascii: "\n") else {
            throw .badChunk("a carriage return is not followed by a line feed")
        }
    }
}
