import Corpus
import Dispatch
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Service

/// The library that a server holds, searched by its words alone: models are tried end to end.
@Suite struct LiveLibraryTests {
    private let folder: TemporaryFolder
    private var root: String { folder.path("library") }

    init() throws { folder = try TemporaryFolder() }

    private func live(patience: Duration = .seconds(5)) throws -> LiveLibrary {
        var flags = Configuration.Flags()
        flags.indexPath = root
        flags.modelFolder = folder.path("models")
        let live = LiveLibrary(
            application: Application(
                configuration: try Configuration.load(flags: flags, environment: [:])),
            patience: patience)
        live.start()
        return live
    }

    private func request(_ query: String) -> SearchRequest {
        var request = SearchRequest(query: query)
        request.weights = [.keywords: 1]
        request.reranks = false
        return request
    }

    /// Adds an asset with one passage.
    private func add(_ name: String, saying text: String, anew: Bool = false) throws {
        let writer = try LibraryWriter(root: root, startingAnew: anew)
        let digest = Corpus.SHA256.digest(of: Array((name + text).utf8))
        var record = AssetRecord(
            asset: Asset(
                id: AssetID(digest: digest), kind: .video, path: "/films/\(name).mp4",
                durationSeconds: 60), digest: digest)
        record.passages = [
            Passage(
                text: text, source: .subtitle, span: TimeSpan(startSeconds: 3, endSeconds: 9),
                language: "en")
        ]
        let signature = FileSignature(
            size: 1, modifiedNanoseconds: 1, inode: 1, companions: "")
        try writer.commit(
            record,
            from: FileRecord(
                path: record.asset.path, signature: signature, asset: record.asset.id))
        try writer.finish()
    }

    /// Looks again and again, for at most ten seconds.
    private func eventually<Value>(_ look: () throws -> Value?) throws -> Value {
        for _ in 0..<500 {
            if let value = try look() { return value }
            usleep(20_000)
        }
        return try #require(try look())
    }

    private func whenReady(_ live: LiveLibrary, generation: Int64? = nil) throws {
        _ = try eventually {
            let known = live.readiness.generation
            return known != nil && (generation == nil || known == generation) ? true : nil
        }
    }

    @Test func withoutALibraryNothingIsReadyAndTheReasonIsSaid() throws {
        let live = try live()
        defer { live.stop() }
        let problem = try eventually {
            live.readiness.problem.flatMap { $0.contains("no library") ? $0 : nil }
        }
        #expect(problem == "There is no library at \(root). Make one first: reel index FOLDER")
        #expect(live.readiness.summary == "nothing indexed yet")
        let error = #expect(throws: Failure.self) { try live.search(request("harbour")) }
        #expect(error?.cause == .busy)
    }

    @Test func aLibraryThatComesLaterIsPickedUp() throws {
        let live = try live()
        defer { live.stop() }
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        try whenReady(live)
        let answer = try live.search(request("harbour"))
        #expect(answer.hits.map(\.asset.path) == ["/films/harbour.mp4"])
        #expect(answer.hits[0].hasCaptions)
        #expect(answer.stage == "keywords")
    }

    @Test func aCommitDuringSearchesIsFoundAndBreaksNone() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live()
        defer { live.stop() }
        try whenReady(live)
        let isDone = Mutex(false)
        let counts = Mutex<[Int]>([])
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        let request = request("harbour")
        for _ in 0..<4 {
            group.enter()
            Thread.detachNewThread {
                while !isDone.withLock({ $0 }) {
                    do {
                        let answer = try live.search(request)
                        counts.withLock { $0.append(answer.hits.count) }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
                group.leave()
            }
        }
        for number in 2...6 {
            try add("harbour \(number)", saying: "The harbour again, \(number) times.")
        }
        _ = try eventually { try live.search(request).hits.count == 6 ? true : nil }
        isDone.withLock { $0 = true }
        group.wait()
        #expect(failures.withLock { $0 }.isEmpty)
        #expect(counts.withLock { $0.allSatisfy { (1...6).contains($0) } })
    }

    @Test func aLibraryMadeAnewTakesTheOldOnesPlace() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live()
        defer { live.stop() }
        try whenReady(live)
        #expect(try live.search(request("harbour")).hits.count == 1)
        try add("mountain", saying: "Nobody lives on the mountain.", anew: true)
        _ = try eventually { try live.search(request("mountain")).hits.first }
        #expect(try live.search(request("harbour")).hits.isEmpty)
    }

    @Test func whatCannotBeOpenedIsTriedAgainThoughNoFileThatIsWatchedChanges() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let manifest = URL(fileURLWithPath: root + "/manifest.json")
        let whole = try Data(contentsOf: manifest)
        try Data("{".utf8).write(to: manifest)
        let live = try live(patience: .milliseconds(300))
        defer { live.stop() }
        let problem = try eventually {
            live.readiness.problem.flatMap { $0.contains("manifest") ? $0 : nil }
        }
        #expect(!live.readiness.isReady, "\(problem)")
        let error = #expect(throws: Failure.self) { try live.search(request("harbour")) }
        #expect(error?.description == problem)
        try whole.write(to: manifest)
        try whenReady(live)
        #expect(live.readiness.problem == nil)
        #expect(try live.search(request("harbour")).hits.count == 1)
    }

    @Test func aCommitThatCannotBeOpenedLeavesTheOneBefore() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live(patience: .milliseconds(300))
        defer { live.stop() }
        try whenReady(live)
        try add("mountain", saying: "Nobody lives on the mountain.")
        let manifest = URL(fileURLWithPath: root + "/manifest.json")
        let whole = try Data(contentsOf: manifest)
        try whenReady(live, generation: 2)
        try add("desert", saying: "The desert is quiet at noon.")
        try Data("{".utf8).write(to: manifest)
        // Whether the third commit was opened before the damage or not: something is searched.
        for _ in 0..<20 {
            #expect(try live.search(request("harbour")).hits.count == 1)
            usleep(20_000)
        }
        try whole.write(to: manifest)
        _ = try eventually { try live.search(request("desert")).hits.first }
    }

    @Test func whatIsReadIsTheLatestEvenBeforeItIsSearched() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live()
        defer { live.stop() }
        #expect(try live.readingLatest { $0.generation } == 1)
        try whenReady(live)
        for number in 2...6 {
            try add("harbour \(number)", saying: "The harbour again, \(number) times.")
            #expect(try live.readingLatest { $0.generation } == Int64(number))
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live()
        defer { live.stop() }
        try whenReady(live)
        var request = SearchRequest(query: "harbour")
        request.reranks = true
        let answer = try live.search(request)
        #expect(answer.hits.count == 1)
        #expect(answer.missing.count == 2)
        #expect(answer.missing.allSatisfy { $0.contains("was made without a model") })
        #expect(answer.notes.contains { $0.contains("is not installed") })
    }

    @Test func whoGaveUpGetsNoAnswer() throws {
        try add("harbour", saying: "Ships leave the harbour at dawn.")
        let live = try live()
        defer { live.stop() }
        try whenReady(live)
        let error = #expect(throws: Failure.self) {
            try live.search(request("harbour"), isCancelled: { true })
        }
        #expect(error?.cause == .interrupted)
    }
}
