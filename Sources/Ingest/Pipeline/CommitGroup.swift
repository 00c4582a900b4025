internal import Corpus
internal import Embedders
internal import Storage
internal import Tensors

/// Assets that are whole but for the vectors of their words, waiting to be committed together.
///
/// A commit costs a handful of syncs whatever it holds, and an encoder wants many texts at once;
/// what is not committed is lost with the process. So a group is small, and never old.
struct CommitGroup {
    private static let mostFiles = 64
    private static let mostKeyFrames = 512
    private static let mostSeconds = 5.0

    private struct Member {
        var number: Int
        var file: FileRecord
        var outcome: IngestEvent.Outcome
    }

    private let library: LibraryWriter
    private let tools: IngestTools
    private var commits: [AssetCommit] = []
    /// Files that need no more than a note.
    private var notes: [FileRecord] = []
    private var members: [Member] = []
    private var keyFrames = 0
    private var oldest: ContinuousClock.Instant?
    /// Copies of contents that another file of the run reads, until that is committed.
    private var copies: [AssetID: [(number: Int, file: FileRecord)]] = [:]
    /// What is wrong with each content read so far; nil when it is in the library.
    private var problems: [AssetID: String?] = [:]

    init(library: LibraryWriter, tools: IngestTools) {
        self.library = library
        self.tools = tools
    }

    /// Whether it is time to commit.
    var isDue: Bool {
        guard let oldest else { return false }
        return members.count >= Self.mostFiles || keyFrames >= Self.mostKeyFrames
            || oldest.duration(to: .now) / .seconds(1) >= Self.mostSeconds
    }

    /// - Parameter frames: key frames × dimension.
    mutating func add(
        _ number: Int, _ file: FolderScan.FoundFile, _ reading: FileReading, frames: [Float]
    ) {
        if oldest == nil { oldest = .now }
        var record = FileRecord(path: file.path, signature: file.signature)
        func member(_ outcome: IngestEvent.Outcome) -> Member {
            Member(number: number, file: record, outcome: outcome)
        }
        switch reading {
        case .read(var asset):
            record.asset = asset.asset.id
            if tools.imageEmbedder != nil { asset.vectors[.frames] = frames }
            keyFrames += asset.keyFrames.count
            members.append(
                member(
                    .indexed(
                        keyFrames: asset.keyFrames.count, passages: asset.passages.count,
                        mediaSeconds: asset.asset.durationSeconds, note: asset.note)))
            commits.append(AssetCommit(record: asset, file: record))
            problems[asset.asset.id] = .some(nil)
        case .unchanged(let asset), .known(let asset):
            record.asset = asset
            if case .known = reading {
                members.append(member(.knownContent))
            } else {
                members.append(member(.unchanged))
            }
            notes.append(record)
        case .copy(let asset):
            record.asset = asset
            copies[asset, default: []].append((number, record))
        case .failed(let reason, let content):
            record.problem = reason
            if let content { problems[content] = reason }
            members.append(member(.failed(reason: reason)))
            notes.append(record)
        case .changed:
            members.append(member(.beingWritten))
        case .abandoned, .broken:
            break
        }
    }

    /// What a model says that the pictures show.
    private func tags(of asset: AssetRecord) throws -> [Passage] {
        guard let tagger = try tools.tagger?.tagger(), let frames = asset.vectors[.frames],
            !asset.keyFrames.isEmpty
        else { return [] }
        let count = asset.keyFrames.count
        let rows = Matrix(rows: count, columns: frames.count / count, elements: frames)
        var passages = tagger.passages(for: rows, spans: asset.keyFrameSpans)
        if asset.asset.kind == .image {
            for index in passages.indices { passages[index].span = nil }
        }
        return passages
    }

    /// Embeds the words and commits all; then says so.
    mutating func commit(
        clock: inout StepClock, report: (Int, IngestEvent.Outcome) throws -> Void
    ) throws {
        try clock.measure(.embed) {
            for index in commits.indices where !commits[index].record.keyFrames.isEmpty {
                commits[index].record.passages += try tags(of: commits[index].record)
            }
        }
        try embedPassages(clock: &clock)
        takeCopies()
        guard !members.isEmpty else { return }
        try clock.measure(.commit) {
            try library.commit(commits)
            try library.note(notes)
        }
        let done = members
        commits.removeAll(keepingCapacity: true)
        notes.removeAll(keepingCapacity: true)
        members.removeAll(keepingCapacity: true)
        keyFrames = 0
        oldest = nil
        for member in done { try report(member.number, member.outcome) }
    }

    /// Copies share the fate of the file that was read for them all.
    private mutating func takeCopies() {
        for (content, waiting) in copies {
            guard let problem = problems[content] else { continue }
            copies[content] = nil
            for (number, var record) in waiting {
                record.problem = problem
                if problem != nil { record.asset = nil }
                notes.append(record)
                members.append(
                    Member(
                        number: number, file: record,
                        outcome: problem.map { .failed(reason: $0) } ?? .knownContent))
            }
        }
    }

    private mutating func embedPassages(clock: inout StepClock) throws {
        guard let embedder = tools.textEmbedder, !commits.isEmpty else { return }
        let texts = commits.flatMap { $0.record.passages.map(\.text) }
        let rows = try clock.measure(.embed) { try embedder.embed(texts, as: .passage) }
        var first = 0
        for index in commits.indices {
            let count = commits[index].record.passages.count
            let range = first * rows.columns..<(first + count) * rows.columns
            commits[index].record.vectors[.meaning] = Array(rows.elements[range])
            first += count
        }
    }
}
