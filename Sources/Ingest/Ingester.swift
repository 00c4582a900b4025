internal import Corpus
package import Embedders
internal import Glibc
internal import MediaDecoding
package import Storage

/// Brings a library up to date with folders: new, changed, moved and gone files.
///
/// One commit an asset: a run that is cut short keeps what it finished, and the next goes on from
/// there. A file that cannot be read is noted with its reason and never stops the others.
package struct Ingester {
    private let library: LibraryWriter
    private let reader: AssetReader
    private let spaces: [VectorSpace.Name]

    /// - Parameters:
    ///   - imageEmbedder: nil leaves pictures out of the search by sight until a model is there.
    ///   - textEmbedder: nil leaves passages out of the search by meaning.
    ///   - workers: threads for decoding.
    package init(
        library: LibraryWriter, imageEmbedder: ImageEmbedder?, textEmbedder: TextEmbedder?,
        workers: Int
    ) {
        self.library = library
        reader = AssetReader(
            imageEmbedder: imageEmbedder, textEmbedder: textEmbedder, workers: workers)
        spaces =
            (imageEmbedder == nil ? [] : [VectorSpace.Name.frames])
            + (textEmbedder == nil ? [] : [.meaning])
    }

    /// - Parameters:
    ///   - paths: files and folders; what the library knows below them and is gone is dropped.
    ///   - progress: called often.
    ///   - isCancelled: asked between files and while one is decoded.
    package func run(
        _ paths: [String], report: (IngestEvent) throws -> Void,
        progress: (IngestProgress) -> Void, isCancelled: () -> Bool
    ) throws -> IngestSummary {
        let scan = try FolderScan(paths)
        let known = Dictionary(uniqueKeysWithValues: try library.files().map { ($0.path, $0) })
        let foundPaths = Set(scan.found.map(\.path))
        let gone = known.keys.filter { path in
            scan.covers(path) && !foundPaths.contains(path) && FolderScan.isGone(path)
        }.sorted()
        guard !scan.found.isEmpty || !gone.isEmpty else {
            throw IngestError.noMedia(paths: paths, skipped: scan.skipped.count)
        }
        var summary = IngestSummary()
        summary.skipped = scan.skipped
        var clock = StepClock()
        var state = IngestProgress(
            filesDone: 0, filesTotal: scan.found.count, bytesDone: 0,
            bytesTotal: scan.found.reduce(0) { $0 + $1.signature.size }, path: "", seconds: 0)
        do {
            for file in scan.found {
                guard !isCancelled() else { throw CancellationError() }
                state.path = file.path
                state.seconds = 0
                progress(state)
                let outcome = try bring(
                    file, known: known[file.path], clock: &clock, summary: &summary
                ) { seconds in
                    guard !isCancelled() else { throw CancellationError() }
                    state.seconds = seconds
                    progress(state)
                }
                summary.count(outcome)
                try report(IngestEvent(path: file.path, outcome: outcome))
                state.filesDone += 1
                state.bytesDone += file.signature.size
                progress(state)
            }
            // After the new paths: a file that moved keeps its asset.
            try library.forget(gone)
            summary.removed = gone.count
        } catch is CancellationError {
            summary.wasInterrupted = true
        }
        try clock.measure(.commit) { try library.finish() }
        summary.secondsByStep = clock.secondsByStep
        return summary
    }

    private func bring(
        _ file: FolderScan.FoundFile, known: FileRecord?, clock: inout StepClock,
        summary: inout IngestSummary, progress: (Double) throws -> Void
    ) throws -> IngestEvent.Outcome {
        if let known, known.signature == file.signature, try library.isSettled(file.path) {
            if let problem = known.problem { return .failed(reason: problem) }
            if let asset = known.asset, try isComplete(asset) { return .unchanged }
        }
        do {
            let digest = try clock.measure(.probe) { try ContentDigest.sha256(ofFileAt: file.path) }
            let id = AssetID(digest: digest)
            let record = FileRecord(path: file.path, signature: file.signature, asset: id)
            if try isComplete(id), try hasSameSubtitles(id, file, known: known) {
                try library.note(record)
                return known?.asset == id ? .unchanged : .knownContent
            }
            let asset: AssetRecord
            do {
                asset = try reader.read(
                    file.path, id: id, digest: digest, clock: &clock, progress: progress)
            } catch let error as CancellationError {
                throw error
            } catch {
                // Reading touches nothing but this file: whatever went wrong is its own.
                return try fail(file, "\(error)")
            }
            try clock.measure(.commit) { try library.commit(asset, from: record) }
            summary.mediaSeconds += asset.asset.durationSeconds
            return .indexed(
                keyFrames: asset.keyFrames.count, passages: asset.passages.count, note: asset.note)
        } catch let error as MediaError {
            return try fail(file, "\(error)")
        }
    }

    private func fail(
        _ file: FolderScan.FoundFile, _ problem: String
    ) throws -> IngestEvent.Outcome {
        try library.note(
            FileRecord(path: file.path, signature: file.signature, problem: problem))
        return .failed(reason: problem)
    }

    private func isComplete(_ asset: AssetID) throws -> Bool {
        try library.isComplete(asset, spaces: spaces)
    }

    /// Subtitle files that came, changed or went beside a file are read again. A second copy
    /// without any leaves the asset with those of the first.
    private func hasSameSubtitles(
        _ asset: AssetID, _ file: FolderScan.FoundFile, known: FileRecord?
    ) throws -> Bool {
        let companions = file.signature.companions
        if try library.companions(of: asset) == companions { return true }
        let before = known?.asset == asset ? known?.signature.companions : ""
        return companions == before
    }
}

extension IngestSummary {
    fileprivate mutating func count(_ outcome: IngestEvent.Outcome) {
        switch outcome {
        case .indexed: indexed += 1
        case .unchanged: unchanged += 1
        case .knownContent: knownContent += 1
        case .failed: failed += 1
        }
    }
}
