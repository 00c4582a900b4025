internal import Corpus
internal import Storage

/// One run over a list of files, in one or two passes, with what it has counted.
struct IngestRun {
    var summary = IngestSummary()
    private let library: LibraryWriter
    private let tools: IngestTools
    private let settings: IngestSettings
    private let started = ContinuousClock.now
    private var clock = StepClock()
    /// Files that a brief look has counted already.
    private var counted: Set<String> = []

    init(library: LibraryWriter, tools: IngestTools, settings: IngestSettings) {
        self.library = library
        self.tools = tools
        self.settings = settings
    }

    /// Within a budget everything is first looked at briefly, then file after file in full.
    mutating func read(
        _ files: [FolderScan.FoundFile], report: (IngestEvent) throws -> Void,
        progress: (IngestProgress) -> Void, isCancelled: () -> Bool
    ) throws {
        if settings.budgetSeconds != nil {
            // What the library has is not made less of.
            let known = try library.knownFiles()
            try pass(
                files.filter { known[$0.path]?.asset == nil }, settings: settings.brief,
                report: report, progress: progress,
                isCancelled: isCancelled)
        }
        try pass(
            files, settings: settings, report: report, progress: progress,
            isCancelled: isCancelled)
    }

    /// Files that someone had open for writing get a second chance at the end of the run.
    mutating func readWhatHasSettled(
        _ files: [FolderScan.FoundFile], report: (IngestEvent) throws -> Void,
        progress: (IngestProgress) -> Void, isCancelled: () -> Bool
    ) throws {
        var settled: [FolderScan.FoundFile] = []
        for var file in files {
            let signature = FolderScan.signature(ofFileAt: file.path)
            let modified = signature?.modifiedNanoseconds ?? 0
            guard let signature,
                !FileReadiness.isBeingWritten(file.path, modifiedNanoseconds: modified)
            else {
                try summary.tell(file, .beingWritten, report)
                continue
            }
            file.signature.size = signature.size
            file.signature.modifiedNanoseconds = modified
            file.signature.inode = signature.inode
            settled.append(file)
        }
        try read(settled, report: report, progress: progress, isCancelled: isCancelled)
    }

    mutating func finish() throws {
        try clock.measure(.commit) { [library] in try library.finish() }
        summary.secondsByStep = clock.secondsByStep
    }

    // MARK: A pass

    private mutating func pass(
        _ files: [FolderScan.FoundFile], settings: IngestSettings,
        report: (IngestEvent) throws -> Void, progress: (IngestProgress) -> Void,
        isCancelled: () -> Bool
    ) throws {
        guard !files.isEmpty, !summary.wasInterrupted else { return }
        guard !isBudgetSpent() else {
            summary.isBudgetSpent = true
            return
        }
        let context = ReadingContext(
            tools: tools, settings: settings,
            knownAssets: try library.knownAssets(), knownFiles: try library.knownFiles())
        var state = IngestProgress(files: files, mediaSeconds: summary.mediaSeconds)
        var pipeline = IngestPipeline(files: files, library: library, reading: context)
        var told = summary
        var counted = counted
        let isWhole = try pipeline.run(
            report: { number, outcome in
                state.finish(files[number])
                let isNew = counted.insert(files[number].path).inserted
                try told.tell(files[number], outcome, isAgain: !isNew, report)
            },
            progress: { places in
                state.place(
                    places.first.map { (files[$0.file].path, $0.seconds) },
                    mediaSeconds: told.mediaSeconds + places.reduce(0) { $0 + $1.seconds })
                progress(state)
            },
            isCancelled: { isCancelled() || isBudgetSpent() })
        summary = told
        self.counted = counted
        clock.add(pipeline.clock.secondsByStep)
        if !isWhole {
            summary.isBudgetSpent = isBudgetSpent()
            summary.wasInterrupted = !summary.isBudgetSpent
        }
    }

    private func isBudgetSpent() -> Bool {
        settings.budgetSeconds.map { started.duration(to: .now) / .seconds(1) >= $0 } ?? false
    }
}

extension IngestProgress {
    fileprivate init(files: [FolderScan.FoundFile], mediaSeconds: Double) {
        self.init(
            filesDone: 0, filesTotal: files.count, bytesDone: 0,
            bytesTotal: files.reduce(0) { $0 + $1.signature.size }, mediaSeconds: mediaSeconds,
            path: "", seconds: 0)
    }

    fileprivate mutating func finish(_ file: FolderScan.FoundFile) {
        filesDone += 1
        bytesDone += file.signature.size
    }

    fileprivate mutating func place(
        _ place: (path: String, seconds: Double)?, mediaSeconds: Double
    ) {
        path = place?.path ?? ""
        seconds = place?.seconds ?? 0
        self.mediaSeconds = mediaSeconds
    }
}

extension IngestSummary {
    /// Counts what happened to a file, and says so.
    /// - Parameter isAgain: it was counted when it was looked at briefly.
    mutating func tell(
        _ file: FolderScan.FoundFile, _ outcome: IngestEvent.Outcome, isAgain: Bool = false,
        _ report: (IngestEvent) throws -> Void
    ) throws {
        switch outcome {
        case .indexed where isAgain, .knownContent where isAgain: break
        case .indexed(_, _, let seconds, _):
            indexed += 1
            mediaSeconds += seconds
        case .unchanged: unchanged += 1
        case .knownContent: knownContent += 1
        case .failed: failed += 1
        case .beingWritten:
            // One of the files that a run leaves out, not one that it read.
            skipped.append(SkippedFile(path: file.path, reason: .beingWritten))
            return
        }
        try report(IngestEvent(path: file.path, outcome: outcome))
    }
}
