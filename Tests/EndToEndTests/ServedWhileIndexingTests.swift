import Foundation
import Synchronization
import TestSupport
import Testing

/// Searches while files are taken in by an indexer that is killed and begun again: each answer is
/// right, and what was found once is found from then on. Benchmarks/service/while_indexing.py does
/// the same with fifty thousand requests.
@Suite struct ServedWhileIndexingTests {
    private let folder: TemporaryFolder
    private let media: String
    private var library: String { folder.path("library") }

    init() throws {
        folder = try TemporaryFolder()
        media = folder.url.resolvingSymlinksInPath().path + "/media"
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
    }

    /// A word that is in one file alone.
    private static func word(_ number: Int) -> String {
        let syllables = ["ba", "ko", "du", "mi", "fa", "lo", "ru", "ti", "ga", "no"]
        return String(number).map { syllables[Int(String($0)) ?? 0] }.joined() + "vex"
    }

    private func write(_ numbers: Range<Int>) throws {
        for number in numbers {
            try Data("The harbour master wrote down \(Self.word(number)), and went home.".utf8)
                .write(to: URL(fileURLWithPath: "\(media)/\(number).txt"))
        }
    }

    private func indexer() throws -> Process {
        let process = Process()
        process.executableURL = BuiltProgram.path
        process.arguments = ["--index", library, "--quiet", "index", media]
        process.currentDirectoryURL = BuiltProgram.checkout
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// What clients on several threads have seen.
    private final class Findings: Sendable {
        struct State {
            var requests = 0
            var found: Set<Int> = []
            var faults: [String] = []
            var isOver = false
        }

        let state = Mutex(State())
    }

    /// Asks for one word after the other until the end is said.
    private static func ask(
        port: Int, media: String, numbers: [Int], known: Int, _ findings: Findings
    ) {
        for number in sequence(first: 0, next: { $0 + 1 }).lazy.map({ numbers[$0 % numbers.count] })
        {
            let (isOver, wasFound) = findings.state.withLock { state in
                state.requests += 1
                return (state.isOver, number < known || state.found.contains(number))
            }
            guard !isOver else { return }
            // Leaves the indexer a share of the processors.
            usleep(4000)
            let paths: [String]
            do {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "GET /v1/search?q=\(word(number))&channels=keywords&rerank=false HTTP/1.1\r\n"
                        + "Host: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
                let answer = try RawAnswer(socket.readToEnd(within: 60))
                guard answer.status == 200 else {
                    findings.state.withLock { $0.faults.append("\(number): \(answer.text)") }
                    continue
                }
                let hits = try answer.object()["hits"] as? [[String: Any]] ?? []
                paths = hits.compactMap { ($0["asset"] as? [String: Any])?["path"] as? String }
            } catch {
                findings.state.withLock { $0.faults.append("\(number): \(error)") }
                continue
            }
            findings.state.withLock { state in
                if paths == ["\(media)/\(number).txt"] {
                    state.found.insert(number)
                } else if !paths.isEmpty || wasFound {
                    state.faults.append("\(number): found \(paths), known: \(wasFound)")
                }
            }
        }
    }

    @Test func answersAreRightWhileTheIndexerIsKilledTwice() throws {
        let known = 8
        // A commit holds 64 files: two are not all.
        let all = 140
        try write(0..<known)
        let first = try indexer()
        first.waitUntilExit()
        try #require(first.terminationStatus == 0)
        let server = try ServedProgram(library: library)
        try server.eventually { try server.get("/readyz").status == 200 }
        try server.eventually { try generation(server) > 0 }
        try write(known..<all)

        let findings = Findings()
        let group = DispatchGroup()
        for client in 0..<4 {
            group.enter()
            let (port, media) = (server.port, media)
            let numbers = (0..<all).filter { $0 % 4 == client } + [client]
            Thread.detachNewThread {
                Self.ask(port: port, media: media, numbers: numbers, known: known, findings)
                group.leave()
            }
        }
        // Each is killed behind a commit of its own, with more to do.
        for _ in 0..<2 {
            let before = try generation(server)
            let process = try indexer()
            try server.eventually { try generation(server) > before || !process.isRunning }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
        }
        let last = try indexer()
        last.waitUntilExit()
        #expect(last.terminationStatus == 0)
        try? server.eventually { findings.state.withLock { $0.found.count == all } }
        findings.state.withLock { $0.isOver = true }
        group.wait()
        findings.state.withLock { state in
            #expect(state.faults == [])
            #expect(state.found.count == all)
            #expect(state.requests > 2 * all)
        }
        #expect(try server.get("/readyz").status == 200)
    }

    private func generation(_ server: ServedProgram) throws -> Int {
        try server.get("/v1/library").object()["generation"] as? Int ?? 0
    }

    // MARK: The library as a whole

    @Test func aLibraryThatIsReplacedOrRemovedIsNoReasonToFail() throws {
        func index(_ text: String, into library: String) throws {
            let source = folder.path("source-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                atPath: source, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: source + "/a.txt"))
            let run = try BuiltProgram.run(["--index", library, "--quiet", "index", source])
            try #require(run.exitCode == 0, "\(run.messages)")
        }
        func count(_ server: ServedProgram, _ word: String) throws -> Int? {
            let answer = try server.get("/v1/search?q=\(word)&channels=keywords&rerank=false")
            guard answer.status == 200 else { return nil }
            return (try answer.object()["hits"] as? [Any])?.count
        }
        try index("Ships leave the harbour at dawn.", into: library)
        let server = try ServedProgram(library: library)
        try server.eventually { try count(server, "harbour") == 1 }

        // Another one in its place, in one step.
        try index("Nobody lives on the mountain.", into: folder.path("other"))
        try FileManager.default.moveItem(atPath: library, toPath: folder.path("old"))
        try FileManager.default.moveItem(atPath: folder.path("other"), toPath: library)
        try server.eventually { try count(server, "mountain") == 1 }
        #expect(try count(server, "harbour") == 0)

        // None at all: what was open is still searched, and readiness says what is wrong.
        try FileManager.default.removeItem(atPath: library)
        try server.eventually {
            try server.get("/readyz?verbose").text.contains("There is no library")
        }
        #expect(try count(server, "mountain") == 1)
        #expect(try server.get("/v1/assets").object()["generation"] as? Int == 0)

        // And one that is made anew.
        try index("The desert is quiet at noon.", into: library)
        try server.eventually { try count(server, "desert") == 1 }
        #expect(try count(server, "mountain") == 0)
        #expect(!server.messages.contains("reel:"), "\(server.messages)")
    }
}
