/// The steps an asset goes through, in order; progress, timing and messages use the same list.
package enum IngestStep: String, Sendable, CaseIterable, Codable {
    case probe
    case keyFrames = "key_frames"
    case subtitles
    case embed
    case commit
}

/// What happened to one file.
package struct IngestEvent: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// New or changed, now in the library. The note says what is missing of a damaged file.
        case indexed(keyFrames: Int, passages: Int, note: String?)
        /// The same as last time.
        case unchanged
        /// Content that the library already had, at a path that is new.
        case knownContent
        case failed(reason: String)
    }

    package var path: String
    package var outcome: Outcome
}

/// How far a run has come; sent often, for a progress line.
package struct IngestProgress: Sendable, Equatable {
    package var filesDone: Int
    package var filesTotal: Int
    package var bytesDone: Int64
    package var bytesTotal: Int64
    /// The file being read, and how far into it.
    package var path: String
    package var seconds: Double
}

/// What a whole run did.
package struct IngestSummary: Sendable, Equatable {
    package var indexed = 0
    package var unchanged = 0
    package var knownContent = 0
    package var failed = 0
    package var removed = 0
    package var skipped: [SkippedFile] = []
    /// Stopped early at the user's wish; everything counted above is committed.
    package var wasInterrupted = false
    /// Media time of the files indexed.
    package var mediaSeconds = 0.0
    package var secondsByStep: [IngestStep: Double] = [:]
}
