internal import Corpus
internal import Embedders
internal import Storage

/// Reads files on several threads, embeds what they hold in whole batches across files, and commits
/// the results in groups, in the order of the files.
///
///     readers (a process each)  ─ queue ─  embed in batches  ─  commit in order
///
/// The queue is bounded, and so is how far readers run ahead: memory does not grow with the length
/// of a film or the number of files. Only the caller's thread touches the library.
struct IngestPipeline {
    /// Messages in flight; a picture has up to 2.8 MB.
    private static let queueCapacity = 12
    /// Files read ahead of the one that is to be committed next.
    private static let lead = 256

    private let files: [FolderScan.FoundFile]
    private let reading: ReadingContext
    private let queue = BoundedQueue<ReaderMessage>(capacity: queueCapacity)
    private let work: WorkList
    private let watch = ProgressWatch()
    private var open: [Int: OpenFile] = [:]
    private var batch: PictureBatch?
    private var group: CommitGroup
    private var next = 0
    private(set) var clock = StepClock()

    /// A file that has been begun and not yet handed to the commit group.
    private struct OpenFile {
        var reading: FileReading?
        /// Key frames × dimension, as far as they are embedded.
        var frames: [Float] = []
        var picturesAdded = 0
        var picturesEmbedded = 0
    }

    init(files: [FolderScan.FoundFile], library: LibraryWriter, reading: ReadingContext) {
        self.files = files
        self.reading = reading
        work = WorkList(count: files.count, lead: Self.lead)
        batch = reading.tools.imageEmbedder.map(PictureBatch.init)
        group = CommitGroup(library: library, tools: reading.tools)
    }

    /// - Parameters:
    ///   - report: called for each file, once what is said of it is committed.
    ///   - progress: called about ten times a second.
    ///   - isCancelled: asked as often; what is whole by then is committed.
    /// - Returns: false when it was cancelled.
    mutating func run(
        report: (Int, IngestEvent.Outcome) throws -> Void,
        progress: ([ProgressWatch.Place]) -> Void, isCancelled: () -> Bool
    ) throws -> Bool {
        let readers = ReaderThreads(
            count: min(reading.settings.jobs, files.count), files: files, context: reading,
            queue: queue, work: work, watch: watch)
        // Whatever happens below, no thread outlives this call.
        defer {
            work.stop()
            queue.close()
            readers.join()
        }
        readers.start()
        var wasCancelled = false
        run: while true {
            switch queue.pop(waitingAtMost: 0.1) {
            case .element(let message): try take(message)
            case .timedOut: break
            case .closed: break run
            }
            if !wasCancelled, isCancelled() {
                wasCancelled = true
                work.stop()
            }
            progress(watch.places)
            try settle(report)
        }
        try embedBatch()
        try settle(report)
        if wasCancelled { takeWhatIsWhole() }
        try commitGroup(report)
        return !wasCancelled
    }

    // MARK: Steps

    private mutating func take(_ message: ReaderMessage) throws {
        switch message {
        case .picture(let file, let picture):
            guard batch != nil else { return }
            reading.tools.tagger?.prepare()
            open[file, default: OpenFile()].picturesAdded += 1
            batch?.add(picture, of: file)
            if batch?.isFull == true { try embedBatch() }
        case .finished(let file, let reading, let seconds):
            clock.add(seconds)
            if case .broken(let error) = reading { throw error }
            if case .read = reading {} else { batch?.drop(file) }
            open[file, default: OpenFile()].reading = reading
        }
    }

    private mutating func embedBatch() throws {
        guard var full = batch, !full.isEmpty else { return }
        // One after the other: both towers of a model take twice the memory.
        reading.tools.tagger?.waitUntilPrepared()
        try clock.measure(.embed) {
            try full.embed { file, row in
                open[file]?.frames += row
                open[file]?.picturesEmbedded += 1
            }
        }
        batch = full
    }

    /// Hands on the files whose turn it is and that are whole; commits when there is enough.
    private mutating func settle(
        _ report: (Int, IngestEvent.Outcome) throws -> Void
    ) throws {
        while let head = open[next], let reading = head.reading {
            if case .read = reading, head.picturesEmbedded < head.picturesAdded {
                // Nothing else to do: rather a small batch now than an idle processor.
                guard queue.isEmpty else { break }
                try embedBatch()
                continue
            }
            hand(next)
            next += 1
            work.finish(upTo: next)
        }
        if group.isDue { try commitGroup(report) }
    }

    private mutating func hand(_ file: Int) {
        guard let state = open.removeValue(forKey: file), let reading = state.reading else {
            return
        }
        group.add(file, files[file], reading, frames: state.frames)
    }

    /// After a stop order no longer matters: what later files have whole is kept too.
    private mutating func takeWhatIsWhole() {
        for file in open.keys.sorted() {
            guard let state = open[file], state.reading != nil,
                state.picturesEmbedded == state.picturesAdded
            else { continue }
            hand(file)
        }
    }

    private mutating func commitGroup(
        _ report: (Int, IngestEvent.Outcome) throws -> Void
    ) throws {
        try group.commit(clock: &clock, report: report)
    }
}
