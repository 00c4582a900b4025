internal import Glibc

/// One writer a library: an advisory lock that dies with its process and names its holder.
package final class WriterLock {
    private let descriptor: Int32

    package init(paths: LibraryPaths) throws {
        let descriptor = open(paths.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StorageError.cannotWrite(path: paths.lock, errorNumber: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            defer { close(descriptor) }
            guard reason == EWOULDBLOCK else {
                throw StorageError.cannotWrite(path: paths.lock, errorNumber: reason)
            }
            throw StorageError.locked(path: paths.root, holder: WriterLock.holder(descriptor))
        }
        // The holder's name is a courtesy: the lock stands without it.
        let name = Array("process \(getpid())".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, name, name.count, 0) }
        self.descriptor = descriptor
    }

    /// Unlocks before it closes: a child forked meanwhile holds the same open file until its exec,
    /// and would keep the lock of a writer that is gone.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0
            ? String(decoding: bytes.prefix(count), as: UTF8.self) : "another process"
    }
}
