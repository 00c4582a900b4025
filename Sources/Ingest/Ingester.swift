package import Storage

/// Brings a library up to date with folders: new, changed, moved and gone files.
///
/// Whole assets are committed, a few at a time: a run that is cut short keeps what it finished, and
/// the next goes on from there. A file that cannot be read is noted with its reason and never stops
/// the others.
package struct Ingester {
    private let library: LibraryWriter
    private let tools: IngestTools
    private let settings: IngestSettings

    package init(library: LibraryWriter, tools: IngestTools, settings: IngestSettings) {
        self.library = library
        self.tools = tools
        self.settings = settings
    }

    /// - Parameters:
    ///   - paths: files and folders; what the library knows below them and is gone is dropped.
    ///   - report: called for each file once what it says is committed.
    ///   - progress: called about ten times a second.
    ///   - isCancelled: asked as often.
    package func run(
        _ paths: [String], report: (IngestEvent) throws -> Void,
        progress: (IngestProgress) -> Void, isCancelled: () -> Bool
    ) throws -> IngestSummary {
        let scan = try FolderScan(paths)
        let plan = IngestPlan(
            scan: scan, known: try library.knownFiles(), settings: settings, tools: tools)
        guard !scan.found.isEmpty || !plan.gone.isEmpty else {
            throw IngestError.noMedia(paths: paths, skipped: scan.skipped.count)
        }
        var run = IngestRun(library: library, tools: tools, settings: settings)
        run.summary.skipped = scan.skipped + plan.removed
        for file in plan.unchanged { try run.summary.tell(file, .unchanged, report) }
        for (file, problem) in plan.failedBefore {
            try run.summary.tell(file, .failed(reason: problem), report)
        }
        try run.read(plan.toRead, report: report, progress: progress, isCancelled: isCancelled)
        try run.readWhatHasSettled(
            plan.beingWritten, report: report, progress: progress, isCancelled: isCancelled)
        if !run.summary.wasInterrupted {
            // After the new paths: a file that moved keeps its asset.
            try library.forget(plan.gone)
            run.summary.removed = plan.gone.count
        }
        try run.finish()
        return run.summary
    }

    /// What a run would do to a library, or to none yet, without doing it.
    package static func preview(
        _ paths: [String], known: KnownFiles, tools: IngestTools, settings: IngestSettings
    ) throws -> IngestPreview {
        let scan = try FolderScan(paths)
        let plan = IngestPlan(scan: scan, known: known, settings: settings, tools: tools)
        return IngestPreview(
            toRead: plan.toRead.map(\.path), unchanged: plan.unchanged.map(\.path),
            failedBefore: plan.failedBefore.map(\.file.path), gone: plan.gone,
            beingWritten: plan.beingWritten.map(\.path), skipped: scan.skipped + plan.removed)
    }
}

/// What a run would do.
package struct IngestPreview: Sendable, Equatable {
    package var toRead: [String]
    package var unchanged: [String]
    package var failedBefore: [String]
    package var gone: [String]
    package var beingWritten: [String]
    package var skipped: [SkippedFile]
}
