import Glibc

/// A file of another program, mapped for reading.
///
/// `@unchecked Sendable`: all properties are constants; the mapping is private and read-only, and
/// is given back only in `deinit`, when no reference is left.
final class MappedBytes: @unchecked Sendable {
    let path: String
    let bytes: UnsafeRawBufferPointer

    init(path: String) throws {
        self.path = path
        func failure(_ number: Int32) -> VectorSearchError {
            .cannotOpen(path: path, errorNumber: number)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { throw failure(errno) }
        bytes = UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }

    func startsWith(_ magic: [UInt8]) -> Bool { bytes.prefix(magic.count).elementsEqual(magic) }

    /// The whole file as text; damaged characters are replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }
}

/// Reads numbers one after the other, and never behind the end. Keeps the file mapped.
struct ByteReader {
    private let file: MappedBytes
    var bytes: UnsafeRawBufferPointer { file.bytes }
    var path: String { file.path }
    let format: String
    private(set) var offset = 0

    init(_ file: MappedBytes, format: String) {
        self.file = file
        self.format = format
    }

    func problem(_ text: String) -> VectorSearchError {
        .badFormat(path: path, format: format, problem: text)
    }

    var left: Int { bytes.count - offset }

    mutating func number<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let place = try skip(MemoryLayout<Value>.size)
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type))
    }

    /// A number that counts something: it must fit the bytes that are left.
    mutating func count(_ what: String, atLeastBytes each: Int = 0) throws -> Int {
        let number = try number(UInt64.self)
        guard let count = Int(exactly: number),
            !count.multipliedReportingOverflow(by: max(1, each)).overflow,
            count * each <= left
        else { throw problem("it claims \(number) \(what), more than it has bytes for") }
        return count
    }

    /// - Returns: where the skipped bytes began.
    @discardableResult
    mutating func skip(_ count: Int) throws -> Int {
        guard count >= 0, count <= left else {
            throw problem("it ends after \(bytes.count) bytes, in the middle of its contents")
        }
        defer { offset += count }
        return offset
    }
}
