import Checkpoints
import Embedders
import TestSupport
import Testing

@Suite("Late interaction")
struct LateInteractionTests {
    private let goldens: RerankerGoldens
    private let encoder: LateInteraction

    init() throws {
        goldens = try RerankerGoldens()
        encoder = try LateInteraction(
            model: ModelDirectory(path: RerankerGoldens.directory("encoder")))
    }

    @Test("scores equal those of PyTorch over transformers' states")
    func scores() throws {
        let expected = goldens.numbers("encoder")
        #expect(expected.count == goldens.passages.count)
        let found = try encoder.scores(query: goldens.query, passages: goldens.passages)
        let difference = largestDifference(found, expected)
        #expect(difference <= 1e-4)
        print("late interaction: largest difference \(difference)")
    }

    @Test("a passage's score does not depend on the others, nor on their order")
    func independence() throws {
        let together = try encoder.scores(query: goldens.query, passages: goldens.passages)
        let reversed = try encoder.scores(
            query: goldens.query, passages: goldens.passages.reversed())
        #expect(largestDifference(together, reversed.reversed()) <= 1e-5)
        for (passage, score) in zip(goldens.passages, together) {
            let alone = try encoder.scores(query: goldens.query, passages: [passage])
            #expect(largestDifference(alone, [score]) <= 1e-5)
        }
    }

    @Test("without a token on one side the score is 0, without passages there is none")
    func nothing() throws {
        #expect(try encoder.scores(query: "", passages: ["the dog", ""]) == [0, 0])
        #expect(try encoder.scores(query: "the dog", passages: [""]) == [0])
        #expect(try encoder.scores(query: "the dog", passages: []) == [])
    }

    @Test("a passage beyond the token limit is cut")
    func limit() throws {
        var options = LateInteraction.Options()
        options.maximumPassageTokens = 5
        let short = try LateInteraction(
            model: ModelDirectory(path: RerankerGoldens.directory("encoder")), options)
        #expect(short.maximumPassageTokens == 5)
        #expect(
            try short.scores(query: "red car", passages: ["the dog sees a red car"])
                == encoder.scores(query: "red car", passages: ["the dog sees"]))
        #expect(encoder.maximumPassageTokens == 24)
    }
}
