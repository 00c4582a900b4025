import Corpus
import Service
import Testing

@testable import WebAPI

@Suite struct SearchParametersTests {
    private let parameters = SearchParameters(
        standardWeights: [.keywords: 2, .frames: 1, .meaning: 0])

    private func posted(_ text: String) throws -> SearchRequest {
        try parameters.request(from: Array(text.utf8))
    }

    private func asked(_ items: [(name: String, value: String)]) throws -> SearchRequest {
        try parameters.request(from: items)
    }

    @Test func aBodyAndAQuerySayTheSame() throws {
        let body = try posted(
            """
            {"query":"red car","top":3,"channels":["keywords","meaning"],"weights":{"keywords":0.5},
             "fusion":"rrf","rerank":250,"kind":["video","image"],"path":"*/talks/*",
             "since":"2024-01-01","until":"2024-01-31","min_confidence":0.9,"literal":true,
             "like":{"asset":"3f2a","time_seconds":12.5}}
            """)
        let query = try asked([
            ("q", "red car"), ("top", "3"), ("channels", "keywords,meaning"),
            ("weights", "keywords=0.5"), ("fusion", "rrf"), ("rerank", "250"), ("kind", "video"),
            ("kind", "image"), ("path", "*/talks/*"), ("since", "2024-01-01"),
            ("until", "2024-01-31"), ("min_confidence", "0.9"), ("literal", "true"),
            ("like", "3f2a@12.5"),
        ])
        for request in [body, query] {
            #expect(request.query == "red car")
            #expect(request.top == 3)
            // Chosen by name, a channel runs also where the settings leave it out.
            #expect(request.weights == [.keywords: 0.5, .meaning: 1])
            #expect(request.fusion == .reciprocalRank)
            #expect(request.reranks)
            #expect(request.rerankMilliseconds == 250)
            #expect(request.filter.kinds == [.video, .image])
            #expect(request.filter.pathPattern == "*/talks/*")
            #expect(request.minimumConfidence == 0.9)
            #expect(request.isLiteral)
            #expect(request.like == SearchRequest.Like(asset: "3f2a", timeSeconds: 12.5))
            // The last day counts whole.
            let (from, before) = (request.filter.modifiedFrom, request.filter.modifiedBefore)
            #expect(from != nil && before == from.map { $0 + 31 * 86_400 })
        }
    }

    @Test func whatIsNotSaidIsStandard() throws {
        let request = try posted(#"{"query":"x","kind":[],"channels":null}"#)
        #expect(request.top == 10)
        #expect(request.weights == [.keywords: 2, .frames: 1, .meaning: 0])
        #expect(request.fusion == .minMax)
        #expect(request.reranks && request.rerankMilliseconds == nil)
        #expect(request.filter.isEmpty)
        #expect(try posted(#"{"query":"x","fusion":"sum"}"#).fusion == .minMax)
        #expect(try !posted(#"{"query":"x","rerank":false}"#).reranks)
        #expect(try !asked([("q", "x"), ("rerank", "0")]).reranks)
    }

    private static let wrong: [(body: String, pointer: String)] = [
        (#"{"quary":"x"}"#, "/quary"),
        (#"{"query":5}"#, "/query"),
        (#"{"query":"x","top":0}"#, "/top"),
        (#"{"query":"x","top":1000000000}"#, "/top"),
        (#"{"query":"x","top":-1}"#, "/top"),
        (#"{"query":"x","top":1.5}"#, "/top"),
        (#"{"query":"x","channels":["smell"]}"#, "/channels/0"),
        (#"{"query":"x","channels":[]}"#, "/channels"),
        (#"{"query":"x","weights":{"keywords":-1}}"#, "/weights/keywords"),
        (#"{"query":"x","weights":{"smell":1}}"#, "/weights/smell"),
        (#"{"query":"x","weights":{"keywords":0,"frames":0}}"#, "/weights"),
        (#"{"query":"x","fusion":"average"}"#, "/fusion"),
        (#"{"query":"x","rerank":"yes"}"#, "/rerank"),
        (#"{"query":"x","rerank":1e9}"#, "/rerank"),
        (#"{"query":"x","kind":"video"}"#, "/kind"),
        (#"{"query":"x","kind":["film"]}"#, "/kind/0"),
        (#"{"query":"x","since":"2024-02-30"}"#, "/since"),
        (#"{"query":"x","since":"2024-02-02","until":"2024-02-01"}"#, "/until"),
        (#"{"query":"x","min_confidence":1.1}"#, "/min_confidence"),
        (#"{"query":"x","literal":1}"#, "/literal"),
        (#"{"query":"x","like":{"time_seconds":1}}"#, "/like"),
        (#"{"query":"x","like":{"asset":"a","time_seconds":-1}}"#, "/like/time_seconds"),
        (#"{"query":"x","like":{"asset":"a","at":1}}"#, "/like/at"),
        ("[]", ""),
    ]

    @Test(arguments: wrong)
    func whatCannotBeDoneNamesItsPlace(_ row: (body: String, pointer: String)) {
        let error = #expect(throws: InputError.self) { try posted(row.body) }
        #expect(error?.kind == .invalid)
        #expect(error?.pointer == row.pointer)
    }

    private static let wrongItems: [(name: String, value: String, pointer: String)] = [
        ("query", "x", "?query"), ("top", "many", "?top"), ("top", "1e9", "?top"),
        ("min_confidence", "nan", "?min_confidence"), ("weights", "keywords", "?weights"),
        ("weights", "keywords=much", "?weights"), ("channels", "smell", "?channels"),
        ("literal", "yes", "?literal"),
    ]

    @Test(arguments: wrongItems)
    func aQueryItemIsNamed(_ row: (name: String, value: String, pointer: String)) {
        let error = #expect(throws: InputError.self) {
            try asked([("q", "x"), (row.name, row.value)])
        }
        #expect(error?.pointer == row.pointer)
    }

    @Test func anItemThatStandsThereTwiceIsRefused() {
        let error = #expect(throws: InputError.self) { try asked([("q", "x"), ("q", "y")]) }
        #expect(error == InputError(.malformed, "?q", "The query item “q” stands there twice."))
    }

    @Test func aQueryHasALimit() throws {
        let words = String(repeating: "word ", count: 200_000)
        let error = #expect(throws: InputError.self) { try posted("{\"query\":\"\(words)\"}") }
        #expect(error?.pointer == "/query")
        #expect(error?.detail == "The text has 1000000 bytes; at most 8192 are allowed.")
    }

    @Test func nothingToSearchForIsSaid() throws {
        let error = #expect(throws: InputError.self) {
            try SearchParameters.requireSomething(posted(#"{"query":" \n"}"#), in: true)
        }
        #expect(error?.pointer == "/query")
        try SearchParameters.requireSomething(posted(#"{"like":{"asset":"a"}}"#), in: true)
    }
}
