internal import Corpus
internal import SQLite

/// A row of `files`, with its checksum.
struct FileRow {
    var record: FileRecord
    /// When the row was written, since 1970.
    var recordedNanoseconds: Int64

    static let columns =
        "path, asset, size, modified_ns, inode, companions, recorded_ns, problem, checksum"

    init(_ record: FileRecord, recordedNanoseconds: Int64) {
        self.record = record
        self.recordedNanoseconds = recordedNanoseconds
    }

    /// - Returns: nil when the row is not what was written.
    init?(reading row: Statement) {
        self.init(unchecked: row)
        guard row.optionalInt(1).map({ $0 >= 0 }) ?? true, checksum == row.int(8) else {
            return nil
        }
    }

    /// All but the checksum, which a library of format 2 does not have.
    init(unchecked row: Statement) {
        record = FileRecord(
            path: row.text(0),
            signature: FileSignature(
                size: row.int(2), modifiedNanoseconds: row.int(3), inode: row.int(4),
                companions: row.text(5)),
            asset: row.optionalInt(1).map { AssetID(value: max(0, $0)) },
            problem: row.optionalText(7))
        recordedNanoseconds = row.int(6)
    }

    /// Two seconds: the coarsest clock of a file system in use (FAT's). A file from the future
    /// never settles, and is told by its content.
    var isSettled: Bool {
        let (age, overflow) = recordedNanoseconds.subtractingReportingOverflow(
            record.signature.modifiedNanoseconds)
        return !overflow && age > 2_000_000_000
    }

    var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(record.path)
        checksum.add(record.asset?.value)
        checksum.add(record.signature.size)
        checksum.add(record.signature.modifiedNanoseconds)
        checksum.add(record.signature.inode)
        checksum.add(record.signature.companions)
        checksum.add(recordedNanoseconds)
        checksum.add(record.problem)
        return checksum.value
    }

    func write(to connection: Connection) throws {
        try connection.statement(
            "INSERT OR REPLACE INTO files (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).run(
            record.path, record.asset?.value, record.signature.size,
            record.signature.modifiedNanoseconds, record.signature.inode,
            record.signature.companions, recordedNanoseconds, record.problem, checksum)
    }
}
