package import Embedders
internal import Glibc

/// Turns what models say of a question and a sentence into one number: how likely the sentence
/// answers the question, 0…1, with one half as the line to "not found in this library".
///
/// A cross-encoder was trained to tell and is taken at its word. Late interaction and sentence
/// embeddings only say how near two texts are; their weights and line were fitted on
/// `media/questions-tuning.jsonl` and measured on `media/questions.jsonl`, which are other questions
/// (see docs/decisions/0016-when-nothing-is-found.md).
package struct AnswerScale: Sendable, Equatable {
    package var bias: Double
    package var rerankWeight: Double
    package var meaningWeight: Double

    /// The log-odds of a cross-encoder.
    package static let logOdds = AnswerScale(bias: 0, rerankWeight: 1, meaningWeight: 0)
    /// Late interaction, and the cosine of a sentence encoder.
    package static let cosines = AnswerScale(bias: -14.2, rerankWeight: 10, meaningWeight: 20)
    /// The cosine of a sentence encoder alone.
    package static let meaning = AnswerScale(bias: -8.8, rerankWeight: 0, meaningWeight: 20)
    /// Late interaction alone.
    package static let lateInteraction = AnswerScale(
        bias: -18.9, rerankWeight: 30, meaningWeight: 0)

    /// - Parameters:
    ///   - rerank: nil without a reranker.
    ///   - hasMeaning: whether there is a sentence encoder.
    package init(rerank: RerankScale?, hasMeaning: Bool) {
        switch (rerank, hasMeaning) {
        case (.logOdds, _): self = .logOdds
        case (.cosine, true): self = .cosines
        case (.cosine, false): self = .lateInteraction
        case (nil, _): self = .meaning
        }
    }

    package init(bias: Double, rerankWeight: Double, meaningWeight: Double) {
        self.bias = bias
        self.rerankWeight = rerankWeight
        self.meaningWeight = meaningWeight
    }

    package func probability(rerank: Double, meaning: Double) -> Double {
        1 / (1 + exp(-(bias + rerankWeight * rerank + meaningWeight * meaning)))
    }
}
