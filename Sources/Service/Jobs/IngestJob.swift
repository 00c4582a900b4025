/// A run of indexing that someone asked for, as it stands.
package struct IngestJob: Sendable {
    package enum State: String, Sendable, CaseIterable, Encodable {
        case queued, running, succeeded, failed, cancelled

        package var isFinal: Bool { self != .queued && self != .running }
    }

    /// 16 hexadecimal digits.
    package let id: String
    /// What to bring in, by the paths the files really have.
    package let request: IndexRequest
    package internal(set) var state = State.queued
    package internal(set) var progress = JobProgress()
    /// Files that could not be read, the first `failureLimit` of them.
    package internal(set) var failures: [FileProblem] = []
    /// What the run did; nil until it is over, and when it could not start.
    package internal(set) var outcome: IndexAnswer?
    /// Why the run as a whole failed.
    package internal(set) var problem: String?
    /// In seconds since 1970.
    package let created: Double
    package internal(set) var started: Double?
    package internal(set) var finished: Double?

    /// More are counted in the outcome, and listed by `reel ls --problems`.
    package static let failureLimit = 1000

    init(request: IndexRequest, created: Double) {
        id = (0..<16).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        self.request = request
        self.created = created
    }
}

/// How far a job has come.
package struct JobProgress: Sendable, Equatable {
    package var filesDone = 0
    package var files = 0
    /// Of the bytes of all files, 0…1.
    package var fractionDone = 0.0
    /// Media time done, files under way included.
    package var mediaSecondsDone = 0.0
    /// A file being read; nil when there is none.
    package var path: String?
    /// Since the run began.
    package var elapsedSeconds = 0.0

    package init() {}

    init(_ progress: IndexProgress, elapsedSeconds: Double) {
        filesDone = progress.filesDone
        files = progress.filesTotal
        fractionDone = progress.fractionDone
        mediaSecondsDone = progress.mediaSeconds
        path = progress.path.isEmpty ? nil : progress.path
        self.elapsedSeconds = elapsedSeconds
    }

    /// The last telling may lie before the last file.
    mutating func complete() {
        filesDone = files
        fractionDone = 1
    }

    /// Seconds of media a second.
    package var timesRealTime: Double {
        elapsedSeconds > 0 ? mediaSecondsDone / elapsedSeconds : 0
    }

    /// Seconds to go, from the bytes done, which files of very different length share; nil while
    /// nothing can be said.
    package var etaSeconds: Double? {
        guard fractionDone > 0.01, elapsedSeconds > 1 else { return nil }
        return elapsedSeconds / fractionDone * (1 - fractionDone)
    }
}

/// What those who follow a job are told.
package enum JobEvent: Sendable {
    /// The whole job as it stands: what every follower is told first.
    case state(IngestJob)
    case progress(IngestJob)
    /// A file is done, well or not.
    case file(IndexEvent)
    /// The job is over, and nothing more will come.
    case done(IngestJob)
}
