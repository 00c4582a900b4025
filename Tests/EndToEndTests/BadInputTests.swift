import Foundation
import TestSupport
import Testing

/// Mistakes of users: one sentence each, and the exit code a script can tell them by.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func reel(_ arguments: [String]) throws -> BuiltProgram.Run {
        try BuiltProgram.run(["--index", folder.path("library")] + arguments)
    }

    @Test(
        arguments: [
            ([], 2, "Usage"), (["serach", "x"], 2, "Did you mean search"),
            (["search"], 2, "missing"), (["search", "--top", "0", "x"], 2, "from 1 to 100"),
            (["search", "--channels", "smell", "x"], 2, "keywords,frames,meaning"),
            (["search", "--weights", "frames=-1", "x"], 2, "from 0 to 1000"),
            (["search", "--tpo", "3", "x"], 2, "Did you mean --top"),
            (["search", "x"], 66, "reel index"), (["ls"], 66, "reel index"),
            (["index", "no/such/folder"], 66, "Nothing was changed"),
            (["embed", "--model", "no-such-model", "--text", "x"], 66, "no-such-model"),
            (["frames", "no-such-file.mp4"], 66, "no-such-file.mp4"),
            (["eval", "library", "--queries", "none.jsonl"], 66, "none.jsonl"),
            (["--config", "none.json", "ls"], 78, "none.json"),
        ] as [([String], Int32, String)])
    func mistakesGetASentenceAndACode(arguments: [String], code: Int32, words: String) throws {
        let run = try reel(arguments)
        #expect(run.exitCode == code, "\(run.messages)")
        #expect(run.messages.contains(words), "\(run.messages)")
        #expect(run.output.isEmpty)
    }

    @Test func aFolderWithoutMediaSaysSo() throws {
        try Data("a letter".utf8).write(to: folder.url.appendingPathComponent("letter.docx"))
        let run = try reel(["index", folder.url.path])
        #expect(run.exitCode == 66)
        #expect(run.messages.contains("no video, audio, picture or text"))
    }

    @Test(
        arguments: [
            ("{", 65), (#"{"model_type":"gpt_bigcode"}"#, 65),
            (#"{"model_type":"bert","hidden_size":-4}"#, 65),
        ] as [(String, Int32)])
    func aWrongModelFolderIsNamed(configuration: String, code: Int32) throws {
        let model = folder.path("model")
        try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: model + "/config.json"))
        let run = try reel(["embed", "--model", model, "--text", "x"])
        #expect(run.exitCode == code)
        #expect(run.messages.contains(model))
    }

    @Test func aLibraryOfANewerVersionIsRefused() throws {
        let library = folder.path("library")
        try FileManager.default.createDirectory(atPath: library, withIntermediateDirectories: true)
        try Data(#"{"format_version":99}"#.utf8).write(
            to: URL(fileURLWithPath: library + "/manifest.json"))
        for command in [["search", "x"], ["index", BuiltProgram.media]] {
            let run = try reel(command)
            #expect(run.exitCode == 78)
            #expect(run.messages.contains("99"))
        }
    }

    @Test func aFolderThatIsNoLibraryIsLeftAlone() throws {
        let home = folder.path("home")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: home + "/letter.txt"))
        let run = try BuiltProgram.run(["--index", home, "index", "--rebuild", BuiltProgram.media])
        #expect(run.exitCode == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home) == ["letter.txt"])
    }

    @Test func withoutModelsWordsAreStillFoundAndTheLossIsSaid() throws {
        let library = folder.path("library")
        let nowhere = ["REEL_MODELS": folder.path("no-models")]
        let index = try BuiltProgram.run(
            ["--index", library, "index", BuiltProgram.media], environment: nowhere)
        #expect(index.exitCode == 0)
        #expect(index.messages.contains("all-MiniLM-L6-v2 is not installed"))
        let search = try BuiltProgram.run(
            ["--index", library, "--json", "search", "the"], environment: nowhere)
        #expect(search.exitCode == 0)
    }

    @Test func aLibraryMadeWithAnotherModelIsNotSearchedWithThisOne() throws {
        // The same model with another configuration file is another model to the library.
        let models = folder.path("models")
        try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
        let ours = BuiltProgram.checkout.appendingPathComponent("models/reel-clip-tiny").path
        try FileManager.default.copyItem(atPath: ours, toPath: models + "/reel-clip-tiny")
        let configuration = models + "/reel-clip-tiny/config.json"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try (text + "\n").write(toFile: configuration, atomically: true, encoding: .utf8)
        let run = try DemoLibrary.reel("--models", models, "search", "car")
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("reel index --rebuild"))
    }

    @Test(arguments: [
        #""unbalanced"#, "AND OR NOT NEAR(", "'; DROP TABLE passages; --", "the of and", "***",
        "\u{0}\u{1}\u{7}", "-word", "field:word", String(repeating: "word ", count: 10_000),
        "北京 旅行", "🚗🏖️",
    ])
    func anyWordsMayBeSearchedFor(_ query: String) throws {
        // Arguments cannot hold NUL; the rest goes through whole.
        let run = try DemoLibrary.reel(
            "--json", "search", "--", query.replacingOccurrences(of: "\u{0}", with: ""))
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(!run.messages.contains("SQL"))
    }
}
