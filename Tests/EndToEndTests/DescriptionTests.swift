import Foundation
import TestSupport
import Testing

/// Descriptions at ingest, by a model that a test plays.
@Suite struct DescriptionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("videos"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/winter-animals.mp4",
            toPath: folder.path("videos/animals.mp4"))
    }

    private func index(
        _ server: ScriptedServer, _ options: String...
    ) throws -> BuiltProgram.Run {
        try BuiltProgram.run(
            ["--index", folder.path("library"), "index"] + options + [folder.path("videos")],
            environment: ["REEL_LLM_ENDPOINT": server.url, "REEL_VLM_MODEL": "eye"])
    }

    private func description() throws -> String? {
        let shown = try BuiltProgram.run(
            ["--index", folder.path("library"), "--json", "show", "animals.mp4"])
        let passages = try #require(try shown.objects().first?["passages"] as? [[String: Any]])
        return passages.first { $0["source"] as? String == "description" }?["text"] as? String
    }

    @Test func aVideoIsDescribedOnceAndFoundByIt() throws {
        let server = try ScriptedServer([.says("A xylophone\nstands in the snow.")])
        #expect(try index(server, "--describe", "off").exitCode == 0)
        #expect(try description() == nil && server.requests.isEmpty)
        #expect(try index(server).exitCode == 0)
        #expect(try description() == "A xylophone stands in the snow.")
        #expect(try index(server).exitCode == 0)
        #expect(server.requests.count == 1)
        let body = try #require(server.requests.first?.body)
        #expect(body.contains(#""model":"eye""#) && body.contains("Please describe the video."))
        // Key frames a second apart: three shots.
        #expect(body.components(separatedBy: "data:image/jpeg;base64,").count == 4)
        let found = try BuiltProgram.run([
            "--index", folder.path("library"), "search", "--channels", "keywords", "xylophone",
        ])
        #expect(found.output.contains("animals.mp4"))
    }

    @Test func aModelThatFailsCostsNothingButTheDescription() throws {
        let down = try ScriptedServer([.json("{}", status: "400 Bad Request")])
        #expect(try index(down).exitCode == 0)
        #expect(try description() == nil)
        let listed = try BuiltProgram.run(["--index", folder.path("library"), "--json", "ls"])
        #expect(listed.output.contains("It was not described"))
        // Asked again as soon as it answers.
        let up = try ScriptedServer([.says("Animals.")])
        #expect(try index(up).exitCode == 0)
        #expect(try description() == "Animals.")
    }
}
