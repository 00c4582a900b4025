import Foundation
import TestSupport
import Testing

/// `reel cases` on the demo corpus, as a user runs it.
@Suite struct CasesCommandTests {
    private let folder: TemporaryFolder
    static let demo = BuiltProgram.checkout.appendingPathComponent("cases/demo.jsonl").path

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: String..., input: String = "") throws -> BuiltProgram.Run {
        try BuiltProgram.run(
            ["--index", folder.path("cases"), "cases"] + arguments, input: input)
    }

    @Test func importingAgainAddsNothing() throws {
        let first = try run("import", Self.demo, "--json")
        #expect(first.exitCode == 0, "\(first.messages)")
        #expect(try first.objects().first?["added"] as? Int == 480)
        #expect(try first.objects().first?["charges"] as? Int == 24)
        let again = try run("import", Self.demo, "--json")
        #expect(try again.objects().first?["added"] as? Int == 0)
        #expect(try again.objects().first?["known"] as? Int == 480)
    }

    @Test func compressedFilesAreReadAndDamagedOnesNamed() throws {
        let packed = folder.path("demo.jsonl.gz")
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
        gzip.arguments = ["-c", "gzip -c \"$1\" > \"$2\"", "sh", Self.demo, packed]
        try gzip.run()
        gzip.waitUntilExit()
        #expect(try run("import", packed).exitCode == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
        try bytes.prefix(bytes.count / 2).write(to: folder.url.appendingPathComponent("cut.gz"))
        let cut = try run("import", folder.path("cut.gz"))
        #expect(cut.exitCode == 65)
        #expect(cut.messages.contains("is damaged: its compressed data ends too early"))
    }

    @Test func badLinesAreToldByNumberWithoutTheirText() throws {
        let text = "{\"fact\": \"机密案情一\", \"meta\": {}}\n机密案情二\n"
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("bad.jsonl"))
        let run = try run("import", folder.path("bad.jsonl"))
        #expect(run.exitCode == 3)
        #expect(run.messages.contains("bad.jsonl:1: meta.accusation is missing or empty"))
        #expect(run.messages.contains("bad.jsonl:2: not JSON"))
        #expect(!run.messages.contains("机密") && !run.output.contains("机密"))
    }
}
