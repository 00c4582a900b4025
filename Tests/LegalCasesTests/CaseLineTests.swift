import Testing

@testable import LegalCases

@Suite struct CaseLineTests {
    private static let whole = """
        {"fact": " 被告人王某盗窃。 ", "meta": {"accusation": ["[盗窃]罪", "抢劫"], \
        "relevant_articles": [264, "263", 264], "criminals": ["王某"], "punish_of_money": 3000, \
        "term_of_imprisonment": {"imprisonment": 9, "life_imprisonment": false, \
        "death_penalty": false}}}
        """

    @Test func everyFieldIsRead() throws {
        let record = try CaseLine.record(Array(Self.whole.utf8))
        #expect(
            record
                == CaseRecord(
                    fact: "被告人王某盗窃。", charges: ["盗窃", "抢劫"], articles: [264, 263],
                    criminals: ["王某"], fineYuan: 3000, sentence: Sentence(months: 9)))
    }

    @Test func whatIsOptionalMayBeMissing() throws {
        let line = #"{"fact": "某事", "meta": {"accusation": ["盗窃"]}}"#
        let record = try CaseLine.record(Array(line.utf8))
        #expect(record == CaseRecord(fact: "某事", charges: ["盗窃"]))
    }

    private static let faults: [(line: String, fault: CaseLineFault)] = [
        ("[]", .wrongType("the line", expected: "an object")),
        (#"{"meta": {}}"#, .missing("fact")),
        (#"{"fact": 1, "meta": {}}"#, .wrongType("fact", expected: "a text")),
        (#"{"fact": "  ", "meta": {}}"#, .emptyFact),
        (#"{"fact": "某事"}"#, .missing("meta")),
        (#"{"fact": "某事", "meta": {"accusation": []}}"#, .missing("meta.accusation")),
        (
            #"{"fact": "某事", "meta": {"accusation": "盗窃"}}"#,
            .wrongType("meta.accusation", expected: "a list of texts")
        ),
        (
            #"{"fact": "某事", "meta": {"accusation": ["盗窃"], "punish_of_money": -1}}"#,
            .outOfRange("meta.punish_of_money", 0...100_000_000_000)
        ),
        (
            #"{"fact": "某事", "meta": {"accusation": ["盗窃"], "punish_of_money": 1e300}}"#,
            .outOfRange("meta.punish_of_money", 0...100_000_000_000)
        ),
        (
            #"{"fact": "某事", "meta": {"accusation": ["盗窃"], "relevant_articles": ["x"]}}"#,
            .wrongType("meta.relevant_articles", expected: "a list of numbers")
        ),
        (
            """
            {"fact": "某事", "meta": {"accusation": ["盗窃"], \
            "term_of_imprisonment": {"death_penalty": "否"}}}
            """,
            .wrongType(
                "meta.term_of_imprisonment.death_penalty", expected: "true or false")
        ),
    ]

    @Test(arguments: faults) func aBadLineSaysWhatIsWrong(line: String, fault: CaseLineFault) {
        #expect(throws: fault) { try CaseLine.record(Array(line.utf8)) }
    }

    @Test func aFaultNeverRepeatsTheCase() throws {
        let secret = "绝密案情"
        let lines = [
            #"{"fact": "绝密案情", "meta": {"accusation": [7]}}"#,
            #"{"fact": "绝密案情" "meta": {}}"#, #"绝密案情"#,
            #"{"fact": "绝密案情\x", "meta": {}}"#,
        ]
        for line in lines {
            let fault = #expect(throws: CaseLineFault.self) {
                try CaseLine.record(Array(line.utf8))
            }
            #expect(fault.map { "\($0)" }?.contains(secret) == false)
        }
    }

    @Test func aFactOfAMegabyteIsRefused() {
        let fact = String(repeating: "某", count: 400_000)
        let line = #"{"fact": "\#(fact)", "meta": {"accusation": ["盗窃"]}}"#
        #expect(throws: CaseLineFault.factTooLong(bytes: 1_200_000, limit: FactText.limit)) {
            try CaseLine.record(Array(line.utf8))
        }
    }
}
