internal import Glibc

/// What a library's files look like from outside. It is another one after every commit, and looking
/// takes microseconds: whoever keeps a library open looks now and then.
package struct LibraryStamp: Sendable, Equatable {
    /// Of the catalogue, its write-ahead log and the mark; nil where there is none.
    private var files: [FileLook?]
    /// The bytes of the mark: times of the file system may be too coarse for two commits.
    private var mark: [UInt8]

    private struct FileLook: Sendable, Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    /// Nil when there is no library.
    package init?(root: String) {
        let paths = LibraryPaths(root: root)
        guard access(paths.manifest, F_OK) == 0 else { return nil }
        // The catalogue is looked at and never opened: closing it would let go of SQLite's locks.
        files = [paths.catalog, paths.catalog + "-wal", paths.generationMark].map(Self.look)
        mark = Self.bytes(of: paths.generationMark)
    }

    private static func look(at path: String) -> FileLook? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileLook(
            inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }

    private static func bytes(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
