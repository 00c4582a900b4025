import Foundation
import TestSupport
import Testing

/// The query language and the explanations, by the built program on the demo's library.
@Suite(.enabled(if: BuiltProgram.hasTextEncoder, "Needs the fetched models: scripts/fetch-models"))
struct SearchLanguageTests {
    private func search(_ arguments: String...) throws -> [[String: Any]] {
        let run = try BuiltProgram.run(
            ["--index", try DemoLibrary.path(), "--json", "search"] + arguments)
        #expect(run.exitCode == 0, "\(run.messages)")
        let answer = try #require(try run.objects().first)
        #expect(answer["schema_version"] as? Int == 1)
        return try #require(answer["hits"] as? [[String: Any]])
    }

    private func name(_ hit: [String: Any]?) -> String? {
        ((hit?["asset"] as? [String: Any])?["path"] as? String)
            .map { URL(fileURLWithPath: $0).lastPathComponent }
    }

    private func moment(_ hit: [String: Any]?, _ end: String) -> Double {
        ((hit?["moment"] as? [String: Any])?["\(end)_seconds"] as? Double) ?? -1
    }

    // MARK: Explanations

    /// Σ weight · score / Σ weight of the channels as they are reported.
    private func weightedMean(_ channels: Any?) throws -> Double {
        let channels = try #require(channels as? [String: [String: Any]])
        var sum = 0.0
        var weights = 0.0
        for channel in channels.values {
            let weight = try #require(channel["weight"] as? Double)
            sum += try #require(channel["score"] as? Double) * weight
            weights += weight
        }
        return sum / weights
    }

    @Test(
        arguments: [
            ["red car"], ["--fusion", "zscore", "red car on a beach"],
            ["--fusion", "rrf", "keeper of the lighthouse"], ["--fusion", "calibrated", "a dog"],
            ["--weights", "keywords=3,frames=0.5", "budget for the coming year"],
            ["--no-rerank", "how long does it have to bake"],
            ["\"red car\" THEN birds"], ["SAID budget WHILE SEEN chart"],
        ])
    func everyHitAddsUpToItsScore(arguments: [String]) throws {
        let run = try BuiltProgram.run(
            ["--index", try DemoLibrary.path(), "--json", "search"] + arguments)
        let answer = try #require(try run.objects().first, "\(run.messages)")
        let hits = try #require(answer["hits"] as? [[String: Any]])
        #expect(!hits.isEmpty)
        var previous = Double.infinity
        for hit in hits {
            var fused: Double
            if let parts = hit["parts"] as? [[String: Any]] {
                fused = 0
                for part in parts {
                    let mean = try weightedMean(part["channels"])
                    #expect(abs(mean - (try #require(part["score"] as? Double))) < 1e-6)
                    fused += mean / Double(parts.count)
                }
            } else {
                fused = try weightedMean(hit["channels"])
            }
            #expect(abs(fused - (try #require(hit["fused_score"] as? Double))) < 1e-6)
            var score = fused
            if let reranking = hit["reranking"] as? [String: Double] {
                let weight = try #require(reranking["weight"])
                score = (1 - weight) * fused + weight * (try #require(reranking["score"]))
            }
            let reported = try #require(hit["score"] as? Double)
            #expect(abs(score - reported) < 1e-6)
            #expect(reported <= previous)
            previous = reported
        }
    }

    // MARK: Confidence

    @Test func unrelatedQueriesFindNothingWithConfidenceAndGoldenOnesDo() throws {
        let run = try DemoLibrary.reel(
            "eval", "library", "--queries", BuiltProgram.media + "/queries.jsonl", "--unrelated",
            BuiltProgram.media + "/unrelated.txt", "--min-confidence", "0.95")
        let figures = try #require(try run.objects().first, "\(run.messages)")
        let unrelated = try #require(figures["unrelated"] as? [String: Any])
        print("Confidence of .95: \(run.output)")
        #expect(unrelated["queries"] as? Int == 100)
        #expect(try #require(unrelated["found"] as? [String]).count <= 10)
        #expect(try #require(figures["right_file_first"] as? Int) >= 27)
    }

    // MARK: Time

    @Test func whatComesNextIsFoundAfterWhatCameFirst() throws {
        let best = try search("\"red car\" THEN \"yellow birds\"").first
        #expect(name(best) == "travel-diary.mp4")
        #expect(moment(best, "start") < 4.4)
        #expect(moment(best, "end") > 4.4)
        let reversed = try search("\"yellow birds\" THEN \"red car\"")
        #expect(name(reversed.first) != "travel-diary.mp4" || moment(reversed.first, "start") > 4)
    }

    @Test func aPauseThatIsTooLongIsNotNext() throws {
        // Between the car (to 4.3 s) and the balloon (from 8.7 s) lie the birds.
        let far = try search("red car in front of a beach THEN kid with a balloon WITHIN 10s")
        #expect(name(far.first) == "travel-diary.mp4")
        let near = try search("red car in front of a beach THEN kid with a balloon WITHIN 1s")
        let isThere = near.contains { hit in
            name(hit) == "travel-diary.mp4" && moment(hit, "start") < 1
                && moment(hit, "end") > 12
        }
        #expect(!isThere)
    }

    @Test func whatIsSaidIsFoundWhileSomethingIsSeen() throws {
        let best = try #require(
            try search("SAID \"flights and hotels\" WHILE SEEN \"bar chart\"").first)
        #expect(name(best) == "budget-talk.mp4")
        let parts = try #require(best["parts"] as? [[String: Any]])
        #expect(
            Set((parts[0]["channels"] as? [String: Any] ?? [:]).keys) == ["keywords", "meaning"])
        #expect(Set((parts[1]["channels"] as? [String: Any] ?? [:]).keys) == ["frames"])
    }

    // MARK: Pictures and moments

    @Test func aPictureFindsItself() throws {
        let best = try search("--image", BuiltProgram.media + "/birthday.jpg").first
        #expect(name(best) == "birthday.jpg")
    }

    @Test func aMomentFindsOthersLikeItAndNotItself() throws {
        let hits = try search("like:birthday.jpg")
        #expect(!hits.isEmpty)
        #expect(!hits.contains { name($0) == "birthday.jpg" })
        let boats = try search("--channels", "frames", "like:lighthouses.webm@2s")
        #expect(!boats.contains { name($0) == "lighthouses.webm" && moment($0, "start") < 5 })
    }

    @Test func whatIsExcludedIsNotSaid() throws {
        #expect(
            try search("oven").contains { ($0["snippet"] as? String)?.contains("oven") ?? false })
        let without = try search("--channels", "keywords,meaning", "baking a cake -oven")
        #expect(!without.isEmpty)
        #expect(!without.contains { ($0["snippet"] as? String)?.contains("oven") ?? false })
    }

    // MARK: Filters

    @Test(
        arguments: [
            (["--shorter", "5s"], 0.0, 5.0), (["--longer", "12s", "--shorter", "15s"], 12, 15),
        ] as [([String], Double, Double)])
    func lengthIsFiltered(options: [String], least: Double, most: Double) throws {
        let run = try BuiltProgram.run(
            ["--index", try DemoLibrary.path(), "--json", "search"] + options + ["boat"])
        let hits = try #require(try run.objects().first?["hits"] as? [[String: Any]])
        #expect(!hits.isEmpty)
        for hit in hits {
            let asset = try #require(hit["asset"] as? [String: Any])
            let duration = try #require(asset["duration_seconds"] as? Double)
            #expect((least...most).contains(duration))
        }
    }

    @Test func datesAreFiltered() throws {
        #expect(try search("--before", "1990-01-01", "boat").isEmpty)
        #expect(try !search("--after", "1990-01-01", "boat").isEmpty)
    }

    // MARK: Bad input

    @Test(
        arguments: [
            (["--after", "2026-02-30", "x"], 2, "a day such as"),
            (["--after", "2026-03-02", "--before", "2026-03-01", "x"], 2, "--before"),
            (["--longer", "5m", "--shorter", "4m", "x"], 2, "--shorter"),
            (["--min-confidence", "2", "x"], 2, "from 0.0 to 1.0"),
            (["--fusion", "best", "x"], 2, "minmax"), (["a THEN b WITHIN soon"], 2, "20s"),
            (["like:nothing.mp4@3"], 66, "nothing.mp4"), (["like:.mp4@3"], 66, ".mp4"),
            (["--image", "none.jpg"], 66, "none.jpg"), ([""], 2, "What to search for"),
        ] as [([String], Int32, String)])
    func mistakesGetASentence(arguments: [String], code: Int32, words: String) throws {
        let run = try BuiltProgram.run(
            ["--index", try DemoLibrary.path(), "search"] + arguments)
        #expect(run.exitCode == code, "\(run.messages)")
        #expect(run.messages.contains(words), "\(run.messages)")
        #expect(run.output.isEmpty)
    }

    @Test(
        arguments: [
            "\"", "\"\"", "\"red", "-", "--", "-\"", "*", "the of and", "\u{1}\u{2}",
            "'; DROP TABLE passages; --", "NEAR(red car, 5)", "red AND", "OR", "NOT red", "(red",
            "colour:red", "http://example.org/x", "title:", ":", "text MATCH 'x'", "^red", "{a b}",
            "-red", "like:", "👍🏽", "北京", "THEN", "WHILE THEN", "WITHIN 20s",
            String(repeating: "word ", count: 10_000), String(repeating: "x", count: 100_000),
        ])
    func anythingTypedIsAnsweredOrExplained(query: String) throws {
        let run = try BuiltProgram.run(
            ["--index", try DemoLibrary.path(), "--json", "search", "--", query])
        #expect([0, 2].contains(run.exitCode), "\(query.prefix(40)): \(run.messages)")
        #expect(!run.messages.lowercased().contains("sqlite"))
        #expect(!run.messages.contains("fts5"))
    }
}
