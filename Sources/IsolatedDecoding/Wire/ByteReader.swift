/// Reads the fields of a message's body, none of which it believes before checking.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remainingCount: Int { bytes.count - position }

    mutating func integer<Number: FixedWidthInteger>() throws -> Number {
        let size = MemoryLayout<Number>.size
        guard remainingCount >= size else { throw WireError(detail: "a message cut short") }
        let number = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: position, as: Number.self)
        }
        position += size
        return Number(littleEndian: number)
    }

    /// A finite number in the range.
    mutating func double(in range: ClosedRange<Double>, _ what: String) throws -> Double {
        let number = Double(bitPattern: try integer())
        guard range.contains(number) else { throw WireError(detail: "\(what) of \(number)") }
        return number
    }

    mutating func count(upTo most: Int, _ what: String) throws -> Int {
        let number: UInt32 = try integer()
        guard number <= most else { throw WireError(detail: "\(number) \(what)") }
        return Int(number)
    }

    mutating func flag() throws -> Bool {
        let number: UInt8 = try integer()
        guard number <= 1 else { throw WireError(detail: "a flag of \(number)") }
        return number == 1
    }

    mutating func bytes(upTo most: Int, _ what: String) throws -> [UInt8] {
        let length = try count(upTo: most, "bytes of \(what)")
        guard remainingCount >= length else { throw WireError(detail: "a message cut short") }
        defer { position += length }
        return Array(bytes[position..<position + length])
    }

    /// Invalid UTF-8 is repaired.
    mutating func text(upTo most: Int, _ what: String) throws -> String {
        let length = try count(upTo: most, "bytes of \(what)")
        guard remainingCount >= length else { throw WireError(detail: "a message cut short") }
        defer { position += length }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    mutating func optional<Value>(_ read: (inout ByteReader) throws -> Value) throws -> Value? {
        try flag() ? try read(&self) : nil
    }

    /// Nothing may be left over.
    func finish() throws {
        guard remainingCount == 0 else {
            throw WireError(detail: "\(remainingCount) bytes too many")
        }
    }
}
