/// Where the time of a run goes; progress, timing and messages use the same list.
package enum IngestStep: String, Sendable, CaseIterable, Codable {
    /// Reading the content for its digest.
    case digest
    /// Decoding pictures, subtitles and text on screen, in a process of its own.
    case decode
    /// Finding speech and recognising it.
    case listen
    /// Asking a model what a video shows.
    case describe
    case embed
    case commit
}

/// What happened to one file.
package struct IngestEvent: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// New or changed, now in the library. The note says what is missing of a damaged file.
        case indexed(keyFrames: Int, passages: Int, mediaSeconds: Double, note: String?)
        /// The same as last time.
        case unchanged
        /// Content that the library already had, at a path that is new.
        case knownContent
        case failed(reason: String)
        /// Someone was still writing it; the next run takes it.
        case beingWritten
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
    /// Media time done, files under way included, in seconds.
    package var mediaSeconds: Double
    /// A file being read, and how far into it; empty when there is none.
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
    /// The time a run was given is over; files that were only looked at briefly wait for the next.
    package var isBudgetSpent = false
    /// Media time of the files indexed.
    package var mediaSeconds = 0.0
    package var secondsByStep: [IngestStep: Double] = [:]
}
