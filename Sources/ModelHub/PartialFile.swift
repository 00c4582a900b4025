internal import Glibc

/// A file that is being fetched: what came so far lies beside its final place, and stays there when
/// the transfer ends too early.
final class PartialFile {
    private let path: String
    private let file: HubFile
    private let descriptor: Int32
    private var digest: DigestState
    /// Bytes that are there.
    private(set) var count = 0

    /// Takes over what an earlier transfer left.
    init(path: String, file: HubFile) throws(ModelHubError) {
        self.path = path
        self.file = file
        digest = DigestState(like: file.digest, byteCount: file.size)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, errorNumber: errno) }
        let found = CacheFiles.size(of: path) ?? 0
        if found > file.size {
            try restart()
        } else {
            try digest.add(contentsOf: descriptor, path: path)
            count = found
        }
    }

    deinit { close(descriptor) }

    func append(_ bytes: UnsafeBufferPointer<UInt8>) throws(ModelHubError) {
        guard bytes.count <= file.size - count else {
            let found = count + bytes.count
            unlink(path)
            throw .wrongLength(file: file.path, expected: file.size, found: found)
        }
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let written = write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw .cannotWrite(path: path, errorNumber: errno) }
            digest.add(UnsafeRawBufferPointer(rebasing: rest[..<written]))
            count += written
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Throws away what is there.
    func restart() throws(ModelHubError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .cannotWrite(path: path, errorNumber: errno)
        }
        digest = DigestState(like: file.digest, byteCount: file.size)
        count = 0
    }

    /// Puts the whole file in its place, if it is the right one; else it is thrown away.
    func finish(as final: String) throws(ModelHubError) {
        let found = digest.finish()
        guard found == file.digest else {
            unlink(path)
            throw .wrongDigest(file: file.path, expected: file.digest, found: found)
        }
        guard fsync(descriptor) == 0, rename(path, final) == 0 else {
            throw .cannotWrite(path: final, errorNumber: errno)
        }
    }
}
