import Foundation
import TestSupport
import Testing

/// Small random models of every kind, with the tokenizers they were saved with, from the command
/// line.
@Suite struct ModelKindsTests {
    private static let goldens = "Tests/EmbeddersTests/Goldens/written/"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func vectors(_ arguments: [String]) throws -> [[Double]] {
        let run = try BuiltProgram.run(["embed", "--model"] + arguments)
        #expect(run.exitCode == 0, "\(run.messages)")
        return try run.objects().compactMap { $0["embedding"] as? [Double] }
    }

    @Test(arguments: ["roberta", "distilbert", "mpnet", "siglip"])
    func everyKindEmbedsTextsAtEveryPrecision(name: String) throws {
        let texts = ["--text", "the dog ran over grass", "--text", "two cats"]
        let exact = try vectors([Self.goldens + name] + texts)
        #expect(exact.count == 2 && exact.first?.count == 24 && exact[0] != exact[1])
        for (precision, least) in [("bf16", 0.999), ("int8", 0.98)] {
            let found = try vectors([Self.goldens + name] + texts + ["--precision", precision])
            for (found, exact) in zip(found, exact) {
                #expect(zip(found, exact).reduce(0) { $0 + $1.0 * $1.1 } >= least)
            }
        }
    }

    @Test func sigLIPEmbedsPicturesBesideTexts() throws {
        let picture = try vectors([Self.goldens + "siglip", "--image", "media/birthday.jpg"])
        #expect(picture.count == 1 && picture.first?.count == 24)
    }

    @Test func aRerankerOnXLMRPrintsItsProbabilities() throws {
        let run = try BuiltProgram.run(
            [
                "rerank", "--model", Self.goldens + "xlm-roberta-reranker", "--query",
                "le chien court",
            ], input: "le chat dort\nthe dog ran over grass\n\n")
        let scores = try run.objects().compactMap { $0["score"] as? Double }
        #expect(scores.count == 3 && scores == scores.sorted(by: >), "\(run.messages)")
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test func aModelOfAnotherTypeIsNamedWithThoseThatAreRead() throws {
        try Data(#"{"model_type": "t5"}"#.utf8).write(to: folder.url.appending(path: "config.json"))
        let model = folder.url.path
        for arguments in [
            ["embed", "--model", model, "--text", "a"],
            ["rerank", "--model", model, "--query", "a"],
        ] {
            let run = try BuiltProgram.run(arguments, input: "a passage\n")
            #expect(run.exitCode == 65 && run.output == "")
            for word in ["t5", "mpnet", "xlm-roberta"] {
                #expect(run.messages.contains(word), "\(run.messages)")
            }
        }
        let doctor = try BuiltProgram.run(["doctor"], environment: ["REEL_MEANING_MODEL": model])
        #expect((doctor.output + doctor.messages).contains("a model of type t5"))
    }
}
