import CKernels
import Foundation
import TestSupport
import Testing

/// `reel models …`, and models that other commands find by the name they have on a hub. The hub is one
/// of this machine, the model the small random one of the golden numbers.
@Suite struct ModelsCommandTests {
    private let folder: TemporaryFolder
    private static let source = "Tests/EmbeddersTests/Goldens/sentence-mean"

    init() throws { folder = try TemporaryFolder() }

    /// A person's environment without any model but what this test fetches.
    private func environment(_ hub: ScriptedHub? = nil, _ more: [String: String] = [:]) -> [String:
        String]
    {
        var variables = [
            "HF_HOME": folder.path("hf"), "REEL_MODELS": folder.path("models"), "HF_TOKEN": "",
            "HF_HUB_CACHE": "", "HUGGINGFACE_HUB_CACHE": "", "HF_HUB_OFFLINE": "",
            "TRANSFORMERS_OFFLINE": "", "HF_TOKEN_PATH": folder.path("token"),
        ]
        if let hub { variables["HF_ENDPOINT"] = hub.endpoint }
        return variables.merging(more) { $1 }
    }

    private static func digest(_ bytes: [UInt8], isLarge: Bool) -> String {
        guard !isLarge else {
            var hash = reel_sha256()
            reel_sha256_init(&hash)
            reel_sha256_update(&hash, bytes, bytes.count)
            var digest = [UInt8](repeating: 0, count: 32)
            reel_sha256_final(&hash, &digest)
            return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        var hash = reel_sha1()
        reel_sha1_init(&hash)
        let whole = Array("blob \(bytes.count)\0".utf8) + bytes
        reel_sha1_update(&hash, whole, whole.count)
        var digest = [UInt8](repeating: 0, count: 20)
        reel_sha1_final(&hash, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func hub() throws -> ScriptedHub {
        let root = BuiltProgram.checkout.appendingPathComponent(Self.source)
        let names = try #require(FileManager.default.enumerator(atPath: root.path))
        var files: [ScriptedHub.File] = []
        for case let name as String in names {
            guard let bytes = FileManager.default.contents(atPath: root.path + "/" + name),
                names.fileAttributes?[.type] as? FileAttributeType == .typeRegular
            else { continue }
            let isLarge = name.hasSuffix(".safetensors")
            files.append(
                .init(
                    name, Array(bytes), digest: Self.digest(Array(bytes), isLarge: isLarge),
                    isLarge: isLarge))
        }
        return try ScriptedHub(files)
    }

    private func embedding(_ model: String, _ environment: [String: String]) throws -> String {
        let run = try BuiltProgram.run(
            ["embed", "--model", model, "--text", "a red car"], environment: environment)
        #expect(run.exitCode == 0, "\(run.messages)")
        return run.output
    }

    @Test func aPulledModelIsFoundByItsNameEverywhere() throws {
        let hub = try hub()
        let environment = environment(hub)
        let pull = try BuiltProgram.run(
            ["models", "pull", "org/name", "--json"], environment: environment)
        #expect(pull.exitCode == 0, "\(pull.messages)")
        let pulled = try #require(try pull.objects().first)
        #expect(pulled["commit"] as? String == ScriptedHub.commit)
        #expect(pulled["schema_version"] as? Int == 1)
        #expect(pulled["present_bytes"] as? Int == 0)

        // Offline from here on: nothing is asked of the hub.
        let asked = hub.server.requests.count
        let offline = self.environment(hub, ["HF_HUB_OFFLINE": "1"])
        let expected = try embedding(Self.source, offline)
        #expect(try embedding("org/name", offline) == expected)
        #expect(try embedding("org/name@main", offline) == expected)
        #expect(try embedding("org/name@" + ScriptedHub.commit, offline) == expected)
        let tokens = try BuiltProgram.run(
            ["tokenize", "--model", "org/name", "a red car"], environment: offline)
        #expect(tokens.exitCode == 0, "\(tokens.messages)")
        let rerank = try BuiltProgram.run(
            ["rerank", "--query", "a car"],
            environment: offline.merging(["REEL_RERANK_MODEL": "org/name"]) { $1 }, input: "a\n")
        #expect(rerank.exitCode == 0, "\(rerank.messages)")

        let show = try BuiltProgram.run(
            ["models", "show", "org/name", "--json"], environment: offline)
        let details = try #require(try show.objects().first)
        #expect(
            details["kind"] as? String == "text-encoder" && details["place"] as? String == "cache")
        #expect(details["problem"] == nil || details["problem"] is NSNull)
        #expect((details["parameters"] as? Int ?? 0) > 0)
        let list = try BuiltProgram.run(
            ["models", "ls", "--json"],
            environment: offline.merging(["REEL_MEANING_MODEL": "org/name"]) { $1 })
        let listed = try #require(try list.objects().first)
        #expect(listed["name"] as? String == "org/name")
        #expect(listed["used_for"] as? [String] == ["meaning"])
        #expect(listed["revisions"] as? [String] == ["main"])
        let verify = try BuiltProgram.run(["models", "verify"], environment: offline)
        #expect(verify.exitCode == 0 && verify.output.hasPrefix("org/name: sound"))
        #expect(hub.server.requests.count == asked)
    }

    @Test(arguments: ["reel-clip-tiny", "reel-reranker"])
    func theBundledModelsAreAsTheyWereMade(name: String) throws {
        let run = try BuiltProgram.run(["models", "verify", name, "--json"])
        #expect(run.exitCode == 0, "\(run.output) \(run.messages)")
        let files = try run.objects().first?["files"] as? [[String: Any]] ?? []
        let right = files.filter { $0["state"] as? String == "right" }
        let unrecorded = files.filter { $0["state"] as? String == "unrecorded" }
        #expect(right.contains { ($0["path"] as? String)?.hasSuffix(".safetensors") == true })
        #expect(unrecorded.compactMap { $0["path"] as? String } == ["README.md"])
        #expect(right.count + 1 == files.count)
    }

    @Test func aSearchUsesAModelOfTheCache() throws {
        let hub = try hub()
        defer { withExtendedLifetime(hub) {} }
        let environment = environment(hub, ["REEL_MEANING_MODEL": "org/name"])
        let pull = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment)
        #expect(pull.exitCode == 0, "\(pull.messages)")
        let text = folder.path("notes.srt")
        try Data("1\n00:00:01,000 --> 00:00:02,000\nThe red car is fast.\n".utf8)
            .write(to: URL(fileURLWithPath: text))
        let index = ["--index", folder.path("library")]
        let indexed = try BuiltProgram.run(
            index + ["index", text, "--transcribe", "off"], environment: environment)
        #expect(indexed.exitCode == 0, "\(indexed.messages)")
        let found = try BuiltProgram.run(
            index + ["search", "red car", "--channels", "meaning", "--json"],
            environment: environment)
        let hits = try found.objects().first?["hits"] as? [[String: Any]]
        #expect(hits?.count == 1, "\(found.output) \(found.messages)")
    }

    @Test func aDamagedFileIsFoundAndFetchedAgain() throws {
        let hub = try hub()
        defer { withExtendedLifetime(hub) {} }
        let environment = environment(hub)
        #expect(
            try BuiltProgram.run(["models", "pull", "org/name"], environment: environment)
                .exitCode == 0)
        let blobs = folder.path("hf/hub/models--org--name/blobs")
        let weights = try #require(
            try FileManager.default.contentsOfDirectory(atPath: blobs).first { $0.count == 64 })
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: blobs + "/" + weights))
        try handle.seek(toOffset: 5000)
        try handle.write(contentsOf: [0x5A, 0xA5, 0x5A])
        let damaged = try BuiltProgram.run(
            ["models", "verify", "org/name", "--json"], environment: environment)
        #expect(damaged.exitCode == 65)
        let files = try damaged.objects().first?["files"] as? [[String: Any]] ?? []
        #expect(
            files.filter { $0["state"] as? String == "wrong" }.compactMap { $0["path"] as? String }
                == ["model.safetensors"])
        #expect(
            try BuiltProgram.run(["models", "pull", "org/name"], environment: environment)
                .exitCode == 0)
        #expect(
            try BuiltProgram.run(["models", "verify"], environment: environment).exitCode == 0)
        // What is gone is named, and fetched again by the command that is named.
        try FileManager.default.removeItem(atPath: blobs + "/" + weights)
        let gone = try BuiltProgram.run(
            ["embed", "--model", "org/name", "--text", "a"], environment: environment)
        #expect(gone.exitCode == 65)
        #expect(gone.messages.contains("reel models pull org/name"), "\(gone.messages)")
        #expect(
            try BuiltProgram.run(["models", "pull", "org/name"], environment: environment)
                .exitCode == 0)
        #expect(
            try BuiltProgram.run(["models", "verify"], environment: environment).exitCode == 0)
    }

    @Test func aDiskThatIsFullKeepsWhatCame() throws {
        let hub = try hub()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Twenty blocks of 512 bytes, fewer than the weights have.
        process.arguments = [
            "-c", #"ulimit -f 20; exec "$0" models pull org/name"#, BuiltProgram.path.path,
        ]
        process.currentDirectoryURL = BuiltProgram.checkout
        process.environment = ProcessInfo.processInfo.environment.merging(environment(hub)) { $1 }
        process.standardError = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 74)
        let blobs = folder.path("hf/hub/models--org--name/blobs")
        let partial = try FileManager.default.contentsOfDirectory(atPath: blobs)
            .filter { $0.hasSuffix(".incomplete") }
        #expect(partial.count == 1)
        let run = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment(hub))
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(hub.server.requests.last?.header("Range") == "bytes=10240-")
    }

    private static let mistakes: [(arguments: [String], exitCode: Int32, word: String)] = [
        (["models"], 2, "ls, show, verify or pull"), (["models", "list"], 2, "models list"),
        (["models", "show"], 2, "NAME"), (["models", "pull"], 2, "org/name"),
        (["models", "pull", "../../etc"], 2, "no name of a model"),
        (["models", "show", "no-such-model"], 66, "no-such-model"),
        (["embed", "--model", "org/none", "--text", "a"], 66, "reel models pull org/none"),
        (["embed", "--model", "org/none@v1", "--text", "a"], 66, "reel models pull org/none@v1"),
        (["tokenize", "--model", "org/none", "a"], 66, "reel models pull org/none"),
        (["rerank", "--model", "org/none", "--query", "a"], 66, "reel models pull org/none"),
    ]

    @Test(arguments: mistakes)
    func aMistakeIsNamedWithWhatToDo(
        arguments: [String], exitCode: Int32, word: String
    ) throws {
        let run = try BuiltProgram.run(arguments, environment: environment())
        #expect(run.exitCode == exitCode && run.output == "")
        #expect(run.messages.contains(word), "\(run.messages)")
    }

    private static let refusals: [(status: String, exitCode: Int32)] = [
        ("404 Not Found", 66), ("401 Unauthorized", 77), ("403 Forbidden", 77),
        ("410 Gone", 69),
    ]

    @Test(arguments: refusals)
    func aHubThatRefusesIsToldByTheExitCode(status: String, exitCode: Int32) throws {
        let hub = try ScriptedHub([], fault: { _, _ in .json("{}", status: status) })
        let run = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment(hub))
        #expect(run.exitCode == exitCode, "\(run.messages)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("hf")))
    }

    private static let offline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]

    @Test(arguments: offline)
    func whoeverAskedToStayOfflineStaysOffline(variable: String) throws {
        let hub = try hub()
        let run = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment(hub, [variable: "Yes"]))
        #expect(run.exitCode == 69 && run.messages.contains(variable))
        #expect(hub.server.requests.isEmpty)
    }

    @Test func theTokenOfAFileIsSentAndNeverShown() throws {
        let hub = try hub()
        try Data("hf_secret\n".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
        let run = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment(hub))
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(
            hub.server.requests.allSatisfy { $0.header("Authorization") == "Bearer hf_secret" })
        #expect(!(run.output + run.messages).contains("hf_secret"))
        try Data("two words".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
        let bad = try BuiltProgram.run(
            ["models", "pull", "org/name"], environment: environment(hub))
        #expect(bad.exitCode == 78 && bad.messages.contains(folder.path("token")))
    }

    @Test func weightsOfTorchGiveTheSameVectors() throws {
        let run = try BuiltProgram.run(
            ["embed", "--model", Self.source, "--text", "a red car"], environment: environment())
        #expect(run.exitCode == 0, "\(run.messages)")
        let source = BuiltProgram.checkout.appendingPathComponent(Self.source)
        let copy = folder.url.appendingPathComponent("pickled")
        try FileManager.default.copyItem(at: source, to: copy)
        try FileManager.default.removeItem(at: copy.appendingPathComponent("model.safetensors"))
        try FileManager.default.copyItem(
            at: BuiltProgram.checkout.appendingPathComponent(
                "Tests/CheckpointsTests/Goldens/sentence-mean.bin"),
            to: copy.appendingPathComponent("pytorch_model.bin"))
        let pickled = try BuiltProgram.run(
            ["embed", "--model", copy.path, "--text", "a red car"], environment: environment())
        #expect(pickled.output == run.output, "\(pickled.messages)")
    }
}
