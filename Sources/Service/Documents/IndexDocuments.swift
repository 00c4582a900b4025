package import Corpus
internal import Ingest

/// What to bring into the library, and how.
package struct IndexRequest: Sendable {
    package var paths: [String]
    /// Throw the library away first and build it anew.
    package var rebuild = false
    /// How thoroughly videos are searched for key frames.
    package var keyFrames = KeyFrameMethod.fast
    /// Files read at the same time; nil: as many as there are cores.
    package var jobs: Int?
    /// Seconds after which nothing more is begun.
    package var budgetSeconds: Double?
    package var readsScreenText = true
    /// Who turns speech into words.
    package var recognizer = Application.Recognizer.auto
    /// Asks the model for pictures, where one is configured, what videos show.
    package var describes = true
    /// Try files again that could not be read last time, although they have not changed.
    package var retriesFailures = false
    /// Read files again although nothing about them has changed; the rest of the library stays.
    package var readsUnchanged = false

    package init(paths: [String]) { self.paths = paths }
}

/// What happened to one file.
package struct IndexEvent: Sendable, Encodable {
    package enum Outcome: String, Sendable, Encodable {
        case indexed, unchanged, failed, skipped
        /// Content that the library already had, at a path that is new.
        case knownContent = "known_content"
    }

    package let event = "file"
    package var path: String
    package var outcome: Outcome
    package var keyFrames = 0
    package var passages = 0
    /// Why a file failed, was skipped, or is kept only in part.
    package var reason: String?

    enum CodingKeys: String, CodingKey {
        case event, path, outcome, passages, reason
        case keyFrames = "key_frames"
    }
}

/// How far a run has come.
package struct IndexProgress: Sendable, Encodable {
    package let event = "progress"
    package var filesDone: Int
    package var filesTotal: Int
    /// Of the bytes of all files, 0…1.
    package var fractionDone: Double
    /// Media time done, files under way included.
    package var mediaSeconds: Double
    /// A file being read, and how far into it.
    package var path: String
    package var seconds: Double

    enum CodingKeys: String, CodingKey {
        case event, path, seconds
        case filesDone = "files_done"
        case filesTotal = "files_total"
        case fractionDone = "fraction_done"
        case mediaSeconds = "media_seconds"
    }
}

/// What a run did, and which channels it could not serve.
package struct IndexAnswer: Sendable, Encodable {
    package let schemaVersion = 1
    package let event = "summary"
    package var indexed: Int
    package var unchanged: Int
    package var knownContent: Int
    package var removed: Int
    package var skipped: Int
    package var failed: Int
    /// Stopped early at the user's wish; everything counted here is committed.
    package var wasInterrupted: Bool
    /// The time it was given is over: files that were only looked at briefly wait for the next run.
    package var isBudgetSpent: Bool
    /// Media time of the files indexed.
    package var mediaSeconds: Double
    package var milliseconds: Double
    package var millisecondsByStep: [String: Double]
    /// One sentence a missing model.
    package var missing: [String]

    enum CodingKeys: String, CodingKey {
        case event, indexed, unchanged, removed, skipped, failed, milliseconds, missing
        case schemaVersion = "schema_version"
        case knownContent = "known_content"
        case wasInterrupted = "interrupted"
        case isBudgetSpent = "budget_spent"
        case mediaSeconds = "media_seconds"
        case millisecondsByStep = "milliseconds_by_step"
    }
}

/// What a run would do.
package struct IndexPreview: Sendable, Encodable {
    package let schemaVersion = 1
    package var toRead: [String]
    package var unchanged: Int
    package var failedBefore: [String]
    package var gone: [String]
    package var skipped: Int

    enum CodingKeys: String, CodingKey {
        case unchanged, gone, skipped
        case schemaVersion = "schema_version"
        case toRead = "to_read"
        case failedBefore = "failed_before"
    }
}

extension IndexEvent {
    init(_ event: IngestEvent) {
        path = event.path
        switch event.outcome {
        case .indexed(let keyFrames, let passages, _, let note):
            outcome = .indexed
            self.keyFrames = keyFrames
            self.passages = passages
            reason = note
        case .unchanged: outcome = .unchanged
        case .knownContent: outcome = .knownContent
        case .failed(let problem):
            outcome = .failed
            reason = problem
        case .beingWritten:
            outcome = .skipped
            reason = SkippedFile.Reason.beingWritten.description
        }
    }

    init(_ file: SkippedFile) {
        self.init(path: file.path, outcome: .skipped, reason: file.reason.description)
    }
}

extension IndexProgress {
    init(_ progress: IngestProgress) {
        filesDone = progress.filesDone
        filesTotal = progress.filesTotal
        fractionDone =
            progress.bytesTotal > 0 ? Double(progress.bytesDone) / Double(progress.bytesTotal) : 0
        mediaSeconds = progress.mediaSeconds
        path = progress.path
        seconds = progress.seconds
    }
}

extension IndexAnswer {
    init(_ summary: IngestSummary, missing: [String], milliseconds: Double) {
        indexed = summary.indexed
        unchanged = summary.unchanged
        knownContent = summary.knownContent
        removed = summary.removed
        skipped = summary.skipped.count
        failed = summary.failed
        wasInterrupted = summary.wasInterrupted
        isBudgetSpent = summary.isBudgetSpent
        mediaSeconds = summary.mediaSeconds
        self.milliseconds = milliseconds
        millisecondsByStep = Dictionary(
            uniqueKeysWithValues: summary.secondsByStep.map { ($0.rawValue, $1 * 1000) })
        self.missing = missing
    }
}

extension IndexPreview {
    init(_ preview: IngestPreview) {
        toRead = preview.toRead
        unchanged = preview.unchanged.count
        failedBefore = preview.failedBefore
        gone = preview.gone
        skipped = preview.skipped.count + preview.beingWritten.count
    }
}
