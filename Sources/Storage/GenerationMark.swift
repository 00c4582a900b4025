internal import Corpus
internal import Glibc

/// How far a library has come, in a file of its own beside the catalogue.
///
/// It is written after each commit, when that is on the disk: so the catalogue is never behind it.
/// One that is has lost commits: its write-ahead log was removed, or an old copy was put in its
/// place. Without the file, or with another library's, nothing is claimed.
struct GenerationMark {
    /// `generation`, the library's identity, and a checksum of both, filled up with blanks.
    private static let byteCount = 80

    /// - Returns: nil when there is none that can be believed.
    static func read(from paths: LibraryPaths, libraryID: String) -> Int64? {
        let descriptor = open(paths.generationMark, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        guard pread(descriptor, &bytes, byteCount, 0) == byteCount else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard fields.count == 3, let generation = Int64(fields[0]), fields[1] == libraryID,
            Int64(fields[2]) == checksum(generation, libraryID)
        else { return nil }
        return generation
    }

    /// Not flushed: a mark that lags behind claims less.
    static func write(_ generation: Int64, libraryID: String, to paths: LibraryPaths) throws {
        let descriptor = open(paths.generationMark, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StorageError.cannotWrite(path: paths.generationMark, errorNumber: errno)
        }
        defer { close(descriptor) }
        let text = "\(generation) \(libraryID) \(checksum(generation, libraryID))"
        let bytes = Array(text.utf8.prefix(byteCount - 1))
        let blanks = repeatElement(UInt8(ascii: " "), count: byteCount - 1 - bytes.count)
        let line = bytes + blanks + [UInt8(ascii: "\n")]
        // In one piece: it lies in one sector, which a disk writes whole or not at all.
        guard pwrite(descriptor, line, line.count, 0) == line.count else {
            throw StorageError.cannotWrite(path: paths.generationMark, errorNumber: errno)
        }
    }

    private static func checksum(_ generation: Int64, _ libraryID: String) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(generation)
        checksum.add(libraryID)
        return checksum.value
    }
}
