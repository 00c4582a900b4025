internal import Glibc

/// Makes folders, links and small files so that whoever looks sees them whole or not at all.
enum CacheFiles {
    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(ModelHubError) {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        let reason = errno
        guard reason == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .cannotWrite(path: path, errorNumber: reason)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw .cannotWrite(path: path, errorNumber: errno)
        }
    }

    /// A link in place of whatever has its name.
    static func link(_ path: String, to target: String) throws(ModelHubError) {
        var current = [CChar](repeating: 0, count: 4096)
        let length = readlink(path, &current, current.count)
        let isThere =
            length > 0 && current[..<length].elementsEqual(target.utf8.map(CChar.init(bitPattern:)))
        guard !isThere else { return }
        try replacing(path) { temporary in symlink(target, temporary) == 0 }
    }

    static func write(_ text: String, to path: String) throws(ModelHubError) {
        let bytes = Array(text.utf8)
        try replacing(path) { temporary in
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { return false }
            let count = Glibc.write(descriptor, bytes, bytes.count)
            return close(descriptor) == 0 && count == bytes.count
        }
    }

    /// - Parameter make: makes something under another name; false with `errno` set.
    private static func replacing(
        _ path: String, _ make: (_ temporary: String) -> Bool
    ) throws(ModelHubError) {
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        guard make(temporary), rename(temporary, path) == 0 else {
            let reason = errno
            unlink(temporary)
            throw .cannotWrite(path: path, errorNumber: reason)
        }
    }

    /// Bytes that this user may still write there.
    static func freeBytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    /// Bytes of a file; nil when there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}

/// Keeps other programs from fetching the same file: an advisory lock that dies with its process, in
/// the place and of the kind that Hugging Face's own tools use.
final class BlobLock {
    private let descriptor: Int32

    init(path: String) throws(ModelHubError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, errorNumber: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK
                ? .locked(path: path) : .cannotWrite(path: path, errorNumber: reason)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
