/// One way of being found. Each scores on its own scale; fusion brings them together.
package enum Channel: String, Sendable, CaseIterable, Codable {
    /// TF-IDF or BM25 of the query's words in all that is said and written.
    case keywords
    /// Cosine of the query in CLIP's text tower with key frames in its image tower.
    case frames
    /// Cosine of the query with passages in a text encoder.
    case meaning
}
