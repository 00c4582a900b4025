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

    private static let fact =
        "被告人王某在农贸市场趁被害人不备，从其衣袋内取走手机一部，价值3000元，得手后销赃，系累犯。"

    @Test func fromImportToPrediction() throws {
        #expect(try run("import", Self.demo).exitCode == 0)
        let early = try run("classify", Self.fact)
        #expect(early.exitCode == 66)
        #expect(early.messages.contains("Train one first: reel cases train"))
        let whole = try #require(try run("search", Self.fact, "--json").objects().first)
        #expect((whole["scope"] as? String)?.hasPrefix("the whole library") == true)

        let trained = try run("train", "--json")
        #expect(trained.exitCode == 0, "\(trained.messages)")
        let figures = try #require(try trained.objects().first)
        #expect(figures["charges"] as? Int == 24)
        #expect(figures["accuracy"] as? Double ?? 0 > 0.9)

        let classified = try #require(
            try run("classify", "-", "--json", input: Self.fact).objects().first)
        #expect(classified["chosen"] as? [String] == ["盗窃"])
        let charges = try #require(classified["charges"] as? [[String: Any]])
        #expect(charges.first?["charge"] as? String == "盗窃")

        let found = try #require(try run("search", Self.fact, "--json").objects().first)
        #expect(found["searched_charges"] as? [String] == ["盗窃"])
        let hits = try #require(found["hits"] as? [[String: Any]])
        #expect(hits.count == 5)
        #expect(hits.allSatisfy { ($0["charges"] as? [String])?.contains("盗窃") == true })

        let predicted = try #require(try run("predict", Self.fact, "--json").objects().first)
        #expect(predicted["source"] as? String == "precedents")
        let outcome = try #require(predicted["outcome"] as? [String: Any])
        #expect(
            Set(outcome.keys) == ["罚金", "罪名", "是否死刑", "有期徒刑", "是否无期", "犯罪嫌疑人"])
        #expect(outcome["罪名"] as? String == "盗窃")
        #expect(outcome["犯罪嫌疑人"] as? String == "王某")
        let english = try #require(predicted["outcome_en"] as? [String: Any])
        #expect(english["imprisonment_months"] as? Int == outcome["有期徒刑"] as? Int)
        #expect(english["life_imprisonment"] as? Bool == false)

        let evaluated = try #require(
            try run("evaluate", Self.demo, "--json", "--charges-only").objects().first)
        #expect(evaluated["cases"] as? Int == 480)
        #expect(evaluated["accuracy"] as? Double ?? 0 > 0.95)
        #expect(evaluated["majority_accuracy"] as? Double ?? 1 < 0.2)
    }

    @Test func whatCannotBeDoneIsSaidInASentence() throws {
        let none = try run("search", Self.fact)
        #expect(none.exitCode == 66)
        #expect(none.messages.contains("Make one first: reel cases import"))
        #expect(try run("import", Self.demo).exitCode == 0)
        let empty = try run("search", " ")
        #expect(empty.exitCode == 2)
        #expect(empty.messages.contains("The fact is empty"))
        let unknown = try run("search", Self.fact, "--charge", "伤害")
        #expect(unknown.exitCode == 2)
        #expect(unknown.messages.contains("It has: 故意伤害"))
        let long = try run("search", "-", input: String(repeating: "被", count: 350_000))
        #expect(long.exitCode == 2)
        #expect(long.messages.contains("The fact is too long"))
        #expect(!long.messages.contains("被被"))
        try FileManager.default.createDirectory(
            atPath: folder.path("videos"), withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: folder.url.appendingPathComponent("videos/manifest.json"))
        let foreign = try BuiltProgram.run(
            ["--index", folder.path("videos"), "cases", "import", Self.demo])
        #expect(foreign.exitCode == 65)
        #expect(foreign.messages.contains("it holds a library of videos"))
    }

    @Test func whatNoClassifierCanJudgeIsSaidInASentence() throws {
        let library = try DemoCases.path()
        func classify(_ fact: String) throws -> BuiltProgram.Run {
            try BuiltProgram.run(["--index", library, "cases", "classify", "-"], input: fact)
        }
        let english = try classify("The defendant broke into a warehouse and took a phone.")
        #expect(english.exitCode == 2)
        #expect(english.messages.contains("does not look like a fact in the language of the cases"))
        #expect(!english.messages.contains("warehouse"))
        let empty = try classify("\n ")
        #expect(empty.exitCode == 2)
        #expect(empty.messages.contains("The fact is empty"))
        let long = try classify(String(repeating: "被", count: 350_000))
        #expect(long.exitCode == 2)
        #expect(long.messages.contains("The fact is too long"))
        let estimate = try BuiltProgram.run(
            ["--index", library, "cases", "predict", "The defendant took a phone."])
        #expect(estimate.exitCode == 2)
    }

    @Test func aNetworkMayClassifyInPlaceOfTheLibrary() throws {
        let model = BuiltProgram.checkout
            .appendingPathComponent("Tests/LegalCasesTests/Goldens/checkpoint").path
        let judged = try run("classify", Self.fact, "--model", model, "--json")
        #expect(judged.exitCode == 0, "\(judged.messages)")
        let document = try #require(try judged.objects().first)
        #expect(document["classifier"] as? String == "checkpoint")
        #expect((document["charges"] as? [[String: Any]])?.count == 3)
        let missing = try run("classify", Self.fact, "--model", "./none")
        #expect(missing.exitCode == 66)
    }

    @Test func oneChargeIsNotTrainedOn() throws {
        let lines = try String(contentsOfFile: Self.demo, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(#""accusation": ["盗窃"]"#) }
        #expect(lines.count > 10)
        try Data(lines.joined(separator: "\n").utf8)
            .write(to: folder.url.appendingPathComponent("thefts.jsonl"))
        #expect(try run("import", folder.path("thefts.jsonl")).exitCode == 0)
        let trained = try run("train")
        #expect(trained.exitCode == 65)
        #expect(trained.messages.contains("one charge only, 盗窃"))
        // It can be searched all the same.
        #expect(try run("search", Self.fact).exitCode == 0)
    }

    @Test func theClassifierOfAnotherLibraryIsRefused() throws {
        #expect(try run("import", Self.demo).exitCode == 0)
        try FileManager.default.copyItem(
            atPath: DemoCases.path() + "/charges.model", toPath: folder.path("cases/charges.model"))
        for command in ["classify", "search", "predict"] {
            let foreign = try run(command, Self.fact)
            #expect(foreign.exitCode == 78, "\(command)")
            #expect(foreign.messages.contains("was trained on another library"))
        }
    }

    @Test func candidatesOfAQueryAreRankedAndNoOthers() throws {
        let texts = ["盗窃手机", "盗窃现金现金", "抢劫手机"]
        let corpus = texts.enumerated()
            .map { #"{"_id": "d\#($0)", "title": "", "text": "\#($1)"}"# }
        try Data(corpus.joined(separator: "\n").utf8)
            .write(to: folder.url.appendingPathComponent("corpus.jsonl"))
        try Data(#"{"_id": "q", "text": "现金"}"#.utf8)
            .write(to: folder.url.appendingPathComponent("queries.jsonl"))
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("qrels"), withIntermediateDirectories: true)
        try Data("query-id\tcorpus-id\tscore\nq\td1\t3\n".utf8)
            .write(to: folder.url.appendingPathComponent("qrels/test.tsv"))
        try Data("q Q0 d2 1 2 x\nq Q0 d1 2 1 x\n".utf8)
            .write(to: folder.url.appendingPathComponent("candidates"))
        for method in [
            ["--as-cases", "bm25"], ["--as-cases", "fused"], ["--as-cases", "fused:0.5,0"],
            ["--channels", "keywords"],
        ] {
            let run = try BuiltProgram.run(
                [
                    "eval", "beir", folder.url.path, "--json", "--candidates",
                    folder.path("candidates"), "--output-run", folder.path("run"),
                ] + method)
            #expect(run.exitCode == 0, "\(run.messages)")
            let measures = try #require(try run.objects().first?["measures"] as? [String: Double])
            #expect(
                Set(measures.keys) == ["nDCG@10", "nDCG@20", "nDCG@30", "P@5", "P@10", "AP"])
            #expect(measures["AP"] == 1)
            let lines = try String(contentsOfFile: folder.path("run"), encoding: .utf8)
                .split(separator: "\n")
            #expect(lines.map { $0.split(separator: " ")[2] } == ["d1", "d2"])
        }
        for wrong in ["cosine", "bm25:0.5,0", "fused:2,0", "fused:1"] {
            let run = try BuiltProgram.run(
                ["eval", "beir", folder.url.path, "--as-cases", wrong])
            #expect(run.exitCode == 2 && run.messages.contains("are not ranked by \(wrong)"))
        }
    }
}
