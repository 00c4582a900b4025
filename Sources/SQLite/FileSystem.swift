import CSQLite
import Glibc

/// The file system under a path, as far as the safety of what is written there depends on it.
package enum FileSystem {
    /// How commits are made safe there. The write-ahead log needs memory that all its users share,
    /// which a disk on the network does not give: there the old journal does, and readers and the
    /// writer wait for one another.
    package static func journalMode(at path: String) -> Connection.JournalMode {
        journalMode(kind: UInt32(reel_file_system_kind(path)))
    }

    /// - Parameter kind: `f_type` of statfs(2).
    package static func journalMode(kind: UInt32) -> Connection.JournalMode {
        network.contains(kind) ? .delete : .wal
    }

    private static let network: Set<UInt32> = [
        0x6969,  // NFS
        0x517B, 0xFF53_4D42, 0xFE53_4D42,  // SMB, CIFS, SMB 2
        0x5346_414F, 0x6B41_4653,  // AFS
        0x7375_7245,  // Coda
        0x564C,  // NetWare
        0x0102_1997,  // 9P
        0x6573_5546,  // FUSE, behind which anything may be
        0x00C3_6400,  // Ceph
        0x0BD0_0BD0,  // Lustre
        0x0116_1970, 0x7461_636F,  // GFS 2, OCFS 2
        0x4750_4653,  // GPFS
    ]

    /// Puts all that was written to the file system under a folder where a power cut cannot reach
    /// it, in one call for however many files.
    /// - Returns: the system's error number; 0 when all is well.
    package static func flush(at path: String) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return reel_flush_file_system(descriptor) == 0 ? 0 : errno
    }
}
