internal import Corpus
internal import Storage

/// What a run has to do, decided before anything is opened.
struct IngestPlan {
    /// New, changed, or made with lesser tools than there are now; in order of path.
    private(set) var toRead: [FolderScan.FoundFile] = []
    private(set) var unchanged: [FolderScan.FoundFile] = []
    /// The same as last time, and of no use then.
    private(set) var failedBefore: [(file: FolderScan.FoundFile, problem: String)] = []
    /// Someone has them open for writing.
    private(set) var beingWritten: [FolderScan.FoundFile] = []
    /// Taken out by the user, and not named now.
    private(set) var removed: [SkippedFile] = []
    /// Paths that the library knows and that are no longer there, or now left out by a rule.
    private(set) var gone: [String] = []

    init(
        scan: FolderScan, known: KnownFiles, settings: IngestSettings, tools: IngestTools
    ) {
        let wanted = WantedProcessing(settings: settings, tools: tools)
        let found = Set(scan.found.map { PathText($0.path) })
        gone = known.paths.filter { path in
            scan.covers(path) && !found.contains(PathText(path))
                && (FolderScan.isGone(path) || scan.ignores(path))
        }.sorted()
        for file in scan.found {
            let isRemoved = known[file.path]?.record.isRemoved ?? false
            if isRemoved, !scan.names(file.path) {
                removed.append(SkippedFile(path: file.path, reason: .removed))
                continue
            }
            if !isRemoved, !settings.readsUnchanged, let before = known[file.path],
                before.isSettled,
                before.record.signature == file.signature
            {
                if let problem = before.record.problem, !settings.retriesFailures {
                    failedBefore.append((file, problem))
                    continue
                }
                if let asset = before.asset, wanted.isMet(by: asset) {
                    unchanged.append(file)
                    continue
                }
            }
            if FileReadiness.isBeingWritten(
                file.path, modifiedNanoseconds: file.signature.modifiedNanoseconds)
            {
                beingWritten.append(file)
            } else {
                toRead.append(file)
            }
        }
    }
}
