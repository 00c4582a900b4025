/// The part of a file that a request asks for (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// Nothing was asked for that can be given apart: the file as a whole.
    case whole
    /// Bytes, never empty.
    case part(Range<Int>)
    /// What was asked for lies behind the end.
    case unsatisfiable

    /// - Parameters:
    ///   - header: of `Range`. One that is malformed, of another unit, or of several parts counts
    ///     as absent, as the standard allows.
    ///   - size: of the file, in bytes.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header, let equals = header.firstIndex(of: "="),
            header[..<equals].lowercased() == "bytes"
        else { return }
        let parts = header[header.index(after: equals)...].split(separator: ",")
            .map { $0.drop(while: Self.isBlank) }
            .map { $0.reversed().drop(while: Self.isBlank).reversed() }
            .map { String($0) }.filter { !$0.isEmpty }
        guard parts.count == 1, let dash = parts[0].firstIndex(of: "-") else { return }
        let first = parts[0][..<dash]
        let last = parts[0][parts[0].index(after: dash)...]
        guard (first + last).utf8.allSatisfy(Self.isDigit), !(first.isEmpty && last.isEmpty)
        else { return }
        // A number that is too large for any file is well formed all the same.
        let start = first.isEmpty ? nil : Int(first) ?? Int.max
        let end = last.isEmpty ? nil : Int(last) ?? Int.max
        guard let start else {
            let length = min(end ?? 0, size)
            self = length > 0 ? .part(size - length..<size) : .unsatisfiable
            return
        }
        if let end, end < start { return }
        guard start < size else {
            self = .unsatisfiable
            return
        }
        self = .part(start..<(min(end ?? Int.max, size - 1) + 1))
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
