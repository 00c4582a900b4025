internal import CZlib
internal import Glibc

/// A file's bytes, decompressed where it is gzip's, in pieces of bounded size.
///
/// zlib reads what is not compressed as it is, so one way serves both. What a file calls itself
/// does not matter: gzip's first two bytes do.
struct ByteStream: ~Copyable {
    private let path: String
    private let file: gzFile
    private static let pieceSize: UInt32 = 1 << 20  // bytes

    init(path: String) throws(LegalCaseError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        // A pipe or a device has no second pass.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotRead(path: path, reason: "it is not a regular file")
        }
        guard let file = gzopen(path, "rbe") else {
            throw .cannotRead(path: path, reason: String(cString: strerror(errno)))
        }
        gzbuffer(file, Self.pieceSize / 4)
        self.path = path
        self.file = file
    }

    deinit { gzclose(file) }

    /// The next bytes, at most 1 MiB; empty at the end.
    func next() throws(LegalCaseError) -> [UInt8] {
        var count: Int32 = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Int(Self.pieceSize)) { buffer, filled in
            count = gzread(file, buffer.baseAddress, Self.pieceSize)
            filled = max(0, Int(count))
        }
        guard count >= 0 else { throw failure() }
        if count == 0 {
            var code: Int32 = Z_OK
            _ = gzerror(file, &code)
            // A compressed file that stops in the middle reads as if it had ended.
            guard code == Z_OK || code == Z_STREAM_END else { throw failure() }
        }
        return piece
    }

    private func failure() -> LegalCaseError {
        var code: Int32 = Z_OK
        _ = gzerror(file, &code)
        return code == Z_ERRNO
            ? .cannotRead(path: path, reason: String(cString: strerror(errno)))
            : .damagedGzip(path: path)
    }
}
