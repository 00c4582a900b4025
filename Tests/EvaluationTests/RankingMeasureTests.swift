import Testing

@testable import Evaluation

@Suite struct RankingMeasureTests {
    @Test(arguments: [
        ("nDCG@10", RankingMeasure(.nDCG, at: 10)), ("ndcg", RankingMeasure(.nDCG)),
        ("p@5", RankingMeasure(.precision, at: 5)), ("MAP", RankingMeasure(.averagePrecision)),
        ("mrr@10", RankingMeasure(.reciprocalRank, at: 10)),
        ("Recall@100", RankingMeasure(.recall, at: 100)), ("Bpref", RankingMeasure(.preference)),
    ])
    func namesAreReadInAnyCase(name: String, expected: RankingMeasure) throws {
        #expect(try RankingMeasure(named: name) == expected)
        #expect(try RankingMeasure(named: expected.description) == expected)
    }

    @Test(arguments: [
        "", "P", "P@", "P@0", "P@-1", "P@ten", "P@10@5", "nDCG@99999999999999999999", "Bpref@5",
        "accuracy", "P@٣",
    ])
    func unknownNamesAreRefused(name: String) {
        #expect(throws: EvaluationError.unknownMeasure(name)) { try RankingMeasure(named: name) }
    }

    @Test func listsKeepTheirOrderAndDropRepeats() throws {
        let names = try RankingMeasure.list("AP,P@5,map,nDCG").map(\.description)
        #expect(names == ["AP", "P@5", "nDCG"])
        #expect(throws: EvaluationError.unknownMeasure("")) { try RankingMeasure.list("AP,") }
    }

    @Test func theMessageListsWhatIsKnown() {
        #expect(
            EvaluationError.unknownMeasure("F1").description
                == "There is no measure “F1”. Known are: nDCG[@k], P@k, R@k, AP[@k], RR[@k], "
                + "Success@k, Rprec, Bpref.")
    }
}
