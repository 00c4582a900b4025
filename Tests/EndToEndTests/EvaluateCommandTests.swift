import Foundation
import TestSupport
import Testing

/// `reel eval` as a person runs it, on tiny data.
@Suite struct EvaluateCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ lines: [String], to name: String) throws -> String {
        let url = folder.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: url)
        return url.path
    }

    private func json(_ object: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    // MARK: run

    @Test func aRunIsMeasuredAsTrecEvalPrintsIt() throws {
        let run = try write(
            ["1 Q0 a 1 3 x", "1 Q0 b 2 2 x", "1 Q0 c 3 1 x", "2 Q0 d 1 1 x", "9 Q0 d 1 1 x"],
            to: "my.run")
        let judgements = try write(
            ["1 0 b 1", "1 0 z 2", "2 0 d 1", "3 0 a 1"], to: "my.qrels")
        let arguments = [
            "eval", "run", "--run", run, "--qrels", judgements, "--measures", "P@2,RR,R@5",
        ]
        let result = try BuiltProgram.run(arguments)
        #expect(result.exitCode == 0)
        #expect(
            result.output
                == "queries\tall\t2\nP@2\tall\t0.5000\nRR\tall\t0.7500\nR@5\tall\t0.7500\n")
        #expect(
            result.messages
                == "1 ranked query without judgements left out.\n"
                + "1 judged query without a ranking left out; see --complete.\n")

        let line = try BuiltProgram.run(["--json"] + arguments + ["--complete", "--per-query"])
        #expect(
            line.output == #"{"by_query":["#
                + #"{"measures":{"P@2":0.5,"R@5":0.5,"RR":0.5},"query":"1"},"#
                + #"{"measures":{"P@2":0.5,"R@5":1,"RR":1},"query":"2"},"#
                + #"{"measures":{"P@2":0,"R@5":0,"RR":0},"query":"3"}],"#
                + #""measures":{"P@2":0.333333,"R@5":0.5,"RR":0.5},"queries":3,"#
                + #""schema_version":1,"unanswered_queries":1,"unjudged_queries":1}"# + "\n")
    }

    @Test(arguments: [
        (["1 Q0 a 1 x y"], 65, "Line 1 of "), (["1 Q0 a 1 1 x", "1 Q0 a 2 0 x"], 65, "line 1 did"),
        (["2 Q0 a 1 1 x"], 65, "No query of "), ([], 65, "has no lines"),
    ])
    func aDamagedRunIsNamed(lines: [String], exitCode: Int32, message: String) throws {
        let run = try write(lines, to: "my.run")
        let judgements = try write(["1 0 a 1"], to: "my.qrels")
        let result = try BuiltProgram.run(["eval", "run", "--run", run, "--qrels", judgements])
        #expect(result.exitCode == exitCode)
        #expect(result.messages.contains(message) && result.messages.contains(run))
        #expect(result.output.isEmpty)
    }

    // MARK: beir

    /// Eight documents and three queries; the words of each query are in one document alone.
    private func collection() throws -> String {
        let texts = [
            "the otter swims in the river", "a glacier moves slowly downhill",
            "violins are tuned in fifths", "bread rises because of yeast",
            "the comet returns every century", "a lighthouse warns ships",
            "tulips were traded in Holland", "cement hardens under water",
        ]
        _ = try write(
            texts.enumerated().map { try json(["_id": "d\($0)", "title": "", "text": $1]) },
            to: "tiny/corpus.jsonl")
        let queries = ["yeast in bread", "when does the comet return", "trade of tulips"]
        _ = try write(
            queries.enumerated().map { try json(["_id": "q\($0)", "text": $1]) },
            to: "tiny/queries.jsonl")
        _ = try write(
            ["query-id\tcorpus-id\tscore", "q0\td3\t1", "q1\td4\t1", "q2\td6\t2", "q2\td0\t0"],
            to: "tiny/qrels/test.tsv")
        return folder.path("tiny")
    }

    @Test func aCollectionIsSearchedAndItsRunIsWhatWasMeasured() throws {
        let tiny = try collection()
        let output = folder.path("out.run")
        let report = try #require(
            try BuiltProgram.run([
                "--json", "eval", "beir", tiny, "--channels", "keywords", "--output-run", output,
                "--measures", "nDCG@10,R@5,P@1",
            ]).objects().first)
        #expect(report["documents"] as? Int == 8)
        #expect(report["queries"] as? Int == 3)
        let measures = try #require(report["measures"] as? [String: Double])
        #expect(measures == ["nDCG@10": 1, "R@5": 1, "P@1": 1])
        let again = try #require(
            try BuiltProgram.run([
                "--json", "eval", "run", "--run", output, "--qrels", tiny + "/qrels/test.tsv",
                "--measures", "nDCG@10,R@5,P@1",
            ]).objects().first)
        #expect(again["measures"] as? [String: Double] == measures)
    }

    @Test func aLibraryThatIsKeptIsBroughtUpToDate() throws {
        let tiny = try collection()
        let library = folder.path("library")
        func indexed() throws -> Int? {
            try BuiltProgram.run([
                "--json", "eval", "beir", tiny, "--channels", "keywords", "--library", library,
            ]).objects().first?["indexed_documents"] as? Int
        }
        #expect(try indexed() == 8)
        #expect(try indexed() == 0)
        let corpus = try String(contentsOfFile: tiny + "/corpus.jsonl", encoding: .utf8)
        let changed = corpus.replacingOccurrences(of: "yeast", with: "the yeast")
        try Data(changed.split(separator: "\n").prefix(7).joined(separator: "\n").utf8).write(
            to: URL(fileURLWithPath: tiny + "/corpus.jsonl"))
        #expect(try indexed() == 1)
        let listed = try BuiltProgram.run(["--json", "--index", library, "ls"]).objects()
        #expect(listed.count == 7)
    }

    @Test func aPersonsOwnLibraryIsNotTakenForACollections() throws {
        let before = try DemoLibrary.reel("ls").output
        let result = try BuiltProgram.run([
            "eval", "beir", try collection(), "--channels", "keywords", "--library",
            DemoLibrary.path(),
        ])
        #expect(result.exitCode == 2)
        #expect(result.messages.contains("Give --library another folder."))
        #expect(try DemoLibrary.reel("ls").output == before)
    }

    @Test(
        .enabled(if: BuiltProgram.hasTextEncoder, "Needs the fetched models: scripts/fetch-models"))
    func meaningFindsWhatHasOtherWords() throws {
        let tiny = try collection()
        _ = try write(
            [try json(["_id": "q0", "text": "baking a loaf"])], to: "tiny/queries.jsonl")
        _ = try write(["q0 0 d3 1"], to: "one.qrels")
        func precision(_ channels: String) throws -> Double? {
            let report = try BuiltProgram.run([
                "--json", "eval", "beir", tiny, "--qrels", folder.path("one.qrels"), "--channels",
                channels, "--library", folder.path("library"), "--measures", "P@1",
            ]).objects().first
            return (report?["measures"] as? [String: Double])?["P@1"]
        }
        #expect(try precision("meaning") == 1)
        #expect(try precision("keywords,meaning,frames") == 1)
    }

    @Test(arguments: [
        (["--channels", "frames"], 2, "has no frames"),
        (["--measures", "F1"], 2, "There is no measure"),
        (["--qrels", "/no/such.tsv"], 66, "/no/such.tsv cannot be read"),
    ])
    func wrongRequestsAreNamed(options: [String], exitCode: Int32, message: String) throws {
        let result = try BuiltProgram.run(["eval", "beir", try collection()] + options)
        #expect(result.exitCode == exitCode)
        #expect(result.messages.contains(message))
    }

    // MARK: library and tune

    /// What the demo's library answers first to a query.
    private func firstHit(_ query: String, _ options: String...) throws -> [String: Any] {
        let run = try BuiltProgram.run(
            ["--index", DemoLibrary.path(), "--json", "search"] + options + [query])
        let hit = try #require((try run.objects().first?["hits"] as? [[String: Any]])?.first)
        let asset = try #require(hit["asset"] as? [String: Any])
        let moment = try #require(hit["moment"] as? [String: Any])
        return [
            "path": try #require(asset["path"]),
            "start_seconds": try #require(moment["start_seconds"]),
            "end_seconds": try #require(moment["end_seconds"]),
        ]
    }

    private static let channels = ["--channels", "keywords,frames"]

    /// Golden queries that, by half, are answered as frames alone or as words alone answer them.
    private func goldenQueries(
        _ queries: [String], framesAnswer: (String) -> Bool
    ) throws -> String {
        try write(
            queries.map { query in
                let hit = try firstHit(
                    query, "--channels", framesAnswer(query) ? "frames" : "keywords")
                return try json(["query": query, "relevant": [hit]])
            }, to: "golden.jsonl")
    }

    /// Each has words that subtitles hold.
    private let queries = [
        "along the coast", "green apples oven", "the price of flights", "sailors", "winter animals",
        "rocket fuel", "tuning a guitar", "umbrella storm", "safety helmet", "the moon",
        "keep your distance",
        "beach windows",
    ]

    private func tune(_ golden: String, _ options: String...) throws -> BuiltProgram.Run {
        try BuiltProgram.run(
            ["--index", DemoLibrary.path(), "--json"] + ["eval", "tune", "--queries", golden]
                + Self.channels + options)
    }

    @Test func weightsThatHelpTheOtherHalfAreKept() throws {
        let golden = try goldenQueries(queries) { _ in true }
        let settings = try write([#"{"workers": 2}"#], to: "reel.json")
        let arguments = ["--config", settings, "--write", "--weights", "keywords=1,frames=0.01"]
        let run = try BuiltProgram.run(
            ["--index", DemoLibrary.path(), "--json", "eval", "tune", "--queries", golden]
                + Self.channels + arguments)
        #expect(run.exitCode == 0, "\(run.messages)")
        let report = try #require(try run.objects().first)
        #expect(report["verdict"] as? String == "better")
        #expect(report["written"] as? String == settings)
        let after = try #require(report["weights_after"] as? [String: Double])
        #expect(try #require(after["frames"]) > 0.01)
        // A search takes them from there.
        let search = try #require(
            try BuiltProgram.run([
                "--index", DemoLibrary.path(), "--json", "--config", settings, "search", "sailors",
            ]).objects().first)
        let hit = try #require((search["hits"] as? [[String: Any]])?.first)
        let channels = try #require(hit["channels"] as? [String: [String: Any]])
        for (name, weight) in after where weight > 0 {
            #expect(channels[name]?["weight"] as? Double == weight)
        }
        #expect(channels["meaning"] == nil)
    }

    @Test func weightsThatHarmTheOtherHalfAreRefused() throws {
        // A first run tells which half is which.
        let first = try tune(try goldenQueries(queries) { _ in true })
        let halves = try #require(try first.objects().first)
        let training = try #require(halves["training"] as? [String: Any])
        let fitted = Set(
            try ["wins", "losses", "ties"].flatMap { key in
                try #require(training[key] as? [[String: Any]]).compactMap {
                    $0["query"] as? String
                }
            })
        #expect(fitted.count == 6)
        let golden = try goldenQueries(queries) { fitted.contains($0) }
        let settings = try write([#"{"workers": 2}"#], to: "reel.json")
        let run = try tune(
            golden, "--config", settings, "--write", "--weights", "keywords=1,frames=0.01")
        #expect(run.exitCode == 1, "\(run.output)")
        let report = try #require(try run.objects().first)
        #expect(report["verdict"] as? String == "worse")
        #expect(report["written"] == nil)
        #expect(try String(contentsOfFile: settings, encoding: .utf8) == "{\"workers\": 2}\n")
    }

    @Test func aReportIsKeptAndComparedWithAnotherSearch() throws {
        let golden = try goldenQueries(queries) { _ in true }
        let report = folder.path("report.json")
        func evaluate(_ options: String...) throws -> BuiltProgram.Run {
            try BuiltProgram.run(
                ["--index", DemoLibrary.path(), "eval", "library", "--queries", golden] + options)
        }
        let kept = try evaluate("--channels", "frames", "--output", report)
        let figures = try #require(try kept.objects().first)
        #expect(figures["right_moment"] as? Int == queries.count)
        #expect(figures["mrr"] as? Double == 1)
        #expect(figures["outcomes"] == nil)

        for (option, value) in [("--baseline", report), ("--against", "--channels frames")] {
            let run = try evaluate("--channels", "keywords", option, value)
            let comparison = try #require(
                try run.objects().first?["comparison"] as? [String: Any])
            let losses = try #require(comparison["losses"] as? [[String: Any]])
            #expect(!losses.isEmpty)
            #expect((comparison["wins"] as? [Any])?.isEmpty == true)
            #expect(losses.allSatisfy { $0["before"] as? Int == 1 })
            #expect(comparison["mrr_before"] as? Double == 1)
            #expect(run.messages.contains("0 better, \(losses.count) worse, "))
        }
        #expect(try evaluate("--baseline", golden).exitCode == 65)
        #expect(try evaluate("--baseline", folder.path("no")).exitCode == 66)
        #expect(try evaluate("--against", "--weight x").exitCode == 2)
    }
}
