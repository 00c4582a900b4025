internal import Embedders
internal import Ingest
internal import Retrieval
internal import Storage

/// What to bring into the library, and how.
package struct IndexRequest: Sendable {
    package var paths: [String]
    /// Throw the library away first and build it anew.
    package var rebuild = false

    package init(paths: [String]) { self.paths = paths }
}

/// What happened to one file.
package struct IndexEvent: Sendable, Encodable {
    package enum Outcome: String, Sendable, Encodable {
        case indexed, unchanged, failed, skipped
        /// Content that the library already had, at a path that is new.
        case knownContent = "known_content"
    }

    package var path: String
    package var outcome: Outcome
    package var keyFrames = 0
    package var passages = 0
    /// Why a file failed, was skipped, or is kept only in part.
    package var reason: String?

    enum CodingKeys: String, CodingKey {
        case path, outcome, passages, reason
        case keyFrames = "key_frames"
    }
}

/// How far a run has come.
package struct IndexProgress: Sendable {
    package var filesDone: Int
    package var filesTotal: Int
    /// Of the bytes of all files, 0…1.
    package var fractionDone: Double
    /// The file being read, and how far into it.
    package var path: String
    package var seconds: Double
}

/// What a run did, and which channels it could not serve.
package struct IndexAnswer: Sendable, Encodable {
    package let schemaVersion = 1
    package var indexed: Int
    package var unchanged: Int
    package var knownContent: Int
    package var removed: Int
    package var skipped: Int
    package var failed: Int
    /// Stopped early at the user's wish; everything counted here is committed.
    package var wasInterrupted: Bool
    /// Media time of the files indexed.
    package var mediaSeconds: Double
    package var milliseconds: Double
    package var millisecondsByStep: [String: Double]
    /// One sentence a missing model.
    package var missing: [String]

    enum CodingKeys: String, CodingKey {
        case indexed, unchanged, removed, skipped, failed, milliseconds, missing
        case schemaVersion = "schema_version"
        case knownContent = "known_content"
        case wasInterrupted = "interrupted"
        case mediaSeconds = "media_seconds"
        case millisecondsByStep = "milliseconds_by_step"
    }
}

extension Application {
    /// Brings the library up to date with files and folders.
    package func index(
        _ request: IndexRequest, report: (IndexEvent) throws -> Void,
        progress: (IndexProgress) -> Void, isCancelled: () -> Bool
    ) throws -> IndexAnswer {
        try Failure.translating {
            let start = ContinuousClock.now
            let frames = try model(.frames)
            let meaning = try model(.meaning)
            let precision = (configuration.precision ?? .auto).resolved
            let imageEmbedder = try frames.map {
                try ImageEmbedder(model: $0, precision: precision)
            }
            let textEmbedder = try meaning.map { try TextEmbedder(model: $0, precision: precision) }

            let library = try LibraryWriter(
                root: configuration.indexPath, startingAnew: request.rebuild)
            if let frames, let imageEmbedder {
                try library.use(
                    space(
                        .frames, of: frames, fingerprint: imageEmbedder.modelFingerprint,
                        dimension: imageEmbedder.dimension))
            }
            if let meaning, let textEmbedder {
                try library.use(
                    space(
                        .meaning, of: meaning, fingerprint: textEmbedder.modelFingerprint,
                        dimension: textEmbedder.dimension))
            }
            let ingester = Ingester(
                library: library, imageEmbedder: imageEmbedder, textEmbedder: textEmbedder,
                workers: configuration.workers)
            let summary = try ingester.run(
                request.paths, report: { try report(IndexEvent($0)) },
                progress: { progress(IndexProgress($0)) }, isCancelled: isCancelled)
            for file in summary.skipped {
                try report(
                    IndexEvent(
                        path: file.path, outcome: .skipped, reason: file.reason.description))
            }
            let calibrating = ContinuousClock.now
            if !summary.wasInterrupted {
                var models = SearchModels()
                models.imageText = try frames.map { try CLIPTextEmbedder(model: $0) }
                models.text = textEmbedder
                try calibrate(library, models: models)
            }
            let calibration = calibrating.duration(to: .now) / .milliseconds(1)
            let missing = [(ModelRole.frames, frames), (.meaning, meaning)]
                .filter { $0.1 == nil }.map { missingModelNote($0.0) }
            var answer = IndexAnswer(
                summary, missing: missing, milliseconds: start.duration(to: .now) / .milliseconds(1)
            )
            answer.millisecondsByStep["calibrate"] = calibration
            return answer
        }
    }
}

extension Application {
    /// Measures how unrelated queries score in a library that has changed since it was last done.
    func calibrate(_ library: LibraryWriter, models: SearchModels) throws {
        guard try library.needsCalibration() else { return }
        let reader = try LibraryReader(root: library.paths.root)
        try library.setCalibration(
            Calibrator(library: reader, models: models, workers: configuration.workers).measure())
    }
}

extension IndexEvent {
    fileprivate init(_ event: IngestEvent) {
        path = event.path
        switch event.outcome {
        case .indexed(let keyFrames, let passages, let note):
            outcome = .indexed
            self.keyFrames = keyFrames
            self.passages = passages
            reason = note
        case .unchanged: outcome = .unchanged
        case .knownContent: outcome = .knownContent
        case .failed(let problem):
            outcome = .failed
            reason = problem
        }
    }
}

extension IndexProgress {
    fileprivate init(_ progress: IngestProgress) {
        filesDone = progress.filesDone
        filesTotal = progress.filesTotal
        fractionDone =
            progress.bytesTotal > 0 ? Double(progress.bytesDone) / Double(progress.bytesTotal) : 0
        path = progress.path
        seconds = progress.seconds
    }
}

extension IndexAnswer {
    fileprivate init(_ summary: IngestSummary, missing: [String], milliseconds: Double) {
        indexed = summary.indexed
        unchanged = summary.unchanged
        knownContent = summary.knownContent
        removed = summary.removed
        skipped = summary.skipped.count
        failed = summary.failed
        wasInterrupted = summary.wasInterrupted
        mediaSeconds = summary.mediaSeconds
        self.milliseconds = milliseconds
        millisecondsByStep = Dictionary(
            uniqueKeysWithValues: summary.secondsByStep.map { ($0.rawValue, $1 * 1000) })
        self.missing = missing
    }
}
