internal import Glibc

/// What the disk under a library can do.
enum Disk {
    /// Bytes that must be free before a run starts: a commit's pictures and vectors, the
    /// write-ahead log, and the joining of segments.
    static let reserve: UInt64 = 64 << 20

    /// Refuses to start what is bound to fail.
    static func requireRoom(at path: String) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return }
        let (free, overflow) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        guard overflow || free >= reserve else {
            throw StorageError.noRoom(path: path, need: reserve, have: free)
        }
    }

    /// Whether files there may be written, as far as permissions and the mount say.
    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
