internal import Service

/// `/v1/answer`: a question's answer with its evidence, at once or in stages.
enum AnswerRoutes {
    private static let questionBytes = 8192

    static func routes(_ context: RouteContext) -> [Route] {
        [Route(.post, "/v1/answer") { try answer($0, context) }]
    }

    private static func answer(
        _ request: HTTPRequest, _ context: RouteContext
    ) throws -> HTTPResponse {
        let asked = try parsed(request.body, context)
        let live = context.live
        let isAbandoned = request.isAbandoned
        guard EventStream.isWanted(by: request) else {
            return try .json(
                AnswerDocument(live.ask(asked, isCancelled: isAbandoned), addresses: .links))
        }
        try live.requireReady()
        return EventStream.response { send in
            let answer = try withoutActuallyEscaping(send) { send in
                try live.ask(asked, isCancelled: isAbandoned) { stage, answer in
                    try send(stage.rawValue, document(answer, stage))
                }
            }
            try send(LiveLibrary.AnswerStage.verified.rawValue, document(answer, .verified))
            try send("done", Done(milliseconds: answer.milliseconds))
        }
    }

    private static func document(
        _ answer: LibraryAnswer, _ stage: LiveLibrary.AnswerStage
    ) -> AnswerDocument {
        AnswerDocument(answer, addresses: .links, stage: stage.rawValue)
    }

    private static func parsed(
        _ body: [UInt8], _ context: RouteContext
    ) throws -> AnswerRequest {
        let node = try JSONNode(parsing: body)
        let searchKeys = SearchParameters.keys.filter { $0 != "query" }
        let members = try node.members(["question", "extractive", "seed"] + searchKeys)
        guard let question = try members["question"]?.text(atMost: questionBytes),
            question.contains(where: { !$0.isWhitespace })
        else { throw InputError(.invalid, "/question", "There is no question.") }
        var request = AnswerRequest(question: question)
        request.search = try SearchParameters(
            standardWeights: context.application.configuration.weights
        ).request(members, queryKey: "query", at: "")
        request.passages = members["top"] == nil ? nil : min(request.search.top, 50)
        request.usesLanguageModel = try !(members["extractive"]?.bool() ?? false)
        request.seed = try members["seed"]?.integer(in: 0...Int(Int32.max))
        return request
    }

    private struct Done: Encodable {
        let schemaVersion = 1
        var milliseconds: [String: Double]

        enum CodingKeys: String, CodingKey {
            case milliseconds
            case schemaVersion = "schema_version"
        }
    }
}
