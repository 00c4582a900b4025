/// A file's lines in order, with memory for one line of bounded length.
///
/// Line ends are LF or CRLF. In GB18030 no second, third or fourth byte is LF, so lines can be cut
/// before their encoding is known.
struct LineReader: ~Copyable {
    /// Bytes; longer lines are passed over and reported.
    static let lineLimit = 4 << 20

    private let stream: ByteStream
    private var piece: [UInt8] = []
    private var place = 0
    /// Of the line last given, from 1.
    private(set) var number = 0

    enum Line {
        case bytes([UInt8])
        case tooLong
    }

    init(path: String) throws(LegalCaseError) { stream = try ByteStream(path: path) }

    /// - Returns: nil at the end.
    mutating func next() throws(LegalCaseError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        var hasAny = false
        while true {
            if place == piece.count {
                piece = try stream.next()
                place = 0
                guard !piece.isEmpty else { break }
            }
            hasAny = true
            let rest = piece[place...]
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let part = piece[place..<(end ?? piece.count)]
            if line.count + part.count > Self.lineLimit {
                isTooLong = true
                line = []
            } else if !isTooLong {
                line += part
            }
            place = end.map { $0 + 1 } ?? piece.count
            if end != nil { break }
        }
        guard hasAny else { return nil }
        number += 1
        guard !isTooLong else { return .tooLong }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return .bytes(line)
    }
}
