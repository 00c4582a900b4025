import Glibc

/// An open regular file, read at given positions so that several readers can share it.
///
/// The descriptor is opened once and checked once: what is decoded is what was looked at, even when
/// the name is given to another file meanwhile.
final class RegularFile: Sendable {
    private let descriptor: Int32
    /// For messages: the path with invalid UTF-8 repaired.
    let name: String
    let byteCount: Int

    /// - Parameter path: the path's bytes as the file system spells them, without a final zero.
    init(path: [UInt8]) throws {
        name = String(decoding: path, as: UTF8.self)
        guard !path.contains(0) else {
            throw MediaError.unreadable(file: name, reason: "the path contains a zero byte")
        }
        // O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
        let opened = (path + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) } ?? -1
            }
        }
        guard opened >= 0 else {
            throw MediaError.unreadable(file: name, reason: systemMessage(errno))
        }
        var status = stat()
        guard fstat(opened, &status) == 0 else {
            let reason = systemMessage(errno)
            close(opened)
            throw MediaError.unreadable(file: name, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw MediaError.notARegularFile(file: name)
        }
        guard status.st_size > 0 else {
            close(opened)
            throw MediaError.emptyFile(file: name)
        }
        descriptor = opened
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Reads up to `count` bytes at `position`; 0 at the end, negative `errno` on failure.
    func read(
        into buffer: UnsafeMutableRawPointer, count: Int, at position: Int64
    ) -> Int {
        while true {
            let got = pread(descriptor, buffer, count, Int(position))
            if got >= 0 { return got }
            if errno != EINTR { return -Int(errno) }
        }
    }

    /// The whole content, unless it is longer than `maximum`.
    func readAll(maximum: Int) throws -> [UInt8] {
        guard byteCount <= maximum else {
            throw MediaError.tooManyBytes(file: name, bytes: byteCount, maximum: maximum)
        }
        var failure: Int?
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            filled = 0
            while filled < byteCount, let base = buffer.baseAddress {
                let got = read(
                    into: base + filled, count: byteCount - filled, at: Int64(filled))
                if got < 0 { failure = -got }
                guard got > 0 else { return }
                filled += got
            }
        }
        if let failure {
            throw MediaError.unreadable(file: name, reason: systemMessage(Int32(failure)))
        }
        return bytes
    }
}

/// The system's own words for an error number, such as "Permission denied".
func systemMessage(_ number: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return text.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { String(cString: $0) } ?? "error \(number)"
    }
}
