internal import Foundation
internal import Service

/// The encoders for others to use: `/v1/embeddings` and `/v1/models` as OpenAI's clients expect
/// them, `/embed` and `/info` as those of Text Embeddings Inference do.
enum EmbeddingRoutes {
    static func routes(_ context: RouteContext) -> [Route] {
        let live = context.live
        return [
            Route(.get, "/v1/models") { _ in
                try ModelDialect.openAI.answering { try models(live) }
            },
            post("/v1/embeddings") { request in
                try ModelDialect.openAI.answering { try embeddings(request, live) }
            },
            post("/embed") { request in
                try ModelDialect.inference.answering { try embed(request, live) }
            },
            Route(.get, "/info") { _ in
                try ModelDialect.inference.answering { try info(live) }
            },
        ]
    }

    private static func post(
        _ pattern: String, _ respond: @escaping @Sendable (HTTPRequest) throws -> HTTPResponse
    ) -> Route {
        var route = Route(.post, pattern, respond: respond)
        route.maximumBodyBytes = SearchLimits.modelBodyBytes
        return route
    }

    // MARK: OpenAI

    private struct ModelList: Encodable {
        var object = "list"
        var data: [Model]

        struct Model: Encodable {
            var id: String
            var object = "model"
            /// Seconds since 1970: nobody noted when a folder's model was made.
            var created = 0
            var ownedBy = "reel"

            enum CodingKeys: String, CodingKey {
                case id, object, created
                case ownedBy = "owned_by"
            }
        }
    }

    private static func models(_ live: LiveLibrary) throws -> HTTPResponse {
        try .json(
            ModelList(
                data: live.modelCards().map { ModelList.Model(id: $0.id) }
                    + [ModelList.Model(id: ChatRoutes.model)]))
    }

    private struct EmbeddingList: Encodable {
        var object = "list"
        var data: [Item]
        var model: String
        var usage: TokenUsage

        struct Item: Encodable {
            var object = "embedding"
            var index: Int
            var embedding: Vector
        }

        enum Vector: Encodable {
            case numbers([Float])
            case base64(String)

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .numbers(let numbers): try container.encode(numbers)
                case .base64(let text): try container.encode(text)
                }
            }
        }
    }

    private enum EncodingFormat: String, CaseIterable {
        case float, base64
    }

    private static func embeddings(
        _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let members = try JSONNode(parsing: request.body).members(
            ["input", "model", "encoding_format", "dimensions", "user"])
        guard let input = members["input"] else {
            throw InputError(.invalid, "/input", "“input” is missing: a text, or a list of texts.")
        }
        let texts = try texts(of: input)
        let format = try members["encoding_format"]?.choice(of: EncodingFormat.self) ?? .float
        let model = try members["model"]?.text(atMost: SearchLimits.shortTextBytes)
        _ = try members["user"]?.text(atMost: SearchLimits.shortTextBytes)
        let wanted = try members["dimensions"]?.integer(in: 1...65_536)
        let found = try live.embed(texts, model: model, isCancelled: request.isAbandoned)
        if let wanted, let node = members["dimensions"] {
            try requireWhole(wanted, of: found.model, node)
        }
        let items = (0..<found.vectors.count).map { index in
            let vector = found.vectors.vector(index)
            return EmbeddingList.Item(
                index: index,
                embedding: format == .float ? .numbers(vector) : .base64(base64(vector)))
        }
        return try .json(
            EmbeddingList(
                data: items, model: found.model.id, usage: TokenUsage(found.tokenCount)))
    }

    /// Numbers of another model's tokens mean nothing to this one.
    private static func texts(of input: JSONNode) throws(InputError) -> [String] {
        guard input.isList else { return [try text(input)] }
        let elements = try input.elements(atMost: SearchLimits.embeddedTexts)
        guard !elements.isEmpty else { throw input.error("There is no text in the list.") }
        var texts: [String] = []
        for element in elements { texts.append(try text(element)) }
        return texts
    }

    private static func text(_ node: JSONNode) throws(InputError) -> String {
        guard !node.isNumber, !node.isList else {
            throw node.error(
                "Tokens are of another model's vocabulary: send texts. (LangChain: "
                    + "check_embedding_ctx_length=False.)")
        }
        let text = try node.text(atMost: SearchLimits.passageBytes)
        guard !text.isEmpty else { throw node.error("A text must not be empty.") }
        return text
    }

    /// Of these models a beginning of a vector is no embedding.
    private static func requireWhole(
        _ wanted: Int, of model: ModelCard, _ node: JSONNode
    ) throws(InputError) {
        guard let dimension = model.dimension, wanted != dimension else { return }
        throw node.error(
            "\(model.id) has embeddings of \(dimension) numbers, which cannot be cut to \(wanted).")
    }

    /// Little-endian numbers of 32 bits.
    private static func base64(_ vector: [Float]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for number in vector {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return Data(bytes).base64EncodedString()
    }

    // MARK: Text Embeddings Inference

    private static func embed(
        _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let members = try JSONNode(parsing: request.body).members(
            [
                "inputs", "normalize", "truncate", "truncation_direction", "prompt_name",
                "dimensions",
            ])
        guard let inputs = members["inputs"] else {
            throw InputError(
                .invalid, "/inputs", "“inputs” is missing: a text, or a list of texts.")
        }
        let texts = try texts(of: inputs)
        if let node = members["normalize"], try !node.bool() {
            throw node.error("These models' embeddings are always of unit length.")
        }
        // A text that is too long is always cut at its end, which is what true asks for.
        _ = try members["truncate"]?.bool()
        if let node = members["truncation_direction"] {
            guard try node.text(atMost: 16).lowercased() == "right" else {
                throw node.error("Texts are cut at their end: “right”.")
            }
        }
        let prompt = try members["prompt_name"]?.text(atMost: 256)
        let found = try live.embed(
            texts, model: nil, prompt: prompt, isCancelled: request.isAbandoned)
        if let node = members["dimensions"] {
            try requireWhole(node.integer(in: 1...65_536), of: found.model, node)
        }
        return try .json((0..<found.vectors.count).map(found.vectors.vector))
    }

    private struct Information: Encodable {
        var modelID: String
        var modelSHA: String
        var modelType: [String: [String: String]]
        var maximumInputLength: Int
        var maximumClientBatchSize = SearchLimits.embeddedTexts
        var version = Application.version

        enum CodingKeys: String, CodingKey {
            case version
            case modelID = "model_id"
            case modelSHA = "model_sha"
            case modelType = "model_type"
            case maximumInputLength = "max_input_length"
            case maximumClientBatchSize = "max_client_batch_size"
        }
    }

    private static func info(_ live: LiveLibrary) throws -> HTTPResponse {
        guard let card = try live.modelCards().first(where: { $0.role == .embedding }) else {
            throw Failure(
                .noInput,
                "No model for embeddings is installed. "
                    + "Fetch the default models with scripts/fetch-models.")
        }
        return try .json(
            Information(
                modelID: card.id, modelSHA: card.fingerprint,
                modelType: ["embedding": ["pooling": "mean"]],
                maximumInputLength: card.maximumTokens ?? 0))
    }
}
