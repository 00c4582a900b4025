internal import Corpus
internal import SQLite

/// A row of `key_frames`, with its checksum. Times in milliseconds.
struct KeyFrameRow {
    var asset: AssetID
    var ordinal: Int
    var time: Int
    /// The next key frame's time, or the asset's end.
    var end: Int
    var frame: Int
    var difference: Double
    /// The shot it was taken from, where that is known.
    var shot: (start: Int, end: Int)?
    /// Of the picture's bytes; nil in libraries from before it was kept.
    var pictureChecksum: Int64?

    static let columns =
        "asset, ordinal, time_ms, end_ms, frame, difference, shot_start_ms, shot_end_ms, "
        + "picture_checksum, checksum"

    /// The rows of an asset's key frames, in order.
    static func rows(of record: AssetRecord) -> [KeyFrameRow] {
        let duration = StoredTime.milliseconds(record.asset.durationSeconds)
        return record.keyFrames.enumerated().map { ordinal, frame in
            let time = StoredTime.milliseconds(frame.timeSeconds)
            let isLast = ordinal + 1 == record.keyFrames.count
            let end =
                isLast
                ? duration : StoredTime.milliseconds(record.keyFrames[ordinal + 1].timeSeconds)
            let shot = frame.shot.map { shot in
                let start = StoredTime.milliseconds(shot.startSeconds)
                return (start, max(start, StoredTime.milliseconds(shot.endSeconds)))
            }
            return KeyFrameRow(
                asset: record.asset.id, ordinal: ordinal, time: time, end: max(time, end),
                frame: frame.frame,
                difference: frame.difference.isFinite ? frame.difference : 0, shot: shot,
                pictureChecksum: Self.checksum(ofPicture: record.thumbnails[ordinal]))
        }
    }

    /// - Throws: `StorageError.damagedRow` when the row is not what was written.
    static func reading(_ row: Statement) throws -> KeyFrameRow {
        let stored = KeyFrameRow(unchecked: row)
        guard row.int(0) >= 0, stored.checksum == row.int(9) else {
            throw StorageError.damagedRow(
                table: "key_frames", row: "\(stored.ordinal) of asset \(stored.asset)")
        }
        return stored
    }

    /// All but the checksum, which a library of format 2 does not have.
    init(unchecked row: Statement) {
        asset = AssetID(value: max(0, row.int(0)))
        ordinal = Int(row.int(1))
        time = Int(row.int(2))
        end = Int(row.int(3))
        frame = Int(row.int(4))
        difference = row.double(5)
        if let start = row.optionalInt(6), let end = row.optionalInt(7) {
            shot = (Int(start), Int(end))
        }
        pictureChecksum = row.optionalInt(8)
    }

    static func checksum(ofPicture bytes: [UInt8]) -> Int64 {
        var checksum = RowChecksum()
        checksum.add(bytes)
        return checksum.value
    }

    private init(
        asset: AssetID, ordinal: Int, time: Int, end: Int, frame: Int, difference: Double,
        shot: (start: Int, end: Int)?, pictureChecksum: Int64?
    ) {
        self.asset = asset
        self.ordinal = ordinal
        self.time = time
        self.end = end
        self.frame = frame
        self.difference = difference
        self.shot = shot
        self.pictureChecksum = pictureChecksum
    }

    var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(asset.value)
        for number in [ordinal, time, end, frame] { checksum.add(number) }
        checksum.add(difference)
        checksum.add(shot.map { Int64($0.start) })
        checksum.add(shot.map { Int64($0.end) })
        checksum.add(pictureChecksum)
        return checksum.value
    }

    func insert(into connection: Connection) throws {
        try connection.statement(
            "INSERT INTO key_frames (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).run(
            asset.value, ordinal, time, end, frame, difference, shot?.start, shot?.end,
            pictureChecksum, checksum)
    }

    var stored: StoredKeyFrame {
        let shot = shot.map { StoredTime.span(Int64($0.start), Int64($0.end)) }
        return StoredKeyFrame(
            keyFrame: KeyFrame(
                timeSeconds: Double(time) / 1000, frame: frame, difference: difference, shot: shot),
            span: shot ?? StoredTime.span(Int64(time), Int64(end)),
            thumbnail: ThumbnailName(asset: asset, milliseconds: time))
    }
}
