import Glibc
import JSONText

/// Reads a file of a tokenizer whole.
enum TokenizerFile {
    static let byteLimit = 256 << 20

    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        guard status.st_size <= byteLimit else {
            throw .tooLarge(path: path, bytes: status.st_size, limit: byteLimit)
        }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: status.st_size) { buffer, count in
            while count < buffer.count {
                let got = Glibc.read(
                    descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else {
            throw .unreadable(path: path, reason: String(cString: strerror(failure)))
        }
        return bytes
    }

    /// The file's text walked over with a scanner, with its faults named after the file.
    static func scan<Value>(
        _ path: String, _ body: (inout JSONScanner) throws -> Value
    ) throws -> Value {
        let bytes = try read(path)
        do {
            return try bytes.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                let value = try body(&scanner)
                try scanner.finish()
                return value
            }
        } catch let fault as JSONError {
            throw TokenizerError.malformedJSON(path: path, fault: fault)
        }
    }
}
