internal import Foundation
internal import Service

/// The reranker for others to use, in the dialects of Cohere, of Jina (which vLLM and llama.cpp
/// speak too) and of Text Embeddings Inference: the address tells the first, the keys the others.
enum RerankRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        let live = context.live
        let addresses = ["/v1/rerank", "/rerank", "/reranking", "/v1/reranking"]
        return [post("/v2/rerank") { try scored($0, .cohere, live) }]
            + addresses.map { address in
                post(address) { request in
                    let isInference =
                        (try? JSONNode(parsing: request.body))?.keys.contains("texts") ?? false
                    return try scored(request, isInference ? .inference : .jina, live)
                }
            }
    }

    private static func post(
        _ pattern: String, _ respond: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) -> Route {
        var route = Route(.post, pattern, respond: respond)
        route.maximumBodyBytes = SearchLimits.modelBodyBytes
        return route
    }

    private enum Dialect {
        case cohere, jina, inference
    }

    private static func scored(
        _ request: HTTPRequest, _ dialect: Dialect, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let errors: ModelDialect = dialect == .inference ? .inference : .openAI
        return try errors.answering {
            let node = try JSONNode(parsing: request.body)
            switch dialect {
            case .cohere: return try cohere(node, request, live)
            case .jina: return try jina(node, request, live)
            case .inference: return try inference(node, request, live)
            }
        }
    }

    /// What every dialect asks.
    private struct Question {
        var query: String
        var passages: [String]
        var model: String?

        init(_ members: [String: JSONNode], passages key: String) throws(InputError) {
            guard let query = members["query"] else {
                throw InputError(.invalid, "/query", "“query” is missing.")
            }
            self.query = try query.text(atMost: SearchLimits.queryBytes)
            guard !self.query.allSatisfy(\.isWhitespace) else {
                throw query.error("The query must not be empty.")
            }
            guard let list = members[key] else {
                throw InputError(.invalid, "/" + key, "“\(key)” is missing: a list of texts.")
            }
            let elements = try list.elements(atMost: SearchLimits.scoredPassages)
            guard !elements.isEmpty else { throw list.error("There is no text in the list.") }
            passages = []
            for element in elements {
                // Jina's clients also send {"text": …}.
                let text = element.isObject ? try element.members(["text"])["text"] : element
                guard let text else { throw element.error("“text” is missing.") }
                passages.append(try text.text(atMost: SearchLimits.passageBytes))
            }
            model = try members["model"]?.text(atMost: SearchLimits.shortTextBytes)
        }

        /// - Returns: the scores, and the places of the best, best first.
        func ranked(
            _ live: LiveLibrary, _ request: HTTPRequest, top: Int?
        ) throws -> (PassageScores, order: [Int]) {
            let scores = try live.score(
                passages, query: query, model: model, isCancelled: request.isAbandoned)
            let order = passages.indices.sorted {
                (scores.raw[$0], $1) > (scores.raw[$1], $0)
            }
            return (scores, Array(order.prefix(top ?? order.count)))
        }
    }

    private struct Result: Encodable {
        var index: Int
        var relevanceScore: Float
        var document: Document?

        struct Document: Encodable {
            var text: String
        }

        enum CodingKeys: String, CodingKey {
            case index, document
            case relevanceScore = "relevance_score"
        }
    }

    private static func top(_ members: [String: JSONNode]) throws(InputError) -> Int? {
        try members["top_n"]?.integer(in: 1...1_000_000)
    }

    // MARK: Cohere

    private struct CohereAnswer: Encodable {
        var id: String
        var results: [Result]
        var meta: Meta

        struct Meta: Encodable {
            var apiVersion = ["version": "2"]

            enum CodingKeys: String, CodingKey { case apiVersion = "api_version" }
        }
    }

    private static func cohere(
        _ node: JSONNode, _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let members = try node.members(
            ["model", "query", "documents", "top_n", "max_tokens_per_doc", "priority"])
        // The model reads less than Cohere's standard in any case.
        _ = try members["max_tokens_per_doc"]?.integer(in: 1...1_000_000)
        _ = try members["priority"]?.integer(in: 0...999)
        let question = try Question(members, passages: "documents")
        let (scores, order) = try question.ranked(live, request, top: top(members))
        return try .json(
            CohereAnswer(
                id: UUID().uuidString.lowercased(),
                results: order.map { Result(index: $0, relevanceScore: scores.relevance[$0]) },
                meta: CohereAnswer.Meta()))
    }

    // MARK: Jina

    private struct JinaAnswer: Encodable {
        var model: String
        var object = "list"
        var usage: TokenUsage
        var results: [Result]
    }

    private static func jina(
        _ node: JSONNode, _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let members = try node.members(
            ["model", "query", "documents", "top_n", "return_documents"])
        let returnsDocuments = try members["return_documents"]?.bool() ?? false
        let question = try Question(members, passages: "documents")
        let (scores, order) = try question.ranked(live, request, top: top(members))
        return try .json(
            JinaAnswer(
                model: scores.model.id, usage: TokenUsage(scores.tokenCount),
                results: order.map { place in
                    Result(
                        index: place, relevanceScore: scores.relevance[place],
                        document: returnsDocuments
                            ? Result.Document(text: question.passages[place]) : nil)
                }))
    }

    // MARK: Text Embeddings Inference

    private struct InferenceResult: Encodable {
        var index: Int
        var score: Float
        var text: String?
    }

    private static func inference(
        _ node: JSONNode, _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let members = try node.members(
            [
                "query", "texts", "raw_scores", "return_text", "truncate", "truncation_direction",
            ])
        let isRaw = try members["raw_scores"]?.bool() ?? false
        let returnsText = try members["return_text"]?.bool() ?? false
        _ = try members["truncate"]?.bool()
        if let node = members["truncation_direction"] {
            guard try node.text(atMost: 16).lowercased() == "right" else {
                throw node.error("Texts are cut at their end: “right”.")
            }
        }
        let question = try Question(members, passages: "texts")
        let (scores, order) = try question.ranked(live, request, top: nil)
        return try .json(
            order.map { place in
                InferenceResult(
                    index: place, score: isRaw ? scores.raw[place] : scores.relevance[place],
                    text: returnsText ? question.passages[place] : nil)
            })
    }
}
