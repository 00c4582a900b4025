internal import Corpus
internal import Glibc

/// Opens a regular file without following a link anywhere in its path: what was indexed is what is
/// read, even when somebody puts a link in the place of a folder.
///
/// Walks down folder by folder, since `openat2` with `RESOLVE_NO_SYMLINKS` is refused in many
/// containers.
enum LinklessFile {
    /// Not in Glibc's module: open only to go on from (open(2), O_PATH).
    private static let pathOnly: Int32 = 0o10000000

    /// - Parameter path: absolute.
    /// - Returns: nil where there is no such file, or it may not be read.
    static func open(_ path: PathText) -> OpenedMedia? {
        let bytes = path.bytes
        guard bytes.first == UInt8(ascii: "/"), !bytes.contains(0) else { return nil }
        var parts = bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
        guard let name = parts.popLast(), !isDots(name) else { return nil }
        var folder = Glibc.open("/", pathOnly | O_DIRECTORY | O_CLOEXEC)
        for part in parts {
            guard folder >= 0, !isDots(part) else { break }
            let next = openat(
                folder, part, pathOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = next
        }
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        guard !parts.contains(where: isDots) else { return nil }
        // O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        return OpenedMedia(
            descriptor: descriptor, size: Int(status.st_size),
            modifiedNanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000
                + Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino), name: PathText(bytes: name).text)
    }

    private static func openat(_ folder: Int32, _ name: [UInt8], _ flags: Int32) -> Int32 {
        let characters = name.map(CChar.init(bitPattern:)) + [0]
        return Glibc.openat(folder, characters, flags)
    }

    private static func isDots(_ name: [UInt8]) -> Bool {
        name == [UInt8(ascii: ".")] || name == Array("..".utf8)
    }
}
