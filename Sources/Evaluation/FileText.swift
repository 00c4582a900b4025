internal import Glibc

/// The bytes of a text file, and its name for messages.
///
/// Names of queries and documents stay ranges of these bytes: a run has millions of them, and a
/// `String` each would cost more than all else.
package struct FileText: Sendable {
    package let path: String
    /// The file's, and a NUL behind them, so that C functions can read a number in place.
    let bytes: [UInt8]

    package init(_ bytes: [UInt8], path: String) {
        self.path = path
        self.bytes = bytes + [0]
    }

    package init(readingAt path: String) throws(EvaluationError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, errorNumber: errno) }
        defer { close(descriptor) }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        var content: [UInt8] = []
        content.reserveCapacity((isKnown ? Int(status.st_size) : 0) + 1)
        var failure: Int32?
        while failure == nil {
            let start = content.count
            // One byte more than is expected, so that the end is seen without growing.
            let room = max(1 << 16, isKnown ? Int(status.st_size) + 1 - start : 1 << 16)
            content.append(contentsOf: repeatElement(0, count: room))
            let count = content.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + start }, room)
            }
            if count < 0, errno != EINTR { failure = errno }
            content.removeLast(room - max(0, count))
            if count == 0 { break }
        }
        if let failure { throw .cannotRead(path: path, errorNumber: failure) }
        content.append(0)
        bytes = content
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// Goes through a text line by line and cuts each into fields. Lines that are blank or begin with
/// `#` are passed over.
struct FieldReader {
    private let text: FileText
    /// Nil: any run of blanks divides fields.
    var separator: UInt8?
    private var offset = 0
    /// Of the line just read, from 1.
    private(set) var line = 0
    private(set) var fields: [Range<Int>] = []

    init(_ text: FileText) {
        self.text = text
        if text.bytes.starts(with: Self.byteOrderMark) { offset = Self.byteOrderMark.count }
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Returns: false at the end.
    mutating func next() -> Bool {
        let end = text.bytes.count - 1
        return text.bytes.withUnsafeBufferPointer { bytes in
            while offset < end {
                line += 1
                let start = offset
                while offset < end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
                split(start..<offset, of: bytes)
                offset += 1
                if let first = fields.first, first.isEmpty || bytes[first.lowerBound] != Self.hash {
                    return true
                }
            }
            return false
        }
    }

    private mutating func split(_ line: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) {
        fields.removeAll(keepingCapacity: true)
        var end = line.upperBound
        while end > line.lowerBound, Self.isBlank(bytes[end - 1]) { end -= 1 }
        guard end > line.lowerBound else { return }
        var start = line.lowerBound
        if let separator {
            for place in start..<end where bytes[place] == separator {
                fields.append(start..<place)
                start = place + 1
            }
            fields.append(start..<end)
            return
        }
        while start < end {
            while Self.isBlank(bytes[start]) { start += 1 }
            let first = start
            while start < end, !Self.isBlank(bytes[start]) { start += 1 }
            fields.append(first..<start)
        }
    }

    static let hash = UInt8(ascii: "#")

    /// What C's `isspace` holds for blank in a line.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    // MARK: Numbers

    /// As trec_eval keeps it: what differs beyond the precision of a `Float` is a tie.
    func score(_ field: Range<Int>) throws(EvaluationError) -> Float {
        let value = text.bytes.withUnsafeBufferPointer { bytes -> Float? in
            // No hexadecimals, infinities and NaN, which strtod would take.
            guard !field.isEmpty, bytes[field].allSatisfy(Self.isOfNumber),
                let start = bytes.baseAddress
            else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let place = UnsafeRawPointer(start + field.lowerBound)
            let number = strtod(place.assumingMemoryBound(to: CChar.self), &end)
            guard UnsafeRawPointer(end) == place + field.count else { return nil }
            let value = Float(number)
            return value.isFinite ? value : nil
        }
        guard let value else { throw damage(.score(text.string(field))) }
        return value
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    func level(_ field: Range<Int>) throws(EvaluationError) -> Int32 {
        guard field.count <= 10, let level = Int32(text.string(field)), abs(level) < 1_000_000_000
        else { throw damage(.level(text.string(field))) }
        return level
    }

    func damage(_ damage: EvaluationError.Damage) -> EvaluationError {
        .damagedLine(path: text.path, line: line, damage)
    }
}
