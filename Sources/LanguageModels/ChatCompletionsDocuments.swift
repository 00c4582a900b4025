internal import Foundation
internal import HTTPTransfer

/// A request in the shape of OpenAI's `/chat/completions`.
struct ChatCompletionsRequest {
    let model: String
    let request: ChatRequest

    /// JSON, its keys sorted so that equal requests are equal bytes.
    func bytes() throws -> [UInt8] {
        var object: [String: Any] = [
            "model": model, "temperature": request.temperature,
            "max_tokens": request.maximumTokens, "stream": request.isStreamed,
            "messages": request.messages.map(Self.message),
        ]
        if request.isStreamed { object["stream_options"] = ["include_usage": true] }
        if let seed = request.seed { object["seed"] = seed }
        if let schema = request.schema {
            let parsed = try JSONSerialization.jsonObject(with: Data(schema.utf8))
            object["response_format"] = [
                "type": "json_schema",
                "json_schema": ["name": "reply", "strict": true, "schema": parsed],
            ]
        }
        return Array(
            try JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]))
    }

    private static func message(_ message: ChatMessage) -> [String: Any] {
        guard !message.pictures.isEmpty else {
            return ["role": message.role.rawValue, "content": message.text]
        }
        let pictures = message.pictures.map { picture -> [String: Any] in
            let url = "data:image/jpeg;base64," + Data(picture).base64EncodedString()
            return ["type": "image_url", "image_url": ["url": url]]
        }
        let text: [String: Any] = ["type": "text", "text": message.text]
        return ["role": message.role.rawValue, "content": [text] + pictures]
    }
}

/// A reply, or a piece of one: the same shape but for `message` and `delta`.
struct ChatCompletionsReply: Decodable {
    struct Choice: Decodable {
        struct Message: Decodable { var content: String? }
        var message: Message?
        var delta: Message?
        var finishReason: String?

        enum CodingKeys: String, CodingKey {
            case message, delta
            case finishReason = "finish_reason"
        }
    }

    struct Usage: Decodable {
        var promptTokens: Int?
        var completionTokens: Int?

        enum CodingKeys: String, CodingKey {
            case promptTokens = "prompt_tokens"
            case completionTokens = "completion_tokens"
        }
    }

    var choices: [Choice]?
    var usage: Usage?
    var error: Refusal?
}

/// What servers say when they refuse: an object with a message, or the message alone.
struct Refusal: Decodable {
    private static let longest = 300  // characters

    var message: String

    private struct Object: Decodable { var message: String? }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        message =
            (try? container.decode(String.self))
            ?? (try? container.decode(Object.self))?.message ?? ""
    }

    private struct Body: Decodable {
        var error: Refusal?
        var message: String?
        var detail: String?
    }

    /// The server's reason as one short line, without the key that some servers echo.
    static func reason(in body: [UInt8], hiding key: SecretKey?) -> String {
        let parsed = try? JSONDecoder().decode(Body.self, from: Data(body))
        let text = parsed?.error?.message ?? parsed?.message ?? parsed?.detail ?? ""
        return shown(text, hiding: key)
    }

    static func shown(_ text: String, hiding key: SecretKey?) -> String {
        var text = text
        if let key { text = text.replacingOccurrences(of: key.text, with: "(key)") }
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            .filter { character in
                !character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            }
        return line.count > longest ? line.prefix(longest) + "…" : line
    }
}
