internal import CKernels

/// CRC32C over the fields of a database row, which the database itself does not check.
///
/// Each text is preceded by its length, each field by whether it is there, so that no two rows are
/// spelled alike.
package struct RowChecksum: Sendable {
    private var checksum: UInt32 = 0

    package init() {}

    /// Fits a signed column; never negative.
    package var value: Int64 { Int64(checksum) }

    package mutating func add(_ number: Int64?) {
        let isThere: UInt8 = number == nil ? 0 : 1
        withUnsafeBytes(of: isThere) { checksum = reel_crc32c(checksum, $0.baseAddress, 1) }
        withUnsafeBytes(of: (number ?? 0).littleEndian) {
            checksum = reel_crc32c(checksum, $0.baseAddress, $0.count)
        }
    }

    package mutating func add(_ number: Int) { add(Int64(number)) }

    /// By its bits: any difference counts.
    package mutating func add(_ number: Double?) {
        add(number.map { Int64(bitPattern: $0.bitPattern) })
    }

    package mutating func add(_ text: String?) {
        add(text.map { Int64($0.utf8.count) })
        var text = text ?? ""
        text.withUTF8 { checksum = reel_crc32c(checksum, $0.baseAddress, $0.count) }
    }

    package mutating func add(_ bytes: [UInt8]) {
        add(Int64(bytes.count))
        bytes.withUnsafeBytes { checksum = reel_crc32c(checksum, $0.baseAddress, $0.count) }
    }
}
