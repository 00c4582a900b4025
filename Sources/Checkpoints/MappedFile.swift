import Glibc
import Tensors

/// A file seen as memory: pages come from disk when touched and can be dropped again, so opening a
/// model costs nothing until its numbers are used.
///
/// `@unchecked Sendable` because it holds a pointer: the mapping is read-only and private, is
/// never remapped, and lives until `deinit`. Cutting the file short while it is mapped would kill
/// the process (SIGBUS), which no program can catch safely: replace a model's files by renaming
/// new ones over them, as download tools do.
package final class MappedFile: RecoverableMemory, @unchecked Sendable {
    package let path: String
    /// Valid as long as the file is held; see `withBytes`.
    package let bytes: UnsafeRawBufferPointer

    /// Holds the file while its bytes are used: Swift may let go of it after its last mention,
    /// which is before the last use of a pointer into it.
    package func withBytes<Result, Fault>(
        _ body: (UnsafeRawBufferPointer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    package init(path: String) throws(CheckpointError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .unreadable(path: path, reason: Self.lastError()) }
            throw Self.hasEntry(path) ? .danglingLink(path: path) : .missingFile(path: path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, reason: Self.lastError())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        self.path = path
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else {
            throw .unreadable(path: path, reason: Self.lastError())
        }
        bytes = UnsafeRawBufferPointer(start: address, count: status.st_size)
    }

    /// Whether the path names anything, if only a link that leads nowhere.
    package static func hasEntry(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

    deinit {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }

    /// Pages that lie wholly in the part go; they are read from the file again when touched.
    package func letGo(_ part: UnsafeRawBufferPointer) {
        guard let start = part.baseAddress, let mapping = bytes.baseAddress else { return }
        precondition(
            start >= mapping && start + part.count <= mapping + bytes.count,
            "Only the file's own pages can be let go.")
        let page = Int(getpagesize())
        let first = (Int(bitPattern: start) + page - 1) / page * page
        let end = (Int(bitPattern: start) + part.count) / page * page
        guard end > first else { return }
        // Advice: that it is refused costs memory and nothing else.
        _ = madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_DONTNEED)
    }

    private static func lastError() -> String { String(cString: strerror(errno)) }

    /// People clone a model's repository without Git LFS and get a note in place of each big file.
    package func refuseLFSPointer() throws(CheckpointError) {
        let note = "version https://git-lfs.github.com/spec/"
        if bytes.count < 1024, bytes.starts(with: note.utf8) {
            throw .gitLFSPointer(path: path)
        }
    }
}
