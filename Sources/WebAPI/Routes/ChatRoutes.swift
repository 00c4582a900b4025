internal import Foundation
internal import Service

/// `/v1/chat/completions` as OpenAI's clients expect it. The model is the library: it answers the
/// last question of a conversation from what it holds, with its sources, and invents nothing.
enum ChatRoutes {
    /// What `/v1/models` calls it.
    static let model = "reel-library"

    private static let textBytes = 64 << 10
    private static let messages = 200

    static func routes(_ context: RouteContext) -> [Route] {
        [
            Route(.post, "/v1/chat/completions") { request in
                try ModelDialect.openAI.answering { try complete(request, context.live) }
            }
        ]
    }

    private struct Asked {
        var request: AnswerRequest
        var isStreamed: Bool
        var includesUsage: Bool
    }

    private static func complete(
        _ request: HTTPRequest, _ live: LiveLibrary
    ) throws -> HTTPResponse {
        let asked = try parsed(request.body)
        let isAbandoned = request.isAbandoned
        let id = "chatcmpl-" + UUID().uuidString.lowercased()
        let created = Int(Date.now.timeIntervalSince1970)
        guard asked.isStreamed else {
            let answer = try live.ask(asked.request, isCancelled: isAbandoned)
            return try .json(
                Completion(id: id, created: created, ChatText.text(of: answer), answer))
        }
        try live.requireReady()
        return HTTPResponse(
            headers: [
                ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
                ("X-Accel-Buffering", "no"),
            ],
            body: .stream { write in
                func send(_ document: some Encodable) throws {
                    try write(Array("data: \(JSONLine.text(of: document))\n\n".utf8))
                }
                func chunk(_ delta: Chunk.Delta, finish: String? = nil) -> Chunk {
                    Chunk(
                        id: id, created: created,
                        choices: [.init(delta: delta, finishReason: finish)])
                }
                try send(chunk(.init(role: "assistant", content: "")))
                let answer: LibraryAnswer
                do {
                    answer = try live.ask(asked.request, isCancelled: isAbandoned)
                } catch {
                    let told = try ModelDialect.openAI.response(ErrorTable.problem(of: error))
                    guard case .bytes(let bytes) = told.body else { throw error }
                    return try write(Array("data: ".utf8) + bytes + Array("\n\n".utf8))
                }
                for piece in ChatText.pieces(of: answer) {
                    try send(chunk(.init(content: piece)))
                }
                try send(chunk(.init(), finish: "stop"))
                if asked.includesUsage {
                    try send(
                        Chunk(id: id, created: created, choices: [], usage: Usage(answer)))
                }
                try write(Array("data: [DONE]\n\n".utf8))
            })
    }

    // MARK: The request

    private static func parsed(_ body: [UInt8]) throws -> Asked {
        let node = try JSONNode(parsing: body)
        // Clients send much that means nothing here: temperature, penalties, tools.
        let members = try node.members(node.keys)
        if let name = try members["model"]?.text(atMost: 1024), name != model {
            throw Failure(
                .noInput, "There is no model “\(name.prefix(100))”: it is \(model).")
        }
        guard let list = members["messages"] else {
            throw InputError(.invalid, "/messages", "“messages” is missing.")
        }
        var turns: [AnswerRequest.Turn] = []
        for message in try list.elements(atMost: messages) {
            let fields = try message.members(message.keys)
            let role = try fields["role"]?.text(atMost: 32)
            guard let role, ["system", "developer", "user", "assistant", "tool"].contains(role)
            else { throw message.error("A message has the role user, assistant or system.") }
            // Instructions of clients change nothing: answers come from the library alone.
            guard role == "user" || role == "assistant" else { continue }
            let text = try fields["content"].map(text) ?? ""
            turns.append(AnswerRequest.Turn(isFromUser: role == "user", text: text))
        }
        guard let last = turns.popLast(), last.isFromUser,
            last.text.contains(where: { !$0.isWhitespace })
        else { throw list.error("The last message is a question of the user.") }
        var request = AnswerRequest(question: String(last.text.prefix(4000)))
        request.conversation = turns
        request.seed = try members["seed"]?.integer(in: 0...Int(Int32.max))
        let isStreamed = try members["stream"]?.bool() ?? false
        var includesUsage = false
        if let options = members["stream_options"] {
            includesUsage =
                try options.members(options.keys)["include_usage"]?.bool() ?? false
        }
        return Asked(request: request, isStreamed: isStreamed, includesUsage: includesUsage)
    }

    /// A text, or the texts among the parts; pictures are passed over.
    private static func text(_ content: JSONNode) throws(InputError) -> String {
        guard content.isList else { return try content.text(atMost: textBytes) }
        var texts: [String] = []
        for part in try content.elements(atMost: 100) {
            let members = try part.members(part.keys)
            if let text = try members["text"]?.text(atMost: textBytes) { texts.append(text) }
        }
        return texts.joined(separator: "\n")
    }

    // MARK: The answer

    private struct Usage: Encodable {
        var promptTokens: Int
        var completionTokens: Int
        var totalTokens: Int

        /// Estimated: many hands count differently.
        init(_ answer: LibraryAnswer) {
            promptTokens = answer.estimatedPromptTokens
            completionTokens = answer.estimatedAnswerTokens
            totalTokens = promptTokens + completionTokens
        }

        enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
            case totalTokens = "total_tokens"
        }
    }

    private struct Completion: Encodable {
        let id: String
        let object = "chat.completion"
        let created: Int
        let model = ChatRoutes.model
        let choices: [Choice]
        let usage: Usage

        struct Choice: Encodable {
            let index = 0
            let message: Message
            let finishReason = "stop"

            enum CodingKeys: String, CodingKey {
                case index, message, logprobs
                case finishReason = "finish_reason"
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(index, forKey: .index)
                try container.encode(message, forKey: .message)
                try container.encode(finishReason, forKey: .finishReason)
                try container.encodeNil(forKey: .logprobs)
            }
        }

        struct Message: Encodable {
            let role = "assistant"
            let content: String

            enum CodingKeys: String, CodingKey { case role, content, refusal }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(role, forKey: .role)
                try container.encode(content, forKey: .content)
                try container.encodeNil(forKey: .refusal)
            }
        }

        init(id: String, created: Int, _ text: String, _ answer: LibraryAnswer) {
            self.id = id
            self.created = created
            choices = [Choice(message: Message(content: text))]
            usage = Usage(answer)
        }
    }

    private struct Chunk: Encodable {
        let id: String
        let object = "chat.completion.chunk"
        let created: Int
        let model = ChatRoutes.model
        let choices: [Choice]
        var usage: Usage?

        struct Delta: Encodable {
            var role: String?
            var content: String?
        }

        struct Choice: Encodable {
            let index = 0
            let delta: Delta
            let finishReason: String?

            enum CodingKeys: String, CodingKey {
                case index, delta
                case finishReason = "finish_reason"
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(index, forKey: .index)
                try container.encode(delta, forKey: .delta)
                try container.encode(finishReason, forKey: .finishReason)
            }
        }
    }
}
