internal import Corpus
internal import SQLite

/// A row of `assets` with what hangs on it, under one checksum: speech, steps, and how many key
/// frames and passages there must be.
struct AssetRow {
    var asset: Asset
    var digest: [UInt8]
    var note: String?
    var companions: String
    var generation: Int64
    /// Milliseconds.
    var speech: [(start: Int64, end: Int64)]
    var steps: [String: String]
    var keyFrameCount: Int
    var passageCount: Int

    init(_ record: AssetRecord, companions: String, generation: Int64) {
        asset = record.asset
        digest = record.digest
        note = record.note
        self.companions = companions
        self.generation = generation
        speech = record.speech.map { span in
            let start = StoredTime.milliseconds(span.startSeconds)
            return (Int64(start), Int64(max(start, StoredTime.milliseconds(span.endSeconds))))
        }
        steps = record.steps
        keyFrameCount = record.keyFrames.count
        passageCount = record.passages.count
    }

    static let columns = "id, digest, kind, duration_ms, title, note, companions, generation"

    /// Gathers all that the checksum covers. The path is not part of it.
    init(reading row: Statement, from connection: Connection) throws {
        let id = row.int(0)
        asset = Asset(
            id: AssetID(value: max(0, id)), kind: AssetKind(rawValue: row.text(2)) ?? .video,
            path: "", durationSeconds: Double(row.int(3)) / 1000, title: row.optionalText(4))
        digest = row.bytes(1)
        note = row.optionalText(5)
        companions = row.text(6)
        generation = row.int(7)
        let catalog = Catalog(unchecked: connection)
        speech = try catalog.speechMilliseconds(of: asset.id)
        steps = try catalog.steps(of: asset.id)
        keyFrameCount =
            try connection.statement("SELECT count(*) FROM key_frames WHERE asset = ?")
            .first(id) { Int($0.int(0)) } ?? 0
        passageCount =
            try connection.statement("SELECT count(*) FROM passages WHERE asset = ?")
            .first(id) { Int($0.int(0)) } ?? 0
    }

    var checksum: Int64 {
        var checksum = RowChecksum()
        checksum.add(asset.id.value)
        checksum.add(digest)
        checksum.add(asset.kind.rawValue)
        checksum.add(StoredTime.milliseconds(asset.durationSeconds))
        checksum.add(asset.title)
        checksum.add(note)
        checksum.add(companions)
        checksum.add(generation)
        checksum.add(keyFrameCount)
        checksum.add(passageCount)
        checksum.add(speech.count)
        for span in speech {
            checksum.add(span.start)
            checksum.add(span.end)
        }
        for step in steps.keys.sorted() {
            checksum.add(step)
            checksum.add(steps[step])
        }
        return checksum.value
    }

    /// The row, its speech and its steps; key frames and passages are others' rows.
    func insert(into connection: Connection) throws {
        try connection.statement(
            """
            INSERT INTO assets (\(Self.columns), partition, checksum)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        ).run(
            asset.id.value, digest, asset.kind.rawValue,
            StoredTime.milliseconds(asset.durationSeconds), asset.title, note, companions,
            generation, Int(digest[31] & 63), checksum)
        for (ordinal, span) in speech.enumerated() {
            try connection.statement("INSERT INTO speech_spans VALUES (?, ?, ?, ?)")
                .run(asset.id.value, ordinal, span.start, span.end)
        }
        for (step, tool) in steps {
            try connection.statement("INSERT INTO asset_steps VALUES (?, ?, ?)")
                .run(asset.id.value, step, tool)
        }
    }

    /// Takes the row and all that hangs on it; its passages and vectors are others'.
    static func remove(_ asset: AssetID, from connection: Connection) throws {
        for table in ["key_frames", "speech_spans", "asset_steps", "asset_vectors"] {
            try connection.statement("DELETE FROM \(table) WHERE asset = ?").run(asset.value)
        }
        try connection.statement("DELETE FROM assets WHERE id = ?").run(asset.value)
    }
}
