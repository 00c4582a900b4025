internal import Glibc

/// Whether a file is whole, or someone is still writing it.
enum FileReadiness {
    /// Files untouched for longer than this are taken as whole, in seconds.
    private static let settleSeconds = 2.0

    /// A lease on a file is refused while anyone has it open for writing (fcntl(2), F_SETLEASE).
    /// Where the system knows no leases (network mounts, other people's files), a file counts as
    /// being written until it has been left alone for two seconds.
    static func isBeingWritten(_ path: String, modifiedNanoseconds: Int64) -> Bool {
        let age = secondsSince(modifiedNanoseconds)
        // A clock that was set back gives negative ages; a lease says better.
        guard abs(age) < 3600 else { return false }
        let descriptor = path.withPathBytes { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // Not in Glibc's module: it belongs to Linux's own calls.
        let setLease: Int32 = 1024
        if fcntl(descriptor, setLease, F_RDLCK) == 0 {
            _ = fcntl(descriptor, setLease, F_UNLCK)
            return false
        }
        return errno == EAGAIN || abs(age) < settleSeconds
    }

    private static func secondsSince(_ nanoseconds: Int64) -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - Double(nanoseconds) * 1e-9
    }
}
