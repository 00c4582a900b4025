internal import Corpus
internal import Foundation
package import LanguageModels

/// Answers with a language model's words: one candidate answer a file, each checked against what it
/// cites, the best returned.
package struct GenerativeAnswerer: Sendable {
    package struct Candidate: Sendable, Equatable {
        package var path: String
        package var answer: Answer
        /// How well it answers, 0…1.
        package var score: Double
    }

    package struct Result: Sendable, Equatable {
        /// Nil when no candidate has a sentence that its evidence bears out.
        package var answer: Answer?
        /// Best first.
        package var candidates: [Candidate]
    }

    /// The model's name, and what decides its replies.
    package let model: any LanguageModel
    package let prompt: PromptTemplate
    package var seed: Int?
    /// Whether the model is shown key frames.
    package var sendsPictures = false

    private let verification: AnswerVerification
    private static let replyTokens = 512
    /// A key frame's picture larger than this is left out.
    private static let pictureBytes = 512 << 10

    package init(
        model: any LanguageModel, prompt: PromptTemplate, verification: AnswerVerification
    ) {
        self.model = model
        self.prompt = prompt
        self.verification = verification
    }

    /// - Parameter onDraft: gets each candidate before it is checked.
    package func answer(
        _ question: String, from evidence: [Evidence],
        onDraft: (Answer) throws -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws -> Result {
        var candidates: [Candidate] = []
        for group in Self.groups(of: evidence) {
            if isCancelled() { throw CancellationError() }
            let reply = try model.reply(
                to: try request(question, group), onText: { _ in }, isCancelled: isCancelled)
            guard
                let draft = try ModelReply(reply.text, ids: Set(group.map(\.id))).answer
            else { continue }
            try onDraft(draft)
            let verdict = try verification.verdict(on: draft, to: question, against: group)
            candidates.append(
                Candidate(
                    path: group[0].asset.path, answer: verdict.answer, score: verdict.score))
        }
        let order = candidates.indices.sorted {
            (candidates[$0].score, $1) > (candidates[$1].score, $0)
        }
        candidates = order.map { candidates[$0] }
        let best = candidates.first { $0.answer.sentences.contains(where: \.isSupported) }
        return Result(answer: best?.answer, candidates: candidates)
    }

    private func request(_ question: String, _ evidence: [Evidence]) throws -> ChatRequest {
        let pictures = sendsPictures ? Self.pictures(of: evidence) : []
        var request = ChatRequest(
            messages: prompt.filled(
                [
                    "question": QuotedEvidence.visible(question),
                    "evidence": try QuotedEvidence.lines(evidence),
                ], pictures: pictures))
        request.maximumTokens = Self.replyTokens
        request.schema = ModelReply.schema
        request.seed = seed
        return request
    }

    /// The evidence by file, in the order of the best of each.
    private static func groups(of evidence: [Evidence]) -> [[Evidence]] {
        var groups: [[Evidence]] = []
        for item in evidence {
            if let place = groups.firstIndex(where: { $0[0].asset.id == item.asset.id }) {
                groups[place].append(item)
            } else {
                groups.append([item])
            }
        }
        return groups
    }

    private static func pictures(of evidence: [Evidence]) -> [[UInt8]] {
        evidence.flatMap(\.keyFrames).compactMap { picture in
            guard let bytes = FileManager.default.contents(atPath: picture.path),
                bytes.count <= pictureBytes, bytes.starts(with: [0xFF, 0xD8, 0xFF])
            else { return nil }
            return Array(bytes)
        }
    }
}
