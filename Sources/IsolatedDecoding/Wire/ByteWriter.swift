/// Lays out the fields of a message's body; `ByteReader` reads them back.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: Double) { append(number.bitPattern) }

    mutating func append(_ flag: Bool) { append(UInt8(flag ? 1 : 0)) }

    /// Length in 4 bytes, then UTF-8.
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(UInt32(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// Length in 4 bytes, then the bytes.
    mutating func append(bytes added: [UInt8]) {
        append(UInt32(added.count))
        bytes += added
    }

    /// A flag, then the value if there is one.
    mutating func append<Value>(
        _ value: Value?, _ write: (inout ByteWriter, Value) -> Void
    ) {
        append(value != nil)
        if let value { write(&self, value) }
    }
}
