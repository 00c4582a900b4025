internal import Foundation
internal import Ingest
internal import MediaDecoding
internal import Retrieval
internal import Storage

extension Application {
    /// Brings the library up to date with files and folders.
    package func index(
        _ request: IndexRequest, report: (IndexEvent) throws -> Void,
        progress: (IndexProgress) -> Void, isCancelled: () -> Bool
    ) throws -> IndexAnswer {
        try Failure.translating {
            try index(
                request, with: IndexingModels(self, request), report: report,
                progress: progress,
                isCancelled: isCancelled)
        }
    }

    /// Indexes, then again whenever something changes, until it is cancelled.
    /// - Parameters:
    ///   - finished: called after each run that did something, and after the first.
    ///   - waiting: called before each wait; gets why some folders are only looked at at intervals.
    package func watch(
        _ request: IndexRequest, intervalSeconds: Double, report: (IndexEvent) throws -> Void,
        progress: (IndexProgress) -> Void, finished: (IndexAnswer) throws -> Void,
        waiting: (_ pollingReason: String?) -> Void, isCancelled: () -> Bool
    ) throws {
        try Failure.translating {
            let models = try IndexingModels(self, request)
            var request = request
            // Begun before the first run: what changes meanwhile is not missed.
            let watch = FolderWatch(request.paths, intervalSeconds: intervalSeconds)
            var isFirst = true
            while !isCancelled() {
                do {
                    let answer = try index(
                        request, with: models, report: report, progress: progress,
                        isCancelled: isCancelled)
                    if isFirst || answer.didSomething { try finished(answer) }
                } catch let error as IngestError where error.isForNow {
                    // An empty folder is worth watching.
                }
                isFirst = false
                request.rebuild = false
                guard !isCancelled() else { return }
                waiting(watch.pollingReason)
                _ = watch.wait(isCancelled: isCancelled)
            }
        }
    }

    /// What `index` would do, without doing it.
    package func preview(_ request: IndexRequest) throws -> IndexPreview {
        try Failure.translating {
            let hasLibrary = FileManager.default.fileExists(
                atPath: LibraryPaths(root: configuration.indexPath).manifest)
            let known =
                hasLibrary && !request.rebuild
                ? try LibraryReader(root: configuration.indexPath).knownFiles() : KnownFiles()
            return IndexPreview(
                try Ingester.preview(
                    request.paths, known: known,
                    tools: try IndexingModels(self, request).tools,
                    settings: settings(of: request)))
        }
    }

    private func index(
        _ request: IndexRequest, with models: IndexingModels,
        report: (IndexEvent) throws -> Void, progress: (IndexProgress) -> Void,
        isCancelled: () -> Bool
    ) throws -> IndexAnswer {
        let start = ContinuousClock.now
        let library = try LibraryWriter(
            root: configuration.indexPath, startingAnew: request.rebuild)
        for space in models.spaces { try library.use(space) }
        let ingester = Ingester(
            library: library, tools: models.tools, settings: settings(of: request))
        let summary = try ingester.run(
            request.paths, report: { try report(IndexEvent($0)) },
            progress: { progress(IndexProgress($0)) }, isCancelled: isCancelled)
        for file in summary.skipped { try report(IndexEvent(file)) }
        let calibrating = ContinuousClock.now
        if !summary.wasInterrupted {
            try calibrate(library, embedding: models.vectors(_:of:))
        }
        var answer = IndexAnswer(
            summary, missing: models.missing,
            milliseconds: start.duration(to: .now) / .milliseconds(1))
        answer.millisecondsByStep["calibrate"] =
            calibrating.duration(to: .now) / .milliseconds(1)
        return answer
    }

    private func settings(of request: IndexRequest) -> IngestSettings {
        var settings = IngestSettings()
        settings.keyFrameMethod = request.keyFrames
        settings.workers = configuration.workers
        settings.jobs = request.jobs ?? configuration.workers
        settings.readsScreenText = request.readsScreenText
        settings.languages = configuration.languages
        settings.listening =
            switch request.recognizer {
            case .auto: .whereUnwritten
            case .off: .off
            case .pocketSphinx: .everywhere
            }
        settings.budgetSeconds = request.budgetSeconds
        settings.retriesFailures = request.retriesFailures
        settings.readsUnchanged = request.readsUnchanged
        return settings
    }
}

extension Application {
    /// Measures how unrelated queries score in a library that has changed since it was last done.
    func calibrate(
        _ library: LibraryWriter, embedding: @escaping Calibrator.Embedding
    ) throws {
        guard try library.needsCalibration() else { return }
        try library.setCalibration(measure(library.paths.root, embedding: embedding))
    }

    /// Lets go of the library before anything is written: without a write-ahead log a reader stops
    /// the writer.
    private func measure(
        _ root: String, embedding: @escaping Calibrator.Embedding
    ) throws -> StoredCalibration {
        try Calibrator(
            library: LibraryReader(root: root), workers: configuration.workers,
            embedding: embedding
        ).measure()
    }
}

extension IndexAnswer {
    /// Whether the library is another than before.
    fileprivate var didSomething: Bool {
        indexed + knownContent + removed > 0
    }
}
