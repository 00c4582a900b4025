internal import Foundation
internal import Ingest
internal import LanguageModels

extension PromptTemplate.Kind {
    static let describe = Self("describe", variables: ["times"])
}

extension Application {
    /// What describes videos at ingest; nil when no model for pictures is configured.
    func describer() throws -> (any Describer)? {
        guard let model = try visionModel() else { return nil }
        return ModelDescriber(model: model, prompt: try prompts.template(.describe))
    }
}

/// Describes videos with a model that looks at pictures.
struct ModelDescriber: Describer {
    private static let replyTokens = 256
    /// A longer description says more than was asked for.
    private static let longest = 2000  // characters

    let model: any LanguageModel
    let prompt: PromptTemplate

    var name: String { "\(model.name)-\(prompt.digest.prefix(12))" }

    func description(
        of frames: [DescribedFrame], isCancelled: () -> Bool
    ) throws -> String? {
        guard !frames.isEmpty else { return nil }
        let times = frames.map { String(format: "%.1f", $0.timeSeconds) }
        var request = ChatRequest(
            messages: prompt.filled(
                ["times": times.joined(separator: ", ")], pictures: frames.map(\.picture)))
        request.maximumTokens = Self.replyTokens
        let reply = try model.reply(to: request, onText: { _ in }, isCancelled: isCancelled).text
        let text = reply.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.isEmpty ? nil : String(text.prefix(Self.longest))
    }
}
