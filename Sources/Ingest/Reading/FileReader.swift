internal import Corpus
internal import IsolatedDecoding
internal import MediaDecoding
internal import Storage

/// Reads one file after another on a thread of its own, with a decoder of its own.
struct FileReader {
    private let context: ReadingContext
    private let watch: ProgressWatch
    private let work: WorkList
    private let queue: BoundedQueue<ReaderMessage>
    private let decoder: any MediaDecoder
    private var clock = StepClock()

    init(
        context: ReadingContext, watch: ProgressWatch, work: WorkList,
        queue: BoundedQueue<ReaderMessage>
    ) {
        self.context = context
        self.watch = watch
        self.work = work
        self.queue = queue
        decoder = context.tools.makeDecoder()
    }

    /// Where the time went since this was last asked.
    mutating func takeSeconds() -> [IngestStep: Double] {
        defer { clock = StepClock() }
        return clock.secondsByStep
    }

    /// Whatever is wrong with a file is its own: it never throws.
    mutating func read(_ file: FolderScan.FoundFile, number: Int) -> FileReading {
        var content: AssetID?
        do {
            watch.reach(0, of: number)
            let digest = try clock.measure(.digest) {
                try ContentDigest.sha256(ofFileAt: file.path)
            }
            let id = AssetID(digest: digest)
            content = id
            if !context.settings.readsUnchanged, let known = context.knownAssets[id],
                context.wanted.isMet(by: known),
                hasSameSubtitles(known, file, id)
            {
                let before = context.knownFiles[file.path]?.record.asset
                return before == id ? .unchanged(id) : .known(id)
            }
            guard context.claims.claim(id) else { return .copy(of: id) }
            let record = try record(of: file, number: number, id: id, digest: digest)
            guard FileSignature.isUnchanged(file) else { return .changed }
            return .read(record)
        } catch is CancellationError {
            return .abandoned
        } catch let error as IsolatedDecodingError where error.isOurs {
            return .broken(error)
        } catch {
            return .failed(reason: "\(error)", content: content)
        }
    }

    /// Subtitle files that came, changed or went beside a file are read again. A second copy
    /// without any leaves the asset with those of the first.
    private func hasSameSubtitles(
        _ asset: KnownAsset, _ file: FolderScan.FoundFile, _ id: AssetID
    ) -> Bool {
        let companions = file.signature.companions
        if asset.companions == companions { return true }
        let before = context.knownFiles[file.path]?.record
        return companions == (before?.asset == id ? before?.signature.companions : "")
    }

    private mutating func record(
        of file: FolderScan.FoundFile, number: Int, id: AssetID, digest: [UInt8]
    ) throws -> AssetRecord {
        var record: AssetRecord
        switch file.form {
        case .media:
            record = try media(file, number: number, id: id, digest: digest)
        case .text, .subtitles:
            record = try clock.measure(.decode) {
                try TextAsset.record(of: file, id: id, digest: digest)
            }
        }
        record.steps = context.wanted.recorded
        try describe(&record)
        return record
    }

    /// Adds what a model says of a video's or a picture's frames. Where it fails the asset is kept
    /// without, and the next run asks again.
    private mutating func describe(_ record: inout AssetRecord) throws {
        guard let describer = context.tools.describer, context.settings.describes,
            record.asset.kind == .video || record.asset.kind == .image
        else { return }
        let frames = DescribedFrame.chosen(
            times: record.keyFrames.map(\.timeSeconds), pictures: record.thumbnails)
        do {
            let text = try clock.measure(.describe) { [work] in
                try describer.description(of: frames, isCancelled: { work.hasStopped })
            }
            if let text { record.passages.append(Passage(text: text, source: .description)) }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            record.steps[ProcessingStep.description.rawValue] = WantedProcessing.missing
            let note = "It was not described: \(error)"
            record.note = record.note.map { "\($0) \(note)" } ?? note
        }
    }

    private mutating func media(
        _ file: FolderScan.FoundFile, number: Int, id: AssetID, digest: [UInt8]
    ) throws -> AssetRecord {
        var request = DecodingRequest(path: PathText(file.path).bytes)
        request.keyFrameSettings = context.settings.keyFrames
        request.subtitleFiles = file.subtitles.map {
            SubtitleFileName(path: $0.path, language: $0.language)
        }
        request.wantsScreenText = context.settings.readsScreenText
        request.screenTextLanguages = context.settings.screenTextLanguages
        request.subtitleLanguages = context.settings.languages
        request.wantsSound = listens
        // The last files have the cores of those that are done.
        request.threads = context.settings.threads(filesLeft: work.filesLeft(from: number))
        var assembly = AssetAssembly(path: file.path, id: id, digest: digest)
        var ear = listens ? Ear(context: context, threads: request.threads) : nil
        try clock.measure(.decode) { [decoder, queue, watch, work] in
            try decoder.read(request) { event in
                guard !work.hasStopped else { throw CancellationError() }
                switch event {
                case .progress(let seconds):
                    watch.reach(seconds, of: number)
                case .keyFrame(_, let picture, _, _):
                    // Embedded while the next ones are decoded.
                    guard queue.push(.picture(file: number, picture)) else {
                        throw CancellationError()
                    }
                case .subtitles(let passages):
                    ear?.open(covered: passages.compactMap(\.span)) { seconds in
                        guard !work.hasStopped else { throw CancellationError() }
                        watch.reach(seconds, of: number)
                    }
                case .sound(let samples, let startSeconds):
                    try ear?.hear(samples, atSeconds: startSeconds)
                case .opened, .finished:
                    break
                }
                try assembly.add(event)
            }
        }
        clock.move(ear?.seconds ?? 0, from: .decode, to: .listen)
        let heard = try clock.measure(.listen) { try ear?.finish() }
        if let heard { assembly.add(heard) }
        return assembly.finish()
    }

    private var listens: Bool {
        context.tools.voiceModel != nil && context.settings.listening != .off
    }
}

extension FileSignature {
    /// Whether the file is still the one that the scan saw.
    fileprivate static func isUnchanged(_ file: FolderScan.FoundFile) -> Bool {
        guard let now = FolderScan.signature(ofFileAt: file.path) else { return false }
        return now.size == file.signature.size && now.inode == file.signature.inode
            && now.modifiedNanoseconds == file.signature.modifiedNanoseconds
    }
}

extension IsolatedDecodingError {
    /// Nothing is wrong with the file: no file can be decoded now.
    fileprivate var isOurs: Bool {
        switch self {
        case .cannotStart, .missingLibrary: true
        default: false
        }
    }
}
