import Foundation
import Testing

/// `reel ask` over the demo library.
@Suite struct AskCommandTests {
    private static let needsModels: Comment = "Needs the fetched models: scripts/fetch-models"

    /// The bar: of 20 questions 16 cite a right moment first, of 10 that nothing answers 8 say so.
    @Test(.enabled(if: BuiltProgram.hasTextEncoder, needsModels))
    func goldenQuestionsAreAnsweredOrSaidToBeUnanswered() throws {
        let questions = BuiltProgram.media + "/questions.jsonl"
        let run = try DemoLibrary.reel("eval", "answers", "--questions", questions, "--explain")
        let figures = try #require(try run.objects().first)
        print("Golden questions: \(run.output)\(run.messages)")
        #expect(figures["answerable"] as? Int == 20)
        #expect(try #require(figures["right_first"] as? Int) >= 16)
        #expect(figures["unanswerable"] as? Int == 10)
        #expect(try #require(figures["said_so"] as? Int) >= 8)
    }

    @Test(.enabled(if: BuiltProgram.hasTextEncoder, needsModels))
    func anAnswerCitesFileAndTime() throws {
        let run = try DemoLibrary.reel(
            "--color", "never", "ask", "how long does a trip to the moon take?")
        #expect(run.exitCode == 0)
        let sentence = "It takes three days to fly to the moon, which circles us far away."
        #expect(
            run.output
                == "\(sentence) [1]\n\n[1] media/space-lesson.mp4  0:09–0:13  “\(sentence)”\n")
    }

    @Test(.enabled(if: BuiltProgram.hasTextEncoder, needsModels))
    func whatNothingAnswersIsSaidToBeSo() throws {
        // Nothing in a question is an operator.
        let run = try DemoLibrary.reel("--json", "ask", "who painted like: \"THEN -Mona Lisa")
        let answer = try #require(try run.objects().first)
        #expect(answer["found"] as? Bool == false)
        #expect(answer["answer"] == nil)
        let plain = try DemoLibrary.reel("ask", "Who painted the Mona Lisa?")
        #expect(plain.output == "Not found in this library.\n")
        #expect(plain.exitCode == 0)
    }

    @Test(.enabled(if: BuiltProgram.hasTextEncoder, needsModels))
    func citationsNameEvidenceAndTheSameQuestionGivesTheSame() throws {
        func ask() throws -> [String: Any] {
            try #require(
                try DemoLibrary.reel("--json", "ask", "What should hikers pack?").objects().first)
        }
        func digests(_ answer: [String: Any]) throws -> [String] {
            try #require(answer["evidence"] as? [[String: Any]]).map {
                try #require($0["digest"] as? String)
            }
        }
        let first = try ask()
        let evidence = try #require(first["evidence"] as? [[String: Any]])
        #expect(evidence.compactMap { $0["id"] as? Int } == Array(1...evidence.count))
        let sentences = try #require(
            (first["answer"] as? [String: Any])?["sentences"] as? [[String: Any]])
        for sentence in sentences {
            let cited = try #require(sentence["citations"] as? [Int])
            #expect(!cited.isEmpty && cited.allSatisfy { (1...evidence.count).contains($0) })
        }
        #expect(try digests(first) == digests(ask()))
    }

    @Test func filtersAndMistakesAreMinded() throws {
        let run = try DemoLibrary.reel("--json", "ask", "--kind", "audio", "What do bees love?")
        let answer = try #require(try run.objects().first)
        for item in try #require(answer["evidence"] as? [[String: Any]]) {
            #expect((item["asset"] as? [String: Any])?["kind"] as? String == "audio")
        }
        #expect(try DemoLibrary.reel("ask").exitCode == 2)
        #expect(try DemoLibrary.reel("ask", "--top", "0", "x").exitCode == 2)
        let missing = try DemoLibrary.reel("eval", "answers")
        #expect(missing.exitCode == 2 && missing.messages.contains("--questions FILE"))
    }
}
