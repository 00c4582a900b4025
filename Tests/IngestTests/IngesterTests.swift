import Checkpoints
import Corpus
import Embedders
import Foundation
import IsolatedDecoding
import Storage
import Tensors
import TestSupport
import Testing
import TextSearch

@testable import Ingest

@Suite struct IngesterTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("media/" + name))
    }

    /// Files by name, with what is in each.
    private func make(_ files: [(name: String, text: String)]) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("media"), withIntermediateDirectories: true)
        for file in files { try write(file.text, to: file.name) }
    }

    private struct Outcome {
        var summary: IngestSummary
        var events: [IngestEvent]

        func outcome(_ name: String) -> IngestEvent.Outcome? {
            events.first { $0.path.hasSuffix("/" + name) }?.outcome
        }
    }

    private func run(
        jobs: Int = 2, embedder: LazyImageEmbedder? = nil,
        settings change: (inout IngestSettings) -> Void = { _ in },
        isCancelled: (IngestProgress?) -> Bool = { _ in false }
    ) throws -> Outcome {
        let library = try LibraryWriter(root: root)
        var tools = IngestTools(makeDecoder: { ScriptedDecoder() })
        tools.imageEmbedder = embedder
        if let embedder {
            try library.use(
                VectorSpace(
                    name: .frames, model: "clip", fingerprint: embedder.modelFingerprint,
                    dimension: embedder.dimension))
        }
        var settings = IngestSettings()
        settings.jobs = jobs
        change(&settings)
        var events: [IngestEvent] = []
        var reached: IngestProgress?
        let summary = try Ingester(library: library, tools: tools, settings: settings).run(
            [folder.path("media")], report: { events.append($0) },
            progress: { reached = $0 }, isCancelled: { isCancelled(reached) })
        return Outcome(summary: summary, events: events)
    }

    private func assets() throws -> [AssetSummary] { try LibraryReader(root: root).assets() }

    @Test(arguments: [1, 2, 5])
    func filesAreCommittedInTheirOrderHoweverManyAreReadAtOnce(jobs: Int) throws {
        try make((0..<150).map { (String(format: "f%03d.mp4", $0), "film \($0 % 5) x\($0)") })
        let run = try run(jobs: jobs)
        #expect(run.summary.indexed == 150)
        #expect(run.events.map(\.path) == run.events.map(\.path).sorted())
        #expect(try assets().count == 150)
        let again = try self.run(jobs: jobs)
        #expect(again.summary.unchanged + again.summary.knownContent == 150)
        #expect(again.summary.indexed == 0)
    }

    @Test func oneBadFileCostsOnlyItself() throws {
        try make([("a.mp4", "film 2"), ("b.mp4", "broken"), ("c.mp4", "film 3")])
        let run = try run()
        #expect(run.summary.indexed == 2)
        #expect(run.outcome("b.mp4") == .failed(reason: "It is broken."))
    }

    @Test func copiesAreReadOnceAndShareTheirFate() throws {
        try make([
            ("a.mp4", "slow 2"), ("b.mp4", "slow 2"), ("c.mp4", "broken"), ("d.mp4", "broken"),
        ])
        let run = try run(jobs: 4)
        #expect(run.summary.indexed == 1)
        #expect(run.summary.knownContent == 1)
        #expect(run.summary.failed == 2)
        let library = try LibraryReader(root: root)
        #expect(try library.assets().count == 1)
        #expect(try library.problems().count == 2)
    }

    @Test func whatIsWholeIsKeptWhenARunIsStoppedAndTheNextGoesOn() throws {
        try make((0..<8).map { ("f\($0).mp4", "slow 10 x\($0)") })
        // Those before the third file have been read by then.
        let stopped = try run(isCancelled: { reached in
            reached.map { URL(fileURLWithPath: $0.path).lastPathComponent >= "f2.mp4" } ?? false
        })
        #expect(stopped.summary.wasInterrupted)
        let kept = try assets().count
        #expect(kept == stopped.summary.indexed)
        #expect((1..<8).contains(kept))
        let rest = try run()
        #expect(rest.summary.indexed == 8 - kept)
        #expect(try assets().count == 8)
    }

    @Test func aFileThatMovedKeepsItsAssetAndOneThatWentIsForgotten() throws {
        try make([("a.mp4", "film 2 a"), ("b.mp4", "film 2 b")])
        _ = try run()
        try FileManager.default.moveItem(
            atPath: folder.path("media/a.mp4"), toPath: folder.path("media/z.mp4"))
        try FileManager.default.removeItem(atPath: folder.path("media/b.mp4"))
        let run = try run()
        #expect(run.outcome("z.mp4") == .knownContent)
        #expect(run.summary.removed == 2)
        #expect(try assets().map(\.asset.path).map { $0.hasSuffix("/z.mp4") } == [true])
    }

    @Test func aFileThatARuleLeavesOutLaterIsForgotten() throws {
        try make([("a.mp4", "film 2 a"), ("b.mp4", "film 2 b")])
        _ = try run()
        try write("b.*\n", to: ".reelignore")
        #expect(try run().summary.removed == 1)
        #expect(try assets().count == 1)
    }

    @Test func aFileThatFailedIsTriedAgainOnlyWhenItChangedOrOnRequest() throws {
        try make([("a.mp4", "broken")])
        let path = folder.path("media/a.mp4")
        let old = Date(timeIntervalSinceNow: -60)
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
        #expect(try run().summary.secondsByStep[.digest] != nil)
        #expect(try run().summary.secondsByStep[.digest] == nil)
        let retried = try run(settings: { $0.retriesFailures = true })
        #expect(retried.summary.secondsByStep[.digest] != nil)
        #expect(retried.summary.failed == 1)
    }

    @Test func unchangedFilesAreReadAgainWhenThatIsAskedFor() throws {
        try make([("a.mp4", "film 1 one"), ("b.mp4", "film 2 two")])
        #expect(try run().summary.indexed == 2)
        let again = try run { $0.readsUnchanged = true }
        #expect(again.summary.indexed == 2)
        #expect(again.summary.unchanged == 0)
        #expect(try assets().count == 2)
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
    }

    @Test func aRemovedFileIsLeftOutUntilItIsNamed() throws {
        try make([("a.mp4", "film 1 one"), ("b.mp4", "film 2 two")])
        #expect(try run().summary.indexed == 2)
        do {
            let library = try LibraryWriter(root: root)
            let first = try #require(try assets().first)
            try library.remove([first.asset.id])
            try library.finish(purging: true)
        }
        for change: (inout IngestSettings) -> Void in [
            { _ in }, { $0.retriesFailures = true }, { $0.readsUnchanged = true },
        ] {
            let run = try run(settings: change)
            #expect(run.summary.skipped.map(\.reason) == [.removed])
            #expect(run.summary.failed == 0)
            #expect(try assets().map(\.asset.path) == [folder.path("media/b.mp4")])
        }
    }

    @Test func textFilesAreAssetsToo() throws {
        try make([
            ("notes.md", "# Plans\n\nBuy *milk*."),
            ("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHello"),
        ])
        let run = try run()
        #expect(run.summary.indexed == 2)
        let library = try LibraryReader(root: root)
        let found = try library.assets().map { asset in
            try library.passages(of: asset.asset.id).map(\.passage)
        }
        #expect(found[0].map(\.text) == ["notes", "Plans", "Plans: Buy milk."])
        #expect(found[0].map(\.source) == [.fileName, .title, .text])
        #expect(found[1].last?.span == TimeSpan(startSeconds: 1, endSeconds: 2))
    }

    @Test func aBudgetLooksAtEverythingBrieflyFirst() throws {
        try make((0..<4).map { ("f\($0).mp4", "film 2 x\($0)") })
        let spent = try run(settings: { $0.budgetSeconds = 1e-9 })
        #expect(spent.summary.indexed == 0)
        #expect(spent.summary.isBudgetSpent)
        let whole = try run(settings: { $0.budgetSeconds = 60 })
        #expect(whole.summary.indexed == 4)
        #expect(!whole.summary.isBudgetSpent)
        let library = try LibraryReader(root: root)
        #expect(try library.steps(of: library.assets()[0].asset.id)["frames"] == "fast")
    }

    /// Batches mix the pictures of several files; each row must come back to its own.
    @Test func everyKeyFrameGetsItsOwnVector() throws {
        let model = try ModelDirectory(path: Self.checkout.path + "/models/reel-clip-tiny")
        let embedder = try LazyImageEmbedder(model: model)
        try make((0..<9).map { ("f\($0).mp4", "film \($0 % 4 + 1) x\($0)") })
        _ = try run(jobs: 3, embedder: embedder)
        let library = try LibraryReader(root: root)
        let vectors = try #require(try library.vectors(of: .frames))
        for asset in try library.assets() {
            let frames = try library.keyFrames(of: asset.asset.id)
            var pictures: [Picture] = []
            try ScriptedDecoder().read(DecodingRequest(path: asset.asset.path)) { event in
                if case .keyFrame(_, let picture, _, _) = event { pictures.append(picture) }
            }
            #expect(pictures.count == frames.count)
            for (index, picture) in pictures.enumerated() {
                let expected = try embedder.embedder().embed([picture]).elements
                let kept = try #require(try vectors.vector(of: asset.asset.id, ordinal: index))
                let cosine = zip(kept, expected).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(cosine > 0.9995)
            }
        }
    }

    private static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
