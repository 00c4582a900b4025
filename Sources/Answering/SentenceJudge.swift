package import Embedders
internal import Tensors

/// Says how well sentences answer a question, or bear out a statement, with the models there are.
package struct SentenceJudge: Sendable {
    private let reranker: (any PassageReranker)?
    private let embedder: TextEmbedder?
    private let scale: AnswerScale

    /// Nil when there is no model to judge by.
    package init?(reranker: (any PassageReranker)?, embedder: TextEmbedder?) {
        guard reranker != nil || embedder != nil else { return nil }
        self.reranker = reranker
        // A cross-encoder needs no second opinion.
        self.embedder = reranker?.scale == .logOdds ? nil : embedder
        scale = AnswerScale(rerank: reranker?.scale, hasMeaning: self.embedder != nil)
    }

    /// One number a text, 0…1, in their order.
    package func probabilities(of texts: [String], answering query: String) throws -> [Double] {
        guard !texts.isEmpty else { return [] }
        let reranked = try reranker?.scores(query: query, passages: texts).map(Double.init)
        let meanings = try embedder.map { try cosines(of: texts, to: query, $0) }
        return texts.indices.map {
            scale.probability(rerank: reranked?[$0] ?? 0, meaning: meanings?[$0] ?? 0)
        }
    }

    private func cosines(
        of texts: [String], to query: String, _ embedder: TextEmbedder
    ) throws -> [Double] {
        // (1 + texts) × dimension, rows of unit length
        let rows = try embedder.embed([query] + texts)
        return rows.withUnsafeElements { elements in
            (1...texts.count).map { row in
                var sum: Float = 0
                for column in 0..<rows.columns {
                    sum += elements[column] * elements[row * rows.columns + column]
                }
                return Double(sum)
            }
        }
    }
}
