internal import Corpus
internal import Glibc
internal import MediaDecoding

/// Reads a file once from end to end for its SHA-256.
enum ContentDigest {
    private static let chunk = 1 << 20  // bytes

    static func sha256(ofFileAt path: String) throws -> [UInt8] {
        // Not blocking: a pipe that took the file's place must not hang the run.
        let descriptor = path.withPathBytes { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, chunk)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path) }
            guard count > 0 else { return hash.finalize() }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func unreadable(_ path: String) -> MediaError {
        .unreadable(file: path, reason: String(cString: strerror(errno)))
    }
}
