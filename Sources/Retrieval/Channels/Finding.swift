internal import Corpus
internal import Storage
internal import TextSearch

/// One row of one channel that answers the query, before channels are brought together.
struct Finding: Sendable, Equatable {
    var asset: AssetID
    /// Position among the asset's passages (keywords, meaning) or key frames (frames).
    var ordinal: Int
    /// Nil when the row is about the whole asset, as a title is.
    var span: TimeSpan?
    /// The channel's own scale.
    var raw: Double
    /// What the channel orders its findings by, and fusion normalises.
    var rankedBy: Double
    /// What is compared with unrelated queries: the share of the query's worth that the words
    /// cover, or the centred cosine.
    var statistic: Double
    /// The chance that an unrelated query's best statistic is as high.
    var falseAlarmRate: Double?
    /// Normalised for fusion.
    var score: Double
    /// Keywords only: what each matched word adds to `raw`.
    var terms = TermWorths()
    /// Of the row's vector; nil for keywords.
    var match: AssetVectors.Match?
}

/// What one channel found, best first.
struct ChannelFindings: Sendable, Equatable {
    var findings: [Finding] = []
    /// The score that stands for not being among them.
    var absent = 0.0
}
