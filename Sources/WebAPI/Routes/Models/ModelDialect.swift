internal import Service

/// How others' programs expect answers and errors of a model.
enum ModelDialect {
    /// OpenAI's, and Cohere's and Jina's for errors.
    case openAI
    /// Text Embeddings Inference's.
    case inference

    /// Makes of an error what the dialect's clients read.
    func answering(_ body: () throws -> HTTPResponse) throws -> HTTPResponse {
        do {
            return try body()
        } catch {
            return try response(ErrorTable.problem(of: error))
        }
    }

    private struct OpenAIError: Encodable {
        var error: Body

        struct Body: Encodable {
            var message: String
            var type: String
            var param: String?
            var code: String?

            enum CodingKeys: String, CodingKey { case message, type, param, code }

            /// All four keys are there, whatever they say.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(message, forKey: .message)
                try container.encode(type, forKey: .type)
                try container.encode(param, forKey: .param)
                try container.encode(code, forKey: .code)
            }
        }
    }

    private struct InferenceError: Encodable {
        var error: String
        var errorType: String

        enum CodingKeys: String, CodingKey {
            case error
            case errorType = "error_type"
        }
    }

    func response(_ problem: Problem) throws -> HTTPResponse {
        var answer: HTTPResponse
        switch self {
        case .openAI:
            let place = problem.errors.first?.pointer ?? ""
            answer = try .json(
                OpenAIError(
                    error: .init(
                        message: problem.detail,
                        type: problem.status < 500 ? "invalid_request_error" : "server_error",
                        param: place.hasPrefix("/") ? String(place.dropFirst()) : nil,
                        code: problem.status == 404 ? "model_not_found" : nil)))
            // OpenAI has one status for all that is wrong with a request.
            answer.status = problem.status == 422 ? 400 : problem.status
        case .inference:
            let types = [503: "Unhealthy", 429: "Overloaded"]
            let type = types[problem.status] ?? (problem.status < 500 ? "Validation" : "Backend")
            answer = try .json(InferenceError(error: problem.detail, errorType: type))
            answer.status = problem.status == 400 ? 422 : problem.status
        }
        answer.headers += problem.headers.sorted { $0.key < $1.key }.map {
            (name: $0.key, value: $0.value)
        }
        return answer
    }
}

struct TokenUsage: Encodable {
    var promptTokens: Int
    var totalTokens: Int

    init(_ count: Int) { (promptTokens, totalTokens) = (count, count) }

    enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case totalTokens = "total_tokens"
    }
}
