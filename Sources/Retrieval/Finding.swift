internal import Corpus

/// One row of one channel that answers the query, before channels are brought together.
struct Finding: Sendable, Equatable {
    var asset: AssetID
    /// Position among the asset's passages (keywords, meaning) or key frames (frames).
    var ordinal: Int
    /// Nil when the row is about the whole asset, as a title is.
    var span: TimeSpan?
    /// The channel's own scale.
    var raw: Double
    /// Normalised, 0…1.
    var score: Double
    /// Keywords only: what each matched word adds to `raw`.
    var terms: [String: Double] = [:]
}
