internal import Glibc
internal import SQLite
internal import VectorSearch

/// The vector files that one commit names, opened when that commit is: a later one may remove
/// them, and a file that is open outlives its name.
struct SegmentFiles {
    private var segments: [Int64: Result<VectorSegment, any Error>] = [:]

    init(_ connection: Connection, paths: LibraryPaths) throws {
        try connection.statement("SELECT id, file_name, rows, checksum FROM vector_segments")
            .forEachRow { row in
                let (name, rows, checksum) = (row.text(1), row.int(2), row.optionalInt(3))
                segments[row.int(0)] = Result {
                    try Self.open(name, rows: rows, checksum: checksum, in: paths)
                }
                return true
            }
    }

    /// What is wrong with a file is told to who needs it.
    func segment(_ id: Int64) throws -> VectorSegment {
        guard let segment = segments[id] else {
            throw StorageError.damagedRow(table: "vector_segments", row: "\(id)")
        }
        return try segment.get()
    }

    /// Opens a file and makes sure that it is the one that was written.
    /// - Parameter checksum: nil in libraries from before it was kept.
    static func open(
        _ name: String, rows: Int64, checksum: Int64?, in paths: LibraryPaths
    ) throws -> VectorSegment {
        guard !name.contains("/"), access(paths.segment(name), F_OK) == 0 else {
            throw StorageError.segmentMissing(name: name)
        }
        let segment = try VectorSegment(path: paths.segment(name))
        guard Int64(segment.count) == rows,
            checksum == nil || checksum == Int64(segment.contentChecksum)
        else { throw StorageError.foreignSegment(name: name) }
        return segment
    }
}
