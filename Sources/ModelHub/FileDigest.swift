internal import CKernels
internal import Glibc

/// What a file's bytes must come to: the hub names large files by their SHA-256 and small ones as git
/// does, by the SHA-1 of a header and the bytes.
package enum FileDigest: Sendable, Equatable, CustomStringConvertible {
    /// 64 hexadecimal digits.
    case sha256(String)
    /// 40 hexadecimal digits.
    case git(String)

    /// Nil for what is neither.
    package init?(_ text: String) {
        if text.isHexadecimal(count: 64) {
            self = .sha256(text)
        } else if text.isHexadecimal(count: 40) {
            self = .git(text)
        } else {
            return nil
        }
    }

    /// The digits, by which the cache calls the file.
    package var text: String {
        switch self {
        case .sha256(let text), .git(let text): text
        }
    }

    package var description: String {
        switch self {
        case .sha256(let text): "SHA-256 \(text)"
        case .git(let text): "git SHA-1 \(text)"
        }
    }
}

/// Computes a digest as bytes come.
struct DigestState {
    private enum State {
        case sha256(reel_sha256)
        case git(reel_sha1)
    }

    private var state: State

    /// - Parameter byteCount: of the whole file: git hashes it first.
    init(like digest: FileDigest, byteCount: Int) {
        switch digest {
        case .sha256:
            var hash = reel_sha256()
            reel_sha256_init(&hash)
            state = .sha256(hash)
        case .git:
            var hash = reel_sha1()
            reel_sha1_init(&hash)
            let header = Array("blob \(byteCount)\0".utf8)
            reel_sha1_update(&hash, header, header.count)
            state = .git(hash)
        }
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .sha256(var hash):
            reel_sha256_update(&hash, bytes.baseAddress, bytes.count)
            state = .sha256(hash)
        case .git(var hash):
            reel_sha1_update(&hash, bytes.baseAddress, bytes.count)
            state = .git(hash)
        }
    }

    /// The digest of all that was added. Nothing may be added afterwards.
    mutating func finish() -> FileDigest {
        switch state {
        case .sha256(var hash):
            var digest = [UInt8](repeating: 0, count: 32)
            reel_sha256_final(&hash, &digest)
            return .sha256(Self.hexadecimal(digest))
        case .git(var hash):
            var digest = [UInt8](repeating: 0, count: 20)
            reel_sha1_final(&hash, &digest)
            return .git(Self.hexadecimal(digest))
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension FileDigest {
    /// A digest of this kind, of a file's bytes.
    package func computed(ofFileAt path: String) throws(ModelHubError) -> FileDigest {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotRead(path: path, errorNumber: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cannotRead(path: path, errorNumber: errno)
        }
        var state = DigestState(like: self, byteCount: Int(status.st_size))
        try state.add(contentsOf: descriptor, path: path)
        return state.finish()
    }
}

extension DigestState {
    private static let pieceByteCount = 1 << 20

    /// Adds a file's bytes from where it stands to its end.
    mutating func add(contentsOf descriptor: Int32, path: String) throws(ModelHubError) {
        var piece = [UInt8](repeating: 0, count: Self.pieceByteCount)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotRead(path: path, errorNumber: errno) }
            guard count > 0 else { return }
            piece.withUnsafeBytes { add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
