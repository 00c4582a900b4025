internal import CKernels
internal import Glibc
internal import Storage

/// A file of named sections of numbers or text, each with its checksum: read whole, believed only
/// when every byte is as it was written.
///
///     magic      8 bytes, which kind of file
///     version    UInt32, sections UInt32
///     table      per section: name 16 bytes (padded with 0), offset UInt64, length UInt64,
///                CRC32C UInt32, 0 UInt32
///     checksum   CRC32C UInt32 of all above, 0 UInt32
///     sections   each at a multiple of 64 bytes, little-endian
///
/// It is written aside, synced and renamed, so it is whole or absent.
package final class CheckedFile: Sendable {
    package struct Kind: Sendable {
        var magic: StaticString  // 8 characters
        var version: UInt32
    }

    struct Section: Sendable {
        var name: String
        var bytes: [UInt8]

        init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }

        init<Number: BitwiseCopyable>(_ name: String, numbers: [Number]) {
            self.init(name, numbers.withUnsafeBytes { Array($0) })
        }
    }

    private static let headerSize = 16
    private static let entrySize = 40
    private static let alignment = 64

    let path: String
    /// Written once, before the object is shared, and only read from then on.
    private let memory: FileMemory
    private let ranges: [String: Range<Int>]
    private static let fileLimit = 16 << 30  // bytes

    // MARK: Writing

    static func encoded(_ kind: Kind, _ sections: [Section]) -> [UInt8] {
        func rounded(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }
        var offset = rounded(headerSize + sections.count * entrySize + 8)
        var header = kind.magic.withUTF8Buffer { Array($0) }
        precondition(header.count == 8, "A magic has eight characters.")
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { header += $0 }
        }
        append(kind.version)
        append(UInt32(sections.count))
        for section in sections {
            let name = Array(section.name.utf8)
            precondition(name.count <= 16, "A section's name fits its field.")
            header += name + [UInt8](repeating: 0, count: 16 - name.count)
            append(UInt64(offset))
            append(UInt64(section.bytes.count))
            append(reel_crc32c(0, section.bytes, section.bytes.count))
            append(UInt32(0))
            offset = rounded(offset + section.bytes.count)
        }
        append(reel_crc32c(0, header, header.count))
        append(UInt32(0))
        var file = header
        file.reserveCapacity(offset)
        for section in sections {
            file += [UInt8](repeating: 0, count: rounded(file.count) - file.count)
            file += section.bytes
        }
        return file
    }

    static func write(_ kind: Kind, _ sections: [Section], to path: String) throws {
        try DurableFile.write(encoded(kind, sections), to: path)
    }

    // MARK: Reading

    init(path: String, kind: Kind) throws {
        self.path = path
        memory = try FileMemory(path: path, limit: Self.fileLimit)
        func damaged(_ problem: String) -> LegalCaseError {
            .damagedFile(path: path, problem: problem)
        }
        let bytes = memory.bytes
        func number<Number: FixedWidthInteger>(_ place: Int, _: Number.Type) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
        }
        guard bytes.count >= Self.headerSize + 8,
            kind.magic.withUTF8Buffer({ magic in bytes.prefix(8).elementsEqual(magic) })
        else { throw damaged("it does not begin as such a file does") }
        let version = number(8, UInt32.self)
        guard version == kind.version else {
            throw LegalCaseError.unknownFormat(
                path: path, found: Int(version), known: Int(kind.version))
        }
        let count = Int(number(12, UInt32.self))
        let tableEnd = Self.headerSize + count * Self.entrySize
        guard count <= 64, bytes.count >= tableEnd + 8,
            reel_crc32c(0, bytes.baseAddress, tableEnd) == number(tableEnd, UInt32.self)
        else { throw damaged("its table of sections does not match its checksum") }
        var ranges: [String: Range<Int>] = [:]
        for index in 0..<count {
            let entry = Self.headerSize + index * Self.entrySize
            let name = String(
                decoding: bytes[entry..<entry + 16].prefix { $0 != 0 }, as: UTF8.self)
            guard let start = Int(exactly: number(entry + 16, UInt64.self)),
                let length = Int(exactly: number(entry + 24, UInt64.self)),
                start <= bytes.count, length <= bytes.count - start
            else { throw damaged("it ends before its section \(name) does") }
            let section = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
            guard
                reel_crc32c(0, section.baseAddress, section.count)
                    == number(entry + 32, UInt32.self)
            else { throw damaged("its section \(name) does not match its checksum") }
            ranges[name] = start..<start + length
        }
        self.ranges = ranges
    }

    /// A section's bytes, in the file's own memory: valid while this object lives.
    func section(_ name: String) throws -> UnsafeRawBufferPointer {
        guard let range = ranges[name] else {
            throw LegalCaseError.damagedFile(path: path, problem: "it has no section \(name)")
        }
        return UnsafeRawBufferPointer(rebasing: memory.bytes[range])
    }

    /// A section as numbers, in the file's own memory: valid while this object lives.
    func numbers<Number: BitwiseCopyable>(
        _ name: String, of type: Number.Type, count: Int? = nil
    ) throws -> UnsafeBufferPointer<Number> {
        let bytes = try section(name)
        let found = bytes.count / MemoryLayout<Number>.stride
        guard bytes.count % MemoryLayout<Number>.stride == 0, found == count ?? found else {
            throw LegalCaseError.damagedFile(
                path: path, problem: "its section \(name) has another size than the others say")
        }
        return bytes.bindMemory(to: Number.self)
    }

    /// Whether there is such a section.
    func has(_ name: String) -> Bool { ranges[name] != nil }

    var byteCount: Int { memory.bytes.count }
}

/// A file's bytes in memory of their own: what others do to the file afterwards does not matter.
///
/// `@unchecked Sendable`: the bytes are written in `init` and never again.
private final class FileMemory: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(path: String, limit: Int) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw LegalCaseError.cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= limit
        else { throw LegalCaseError.cannotRead(path: path, reason: "it is no file of ours") }
        let size = Int(status.st_size)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 64)
        var filled = 0
        while filled < size {
            let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled..<size])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(filled))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                memory.deallocate()
                throw LegalCaseError.damagedFile(path: path, problem: "it ends too early")
            }
            filled += count
        }
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[0..<size])
    }

    deinit { bytes.deallocate() }
}
