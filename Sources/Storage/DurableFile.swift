internal import Glibc

/// Files that are whole or absent, also after a power cut: written aside, synced, renamed.
package enum DurableFile {
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        try create(temporary, holding: bytes, synced: true)
        guard rename(temporary, path) == 0 else {
            throw StorageError.cannotWrite(path: path, errorNumber: errno)
        }
        try syncFolder(of: path)
    }

    /// Without the syncs: for what can be made again, such as thumbnails.
    static func writeDerived(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        do {
            try create(temporary, holding: bytes, synced: false)
            guard rename(temporary, path) == 0 else {
                throw StorageError.cannotWrite(path: path, errorNumber: errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    package static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw StorageError.cannotWrite(path: path, errorNumber: errno)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw StorageError.cannotWrite(path: path, errorNumber: errno)
        }
    }

    /// All of a regular file, of at most 64 MB; nil when there is none.
    package static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= 64 << 20
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count == bytes.count ? bytes : Array(bytes.prefix(max(0, count)))
    }

    /// File names in a folder, sorted; empty when there is no such folder.
    package static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes; 0 when there is no such file.
    static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func create(_ path: String, holding bytes: [UInt8], synced: Bool) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StorageError.cannotWrite(path: path, errorNumber: errno)
        }
        defer { close(descriptor) }
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    throw StorageError.cannotWrite(path: path, errorNumber: errno)
                }
                written += count
            }
        }
        if synced && fsync(descriptor) != 0 {
            throw StorageError.cannotWrite(path: path, errorNumber: errno)
        }
    }

    private static func syncFolder(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StorageError.cannotWrite(path: folder, errorNumber: errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StorageError.cannotWrite(path: folder, errorNumber: errno)
        }
    }
}
