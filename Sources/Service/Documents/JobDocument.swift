/// A job as JSON: `GET /v1/jobs/{id}`, and the event that ends its stream.
package struct JobDocument: Encodable {
    let schemaVersion = 1
    let id: String
    let state: IngestJob.State
    let paths: [String]
    let progress: JobProgressDocument
    let failures: [FileProblem]
    let outcome: IndexAnswer?
    let problem: String?
    let created: Double
    let started: Double?
    let finished: Double?

    package init(_ job: IngestJob) {
        id = job.id
        state = job.state
        paths = job.request.paths
        progress = JobProgressDocument(job)
        failures = job.failures
        outcome = job.outcome
        problem = job.problem
        created = job.created.inMilliseconds
        started = job.started?.inMilliseconds
        finished = job.finished?.inMilliseconds
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schemaVersion, forKey: .schemaVersion)
        try container.encode(id, forKey: .id)
        try container.encode(state, forKey: .state)
        try container.encode(paths, forKey: .paths)
        try container.encode(progress, forKey: .progress)
        try container.encode(failures, forKey: .failures)
        // Null, not absent: what is not known yet is worth saying.
        try container.encode(outcome, forKey: .outcome)
        try container.encode(problem, forKey: .problem)
        try container.encode(created, forKey: .created)
        try container.encode(started, forKey: .started)
        try container.encode(finished, forKey: .finished)
    }

    enum CodingKeys: String, CodingKey {
        case id, state, paths, progress, failures, outcome, problem, created, started, finished
        case schemaVersion = "schema_version"
    }
}

/// `GET /v1/jobs`, newest first.
package struct JobListDocument: Encodable {
    let schemaVersion = 1
    let jobs: [JobDocument]

    package init(_ jobs: [IngestJob]) {
        self.jobs = jobs.map(JobDocument.init)
    }

    enum CodingKeys: String, CodingKey {
        case jobs
        case schemaVersion = "schema_version"
    }
}

/// The event `progress` of a job's stream.
package struct JobProgressEvent: Encodable {
    let schemaVersion = 1
    let id: String
    let state: IngestJob.State
    let progress: JobProgressDocument

    package init(_ job: IngestJob) {
        id = job.id
        state = job.state
        progress = JobProgressDocument(job)
    }

    enum CodingKeys: String, CodingKey {
        case id, state, progress
        case schemaVersion = "schema_version"
    }
}

struct JobProgressDocument: Encodable {
    let filesDone: Int
    let files: Int
    let fractionDone: Double
    let mediaSecondsDone: Double
    let timesRealTime: Double
    let elapsedSeconds: Double
    let etaSeconds: Double?
    let path: String?

    init(_ job: IngestJob) {
        let progress = job.progress
        filesDone = progress.filesDone
        files = progress.files
        fractionDone = progress.fractionDone.inMilliseconds
        mediaSecondsDone = progress.mediaSecondsDone.inMilliseconds
        timesRealTime = (progress.timesRealTime * 100).rounded() / 100
        elapsedSeconds = progress.elapsedSeconds.inMilliseconds
        etaSeconds = job.state.isFinal ? nil : progress.etaSeconds.map { $0.rounded() }
        path = progress.path
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(filesDone, forKey: .filesDone)
        try container.encode(files, forKey: .files)
        try container.encode(fractionDone, forKey: .fractionDone)
        try container.encode(mediaSecondsDone, forKey: .mediaSecondsDone)
        try container.encode(timesRealTime, forKey: .timesRealTime)
        try container.encode(elapsedSeconds, forKey: .elapsedSeconds)
        try container.encode(etaSeconds, forKey: .etaSeconds)
        try container.encode(path, forKey: .path)
    }

    enum CodingKeys: String, CodingKey {
        case files, path
        case filesDone = "files_done"
        case fractionDone = "fraction_done"
        case mediaSecondsDone = "media_seconds_done"
        case timesRealTime = "times_real_time"
        case elapsedSeconds = "elapsed_seconds"
        case etaSeconds = "eta_seconds"
    }
}

extension Double {
    /// Rounded to thousandths.
    fileprivate var inMilliseconds: Double { (self * 1000).rounded() / 1000 }
}
