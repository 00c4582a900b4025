internal import Foundation
package import LanguageModels

/// Checks an answer before it is shown: how well it answers, and for every sentence whether what it
/// cites bears it out. By a model of this machine where there is one, else by asking the language
/// model that may have written it.
package struct AnswerVerification: Sendable {
    private enum Means {
        case judge(SentenceJudge)
        case model(any LanguageModel, PromptTemplate)
    }

    /// A sentence that scores lower against everything it cites is not supported.
    private static let line = 0.5

    private let means: Means

    package init(judge: SentenceJudge) { means = .judge(judge) }

    package init(model: any LanguageModel, prompt: PromptTemplate) {
        means = .model(model, prompt)
    }

    /// An answer with its sentences marked.
    package struct Verdict: Sendable, Equatable {
        package var answer: Answer
        /// How well its supported sentences answer, 0…1.
        package var score: Double
    }

    package func verdict(
        on answer: Answer, to question: String, against evidence: [Evidence]
    ) throws -> Verdict {
        switch means {
        case .judge(let judge):
            let checked = try checked(answer, against: evidence, by: judge)
            let text = checked.sentences.filter(\.isSupported).map(\.text).joined(separator: " ")
            let score = try judge.probabilities(of: text.isEmpty ? [] : [text], answering: question)
            return Verdict(answer: checked, score: score.first ?? 0)
        case .model(let model, let prompt):
            let supported = try supported(answer, question, evidence, model, prompt)
            var checked = answer
            for index in checked.sentences.indices {
                // What cites nothing has nothing to bear it out.
                let isSupported =
                    supported.contains(index + 1) && !checked.sentences[index].citations.isEmpty
                checked.sentences[index].isSupported = isSupported
                checked.sentences[index].score = isSupported ? 1 : 0
            }
            return Verdict(answer: checked, score: checked.score)
        }
    }

    private func checked(
        _ answer: Answer, against evidence: [Evidence], by judge: SentenceJudge
    ) throws -> Answer {
        var checked = answer
        for index in checked.sentences.indices {
            let sentence = checked.sentences[index]
            let cited = evidence.filter { sentence.citations.contains($0.id) }
            let texts = try cited.flatMap(Self.statements)
            let best = try judge.probabilities(of: texts, answering: sentence.text).max() ?? 0
            checked.sentences[index].score = best
            checked.sentences[index].isSupported = best >= Self.line
        }
        return checked
    }

    /// What a piece of evidence says, as a whole and sentence by sentence.
    private static func statements(of evidence: Evidence) throws -> [String] {
        guard !evidence.text.isEmpty else {
            return evidence.tags.isEmpty ? [] : [evidence.tags.joined(separator: ", ")]
        }
        let sentences = try evidence.sentences()
        return sentences.count > 1 ? [evidence.text] + sentences : [evidence.text]
    }

    // MARK: By a language model

    private struct Numbered: Encodable {
        var number: Int
        var text: String
        var citations: [Int]
    }

    private struct Supported: Decodable { var supported: [Int] }

    private static let schema = """
        {"type":"object","additionalProperties":false,"required":["supported"],\
        "properties":{"supported":{"type":"array","items":{"type":"integer"}}}}
        """

    /// Numbers of the sentences, from 1. A reply that cannot be read supports nothing.
    private func supported(
        _ answer: Answer, _ question: String, _ evidence: [Evidence],
        _ model: any LanguageModel, _ prompt: PromptTemplate
    ) throws -> Set<Int> {
        let lines = try answer.sentences.enumerated().map { place, sentence in
            try QuotedEvidence.json(
                Numbered(
                    number: place + 1, text: sentence.text, citations: sentence.citations))
        }
        var request = ChatRequest(
            messages: prompt.filled([
                "question": QuotedEvidence.visible(question),
                "evidence": try QuotedEvidence.lines(evidence),
                "sentences": lines.joined(separator: "\n"),
            ]))
        request.maximumTokens = 128
        request.schema = Self.schema
        let reply = try model.reply(to: request).text
        guard let start = reply.firstIndex(of: "{"), let end = reply.lastIndex(of: "}"),
            start < end,
            let verdict = try? JSONDecoder().decode(
                Supported.self, from: Data(reply[start...end].utf8))
        else { return [] }
        return Set(verdict.supported)
    }
}
