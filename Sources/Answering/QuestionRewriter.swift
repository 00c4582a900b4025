package import LanguageModels

/// Makes one question of a conversation, so that "and in the south?" can be searched for.
package struct QuestionRewriter: Sendable {
    private struct Turn: Encodable {
        var role: String
        var text: String
    }

    private let model: any LanguageModel
    private let prompt: PromptTemplate
    /// Turns shown, and characters of each.
    private static let turns = 6
    private static let longestTurn = 1000
    /// A longer reply is no question.
    private static let longestQuestion = 400

    package init(model: any LanguageModel, prompt: PromptTemplate) {
        self.model = model
        self.prompt = prompt
    }

    /// - Parameter conversation: what was said before, oldest first.
    /// - Returns: the question itself when there is nothing before it or no use in the reply.
    package func rewritten(
        _ question: String, after conversation: [ChatMessage], isCancelled: () -> Bool = { false }
    ) throws -> String {
        guard !conversation.isEmpty else { return question }
        let turns = try conversation.suffix(Self.turns).map { message in
            try QuotedEvidence.json(
                Turn(
                    role: message.role.rawValue,
                    text: String(QuotedEvidence.visible(message.text).prefix(Self.longestTurn))))
        }
        var request = ChatRequest(
            messages: prompt.filled([
                "question": question, "conversation": turns.joined(separator: "\n"),
            ]))
        request.maximumTokens = 128
        let reply = try model.reply(to: request, onText: { _ in }, isCancelled: isCancelled).text
        let line = reply.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.isEmpty || line.count > Self.longestQuestion ? question : line
    }
}
