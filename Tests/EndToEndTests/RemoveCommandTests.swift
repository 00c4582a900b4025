import Foundation
import TestSupport
import Testing

@Suite struct RemoveCommandTests {
    private let folder: TemporaryFolder
    private let media: String

    init() throws {
        folder = try TemporaryFolder()
        media = folder.path("media")
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
        for (name, text) in [("a", "A lighthouse in the fog."), ("b", "An apple cake.")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(media)/\(name).txt"))
        }
        try FileManager.default.copyItem(
            atPath: MediaFolder.film(), toPath: media + "/film.mp4")
        let run = try reel("index", media)
        try #require(run.exitCode == 0, "\(run.messages)")
    }

    private func reel(_ arguments: String...) throws -> BuiltProgram.Run {
        try BuiltProgram.run(["--index", folder.path("library")] + arguments)
    }

    private func names() throws -> [String] {
        try reel("--json", "ls").objects().map { line in
            let asset = try #require(line["asset"] as? [String: Any])
            return URL(fileURLWithPath: try #require(asset["path"] as? String)).lastPathComponent
        }
    }

    @Test func aRemovedAssetIsGoneItsFileStaysAndItComesBackOnlyWhenItIsNamed() throws {
        let preview = try reel("rm", "film.mp4", "--dry-run")
        #expect(preview.exitCode == 0)
        #expect(try names() == ["a.txt", "b.txt", "film.mp4"])

        let run = try reel("rm", "film.mp4")
        #expect(run.exitCode == 0)
        #expect(run.output.hasPrefix("removed \(media)/film.mp4: "))
        #expect(run.messages.contains("reel index \(media)/film.mp4"))
        #expect(try names() == ["a.txt", "b.txt"])
        #expect(FileManager.default.fileExists(atPath: media + "/film.mp4"))
        #expect(try reel("doctor", "--deep").output.contains("no damage found in any byte"))

        // Not by its folder, not even when failures are tried again; and said each time.
        for arguments in [["index", media], ["index", "--retry", media]] {
            let again = try BuiltProgram.run(["--index", folder.path("library")] + arguments)
            #expect(again.exitCode == 0)
            #expect(again.messages.contains("removed with reel rm"))
            #expect(try names() == ["a.txt", "b.txt"])
        }
        #expect(try reel("ls", "--problems").output.contains("film.mp4: removed with reel rm"))

        #expect(try reel("index", media + "/film.mp4").exitCode == 0)
        #expect(try names() == ["a.txt", "b.txt", "film.mp4"])
        #expect(try reel("index", media).exitCode == 0)
        #expect(try names() == ["a.txt", "b.txt", "film.mp4"])
    }

    @Test func severalGoAtOnceOrNone() throws {
        let wrong = try reel("rm", "a.txt", "nosuch")
        #expect(wrong.exitCode == 66)
        #expect(try names().count == 3)
        let run = try reel("--json", "rm", "a.txt", "b.txt", "a.txt")
        let document = try #require(try run.objects().first)
        #expect(document["dry_run"] as? Bool == false)
        #expect((document["removed"] as? [[String: Any]])?.count == 2)
        #expect(try names() == ["film.mp4"])
        #expect(try reel("rm").exitCode == 2)
    }

    @Test func statisticsTellWhatIsThere() throws {
        let document = try #require(try reel("--json", "stats").objects().first)
        let assets = try #require(document["assets"] as? [String: [String: Any]])
        #expect(assets["text"]?["count"] as? Int == 2)
        #expect(assets["video"]?["count"] as? Int == 1)
        #expect(assets["video"]?["media_seconds"] as? Double == 2)
        let bytes = try #require(document["bytes"] as? [String: Int])
        #expect(bytes["total"] == bytes.filter { $0.key != "total" }.values.reduce(0, +))
        #expect(document["generation"] as? Int ?? 0 > 0)
        let text = try reel("stats")
        #expect(text.exitCode == 0)
        #expect(text.output.contains("key frames"))
    }
}
