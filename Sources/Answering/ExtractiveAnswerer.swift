/// Answers with the library's own words: the sentences of the evidence that answer best. Needs no
/// language model, invents nothing.
package struct ExtractiveAnswerer: Sendable {
    /// A sentence of the evidence and how well it answers.
    package struct Candidate: Sendable, Equatable {
        package var text: String
        /// Of the evidence it stands in.
        package var evidence: Int
        /// 0…1.
        package var score: Double
    }

    package struct Result: Sendable, Equatable {
        /// Nil when nothing answers well enough.
        package var answer: Answer?
        /// Every sentence that was read, best first.
        package var candidates: [Candidate]
    }

    /// Below it nothing is said to be found.
    private static let line = 0.5
    /// Further sentences must come this near to the best one.
    private static let share = 0.8
    private static let mostSentences = 3
    /// Sentences that are read: time grows with them.
    private static let mostCandidates = 48
    /// A picture answers by itself when so few unrelated queries find one as fitting.
    private static let pictureFalseAlarmRate = 0.2
    private static let pictureConfidence = 0.95

    private let judge: SentenceJudge

    package init(judge: SentenceJudge) { self.judge = judge }

    package func answer(_ question: String, from evidence: [Evidence]) throws -> Result {
        let candidates = try candidates(for: question, from: evidence)
        guard let best = candidates.first, best.score >= Self.line else {
            return Result(answer: shown(in: evidence), candidates: candidates)
        }
        let chosen = candidates.prefix(Self.mostSentences).filter {
            $0.score >= Self.line && $0.score >= best.score * Self.share
        }
        return Result(
            answer: Answer(
                sentences: chosen.map {
                    Answer.Sentence(text: $0.text, citations: [$0.evidence], score: $0.score)
                }), candidates: candidates)
    }

    private func candidates(
        for question: String, from evidence: [Evidence]
    ) throws -> [Candidate] {
        var candidates: [Candidate] = []
        for item in evidence where !item.text.isEmpty {
            candidates += try item.sentences().map {
                Candidate(text: $0, evidence: item.id, score: 0)
            }
        }
        candidates = Array(candidates.prefix(Self.mostCandidates))
        let scores = try judge.probabilities(of: candidates.map(\.text), answering: question)
        for (index, score) in scores.enumerated() { candidates[index].score = score }
        // Equal scores stay in the order of the evidence.
        return candidates.indices.sorted {
            (candidates[$0].score, $1) > (candidates[$1].score, $0)
        }.map { candidates[$0] }
    }

    /// What no words answer, a picture may.
    private func shown(in evidence: [Evidence]) -> Answer? {
        let seen = evidence.first {
            $0.text.isEmpty && ($0.pictureFalseAlarmRate ?? 1) <= Self.pictureFalseAlarmRate
                && ($0.confidence ?? 0) >= Self.pictureConfidence
        }
        guard let seen, let confidence = seen.confidence else { return nil }
        let tags = seen.tags.isEmpty ? "" : " (\(seen.tags.joined(separator: ", ")))"
        return Answer(sentences: [
            Answer.Sentence(
                text: "It is seen here\(tags).", citations: [seen.id], score: confidence)
        ])
    }
}
