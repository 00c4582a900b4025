/// A model that goes on with a conversation: the seam between what we ask and who answers.
///
/// Calls block their thread until the reply is whole.
package protocol LanguageModel: Sendable {
    /// The model's name, for logs of evidence and for people.
    var name: String { get }

    /// - Parameters:
    ///   - onText: gets each piece of the reply as it comes; may be called once with all of it.
    ///   - isCancelled: asked often; when it says yes, the call ends with `CancellationError`.
    func reply(
        to request: ChatRequest, onText: (String) throws -> Void, isCancelled: () -> Bool
    ) throws -> ChatReply
}

extension LanguageModel {
    package func reply(to request: ChatRequest) throws -> ChatReply {
        try reply(to: request, onText: { _ in }, isCancelled: { false })
    }
}

/// A conversation to go on with.
package struct ChatRequest: Sendable, Equatable {
    package var messages: [ChatMessage]
    /// 0: the likeliest words; 1: as the model was trained.
    package var temperature = 0.0
    /// Of the reply.
    package var maximumTokens = 1024
    /// For the same words again, where the server can.
    package var seed: Int?
    /// The reply must be JSON of this schema (JSON Schema 2020-12, as text); nil for free text.
    package var schema: String?
    /// Whether text is wanted as it comes. Otherwise `onText` gets all of it at the end.
    package var isStreamed = false

    package init(messages: [ChatMessage]) { self.messages = messages }
}

package struct ChatMessage: Sendable, Equatable {
    package enum Role: String, Sendable {
        case system, user, assistant
    }

    package var role: Role
    package var text: String
    /// Pictures as JPEG, after the text.
    package var pictures: [[UInt8]] = []

    package init(_ role: Role, _ text: String, pictures: [[UInt8]] = []) {
        self.role = role
        self.text = text
        self.pictures = pictures
    }
}

package struct ChatReply: Sendable, Equatable {
    /// Without what the model thought aloud (`<think>` sections).
    package var text: String
    /// Nil where the server does not say.
    package var promptTokens: Int?
    package var completionTokens: Int?
    /// Whether the reply ended by itself; false when it was cut at `maximumTokens`.
    package var isWhole = true

    package init(text: String) { self.text = text }
}
