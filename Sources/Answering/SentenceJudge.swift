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
        // Rows of unit length: 1 × dimension, texts × dimension.
        let asked = try embedder.embed([query], as: .query)
        let answers = try embedder.embed(texts, as: .passage)
        return MatrixProduct.multiply(answers, byTransposed: asked).elements.map(Double.init)
    }
}
