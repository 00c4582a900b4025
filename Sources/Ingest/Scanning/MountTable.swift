internal import Glibc

/// Which file systems are mounted where (proc(5), /proc/self/mounts).
struct MountTable {
    /// Those whose other users change files without this machine's noticing.
    private static let network: Set<String> = [
        "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
        "nfs", "nfs4", "smb3", "smbfs", "virtiofs",
    ]

    private var mounts: [(folder: String, type: String)] = []

    /// - Parameter text: a line a mount: device, folder, type, options, with blanks as `\\040`.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 3 else { continue }
            let folder = fields[1].split(separator: "\\040", omittingEmptySubsequences: false)
                .joined(separator: " ")
            mounts.append((folder, String(fields[2])))
        }
    }

    static var current: MountTable {
        guard let file = fopen("/proc/self/mounts", "re") else { return MountTable("") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return MountTable(String(decoding: bytes, as: UTF8.self))
    }

    /// - Parameter path: absolute.
    func isOnNetwork(_ path: String) -> Bool {
        // Of two mounts on one folder the later one is seen.
        let mount = mounts.filter { mount in
            mount.folder == "/" || path == mount.folder || path.hasPrefix(mount.folder + "/")
        }.max { $0.folder.utf8.count < $1.folder.utf8.count }
        return mount.map { Self.network.contains($0.type) } ?? false
    }
}
