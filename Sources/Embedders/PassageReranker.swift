/// Scores how well passages answer a query; larger is better.
///
/// Slower and sharper than the channels of a search: it reads the query beside each passage, so it
/// is asked about the best few only.
package protocol PassageReranker: Sendable {
    /// Tells whether a stored score came from this model.
    var modelFingerprint: String { get }
    /// Weight of this score against the fused one, 0…1, as measured for this model: both are brought
    /// to 0…1 over the candidates (min-max) and blend · score + (1 − blend) · fused decides.
    var blend: Double { get }
    /// What the scores are.
    var scale: RerankScale { get }
    /// One score a passage, in their order. A passage's score does not depend on the others'.
    func scores(query: String, passages: [String]) throws -> [Float]
    /// A score as a number from 0 to 1 that grows with it, for those who expect one.
    func relevance(ofScore score: Float) -> Float
    /// A score as those who published the model state it, which keeps the order.
    func published(_ score: Float) -> Float
    /// Tokens that are read of the two, special ones included.
    func tokenCount(query: String, passage: String) throws -> Int
}

extension PassageReranker {
    /// Of cosines, −1…1.
    package func relevance(ofScore score: Float) -> Float { min(1, max(0, (1 + score) / 2)) }

    package func published(_ score: Float) -> Float { score }

    /// For those that cannot tell.
    package func tokenCount(query: String, passage: String) throws -> Int { 0 }
}

/// What a reranker's scores are, for whoever reads more than their order from them.
package enum RerankScale: Sendable, Equatable {
    /// Of the passage answering the query: 0 is as likely as not.
    case logOdds
    /// −1…1, and high for any two texts: only differences tell.
    case cosine
}
