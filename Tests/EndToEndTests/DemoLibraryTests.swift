import Foundation
import TestSupport
import Testing

/// The demo's own path: index media/, search it, ask the golden queries.
@Suite struct DemoLibraryTests {
    @Test(
        .enabled(if: BuiltProgram.hasTextEncoder, "Needs the fetched models: scripts/fetch-models"))
    func goldenQueriesFindTheRightFileAndTheRightMoment() throws {
        let queries = BuiltProgram.media + "/queries.jsonl"
        let run = try DemoLibrary.reel("eval", "library", "--queries", queries, "--explain")
        let figures = try #require(try run.objects().first)
        print("Golden queries: \(run.output)\(run.messages)")
        #expect(figures["queries"] as? Int == 30)
        #expect(try #require(figures["right_file_first"] as? Int) >= 27)
        #expect(try #require(figures["right_moment"] as? Int) >= 24)
    }

    @Test func whatWasIndexedIsListedShownAndNotIndexedAgain() throws {
        let listed = try DemoLibrary.reel("--json", "ls").objects()
        #expect(listed.count == 12)
        for line in listed {
            let asset = try #require(line["asset"] as? [String: Any])
            let shown = try DemoLibrary.reel("--json", "show", try #require(asset["id"] as? String))
                .objects()
            #expect(
                shown.first?["asset"] as? [String: AnyHashable] == asset as? [String: AnyHashable])
            if asset["kind"] as? String != "audio" {
                let frames = try #require(shown.first?["key_frames"] as? [[String: Any]])
                #expect(!frames.isEmpty)
                for frame in frames {
                    let picture = try #require(frame["thumbnail"] as? String)
                    let bytes = try #require(FileManager.default.contents(atPath: picture))
                    #expect(bytes.prefix(3) == Data([0xFF, 0xD8, 0xFF]))
                }
            }
        }
        let again = try DemoLibrary.reel("--json", "index", BuiltProgram.media)
        let summary = try #require(try again.objects().last)
        #expect(again.exitCode == 0)
        #expect(summary["indexed"] as? Int == 0)
        #expect(summary["unchanged"] as? Int == 12)
    }

    @Test func filtersLeaveOutWhatIsNotWanted() throws {
        for (option, value, kind) in [("--kind", "image", "image"), ("--kind", "video", "video")] {
            let answer = try #require(
                try DemoLibrary.reel("--json", "search", option, value, "boat").objects().first)
            let hits = try #require(answer["hits"] as? [[String: Any]])
            #expect(!hits.isEmpty)
            for hit in hits {
                #expect((hit["asset"] as? [String: Any])?["kind"] as? String == kind)
            }
        }
    }
}

/// What happens to a library as its folder changes.
@Suite(.serialized) final class ChangingFolderTests {
    private let folder: TemporaryFolder
    private let library: String
    private let videos: String

    init() throws {
        folder = try TemporaryFolder()
        library = folder.path("library")
        videos = folder.path("videos")
        try FileManager.default.createDirectory(atPath: videos, withIntermediateDirectories: true)
    }

    private func reel(_ arguments: String...) throws -> BuiltProgram.Run {
        try BuiltProgram.run(["--index", library] + arguments)
    }

    /// Some video of the demo that has subtitles beside it.
    private func copySubtitledVideo(as name: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: BuiltProgram.media)
        let subtitle = try #require(names.sorted().first { $0.hasSuffix(".srt") })
        let stem = String(subtitle.dropLast(4))
        let video = try #require(names.first { $0.hasPrefix(stem + ".") && $0 != subtitle })
        let suffix = try #require(video.split(separator: ".").last)
        try FileManager.default.copyItem(
            atPath: BuiltProgram.media + "/" + video, toPath: "\(videos)/\(name).\(suffix)")
    }

    private func summary() throws -> [String: Any] {
        try #require(try reel("--json", "index", videos).objects().last)
    }

    private func words() throws -> Int {
        let hits = try #require(
            try reel("--json", "search", "--channels", "keywords", "xylophone").objects().first?[
                "hits"]
                as? [Any])
        return hits.count
    }

    @Test func movedChangedAndDeletedFilesAreFollowed() throws {
        try copySubtitledVideo(as: "one")
        #expect(try summary()["indexed"] as? Int == 1)

        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: videos).first)
        try FileManager.default.moveItem(
            atPath: videos + "/" + file, toPath: videos + "/moved-" + file)
        let moved = try summary()
        #expect(moved["indexed"] as? Int == 0)
        #expect(moved["known_content"] as? Int == 1)
        #expect(try reel("ls").output.contains("moved-"))

        // A subtitle file that comes, changes and goes.
        let stem = "moved-" + file.split(separator: ".")[0]
        let subtitle = videos + "/" + stem + ".srt"
        let cue = "1\n00:00:01,000 --> 00:00:02,000\nA xylophone plays.\n"
        try Data(cue.utf8).write(to: URL(fileURLWithPath: subtitle))
        #expect(try summary()["indexed"] as? Int == 1)
        #expect(try words() == 1)
        try FileManager.default.removeItem(atPath: subtitle)
        #expect(try summary()["indexed"] as? Int == 1)
        #expect(try words() == 0)

        try FileManager.default.removeItem(atPath: videos + "/moved-" + file)
        #expect(try summary()["removed"] as? Int == 1)
        #expect(try reel("ls").output.isEmpty)
    }

    @Test func aFileThatIsStillThereIsNotForgottenBecauseAScanPassesItOver() throws {
        try copySubtitledVideo(as: "one")
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: videos).first)
        // Taken when it is named, whatever its name; a scan of the folder looks at extensions.
        let odd = videos + "/recording.bak"
        try FileManager.default.moveItem(atPath: videos + "/" + file, toPath: odd)
        #expect(try reel("index", odd).exitCode == 0)
        try copySubtitledVideo(as: "two")
        #expect(try summary()["removed"] as? Int == 0)
        try FileManager.default.removeItem(atPath: odd)
        #expect(try summary()["removed"] as? Int == 1)
    }

    @Test func aBadFileStopsNothingAndIsNamed() throws {
        try copySubtitledVideo(as: "good")
        let good = try #require(try FileManager.default.contentsOfDirectory(atPath: videos).first)
        let bytes = try #require(FileManager.default.contents(atPath: videos + "/" + good))
        let bad: [String: Data] = [
            "empty.mp4": Data(), "text.mp4": Data("just words".utf8),
            "playlist.mp4": Data("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n".utf8),
            "cut.mkv": Data(bytes.prefix(200)),
        ]
        for (name, content) in bad {
            try content.write(to: URL(fileURLWithPath: videos + "/" + name))
        }
        for attempt in ["first", "second"] {
            let run = try reel("index", videos)
            #expect(run.exitCode == 3, "the \(attempt) run")
            for name in bad.keys { #expect(run.messages.contains(name)) }
        }
        #expect(try reel("--json", "ls").objects().count == 1)
        #expect(try reel("--json", "ls", "--problems").objects().count == bad.count)
    }
}
