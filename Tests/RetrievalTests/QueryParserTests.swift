import Testing
import TextSearch

@testable import Retrieval

@Suite struct QueryParserTests {
    private func sources(_ query: String) throws -> [[String]] {
        try QueryExpression(parsing: query).steps.map { $0.parts.map(\.source) }
    }

    @Test(
        arguments: [
            ("red car", [["red car"]]),
            ("\"red car\" THEN \"dog\"", [["\"red car\""], ["\"dog\""]]),
            ("a THEN b THEN c", [["a"], ["b"], ["c"]]),
            ("SAID budget WHILE SEEN \"bar chart\"", [["SAID budget", "SEEN \"bar chart\""]]),
            ("a WHILE b THEN c", [["a", "b"], ["c"]]),
            // Not between two parts, not in capitals, or quoted: words.
            ("what happened THEN", [["what happened THEN"]]),
            ("THEN came the rain", [["THEN came the rain"]]),
            ("a then b while c", [["a then b while c"]]),
            ("a \"THEN\" b", [["a \"THEN\" b"]]),
            ("\"a THEN b\"", [["\"a THEN b\""]]),
            ("a THEN WHILE b", [["a THEN", "b"]]),
            ("SEEN", [["SEEN"]]),
            ("", [[""]]),
            // A quote that nothing closes is no quote.
            ("12\" record THEN dance", [["12\" record"], ["dance"]]),
        ] as [(String, [[String]])])
    func operatorsJoinParts(query: String, parts: [[String]]) throws {
        #expect(try sources(query) == parts)
    }

    @Test(
        arguments: [
            ("a THEN b WITHIN 20s", 20.0), ("a THEN b WITHIN 1:30", 90), ("a THEN b", nil),
            ("a WITHIN 20s", nil), ("a THEN WITHIN 20s", nil),
        ] as [(String, Double?)])
    func withinEndsASequence(query: String, seconds: Double?) throws {
        #expect(try QueryExpression(parsing: query).withinSeconds == seconds)
    }

    @Test(arguments: ["a THEN b WITHIN soon", "a THEN b WITHIN -3s", "a THEN b WITHIN 99999999h"])
    func aTimeThatIsNoneIsAnError(query: String) throws {
        let error = try #require(throws: RetrievalError.self) {
            try QueryExpression(parsing: query)
        }
        #expect(error.description.contains("WITHIN"))
    }

    @Test func scopesAreTakenFromTheFront() throws {
        let parts = try QueryExpression(parsing: "SAID the budget WHILE SEEN a chart").steps[0]
            .parts
        #expect(parts.map(\.scope) == [.said, .seen])
        #expect(parts.map(\.text.plainText) == ["the budget", "a chart"])
    }

    @Test(
        arguments: [
            ("like:talk.mp4@1:30", "talk.mp4", 90.0),
            ("like:0123456789abcdef", "0123456789abcdef", nil),
            ("like:\"my talk.mp4\"@5s", "my talk.mp4", 5), ("like:me@home.mp4", "me@home.mp4", nil),
            ("like:me@home.mp4@7", "me@home.mp4", 7),
        ] as [(String, String, Double?)])
    func aMomentIsNamedByAssetAndTime(query: String, asset: String, time: Double?) throws {
        let part = try #require(try QueryExpression(parsing: query + " at night").onlyPart)
        #expect(part.likes == [MomentReference(asset: asset, timeSeconds: time)])
        #expect(part.text.plainText == "at night")
    }

    @Test func whatIsExcludedIsNotSought() throws {
        let part = try #require(try QueryExpression(parsing: "beach -\"red car\" -dog").onlyPart)
        #expect(part.text.plainText == "beach")
        #expect(part.text.excludedTexts == ["red car", "dog"])
    }

    @Test func aLiteralQueryIsWordsWhateverItLooksLike() {
        let part = QueryExpression(words: "SEEN a THEN -b \"c").onlyPart
        #expect(part?.text.plainText == "SEEN a THEN -b \"c")
        #expect(part?.text.hasExclusions == false)
    }

    @Test func aLongQueryIsReadInOneGo() throws {
        let query = Array(repeating: "word THEN \"two", count: 10_000).joined(separator: " ")
        #expect(try QueryExpression(parsing: query).steps.count > 1)
    }
}
