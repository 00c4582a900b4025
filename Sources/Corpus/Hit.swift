/// A moment of an asset that answers a query, with every reason it was found.
package struct Hit: Sendable, Equatable {
    package var asset: Asset
    package var moment: TimeSpan
    /// What answers each part of the query; one for an ordinary query.
    package var parts: [HitPart]
    /// Nil when the hit was not read again.
    package var reranking: RerankEvidence?
    /// The chance that an unrelated query finds a moment as good as this one, 0…1; nil when the
    /// library was never calibrated.
    package var falseAlarmRate: Double?
    /// The passage that matched best, or nil when only a frame did.
    package var snippet: Snippet?
    /// The key frame that shows the moment, from 0; nil when the asset has none.
    package var keyFrame: Int?
    /// Whether anything is said or written at some time of the asset.
    package var hasCaptions = false
    /// Further moments that show and say the same and are left out of the list.
    package var duplicates: [MomentPlace] = []

    package init(asset: Asset, moment: TimeSpan, parts: [HitPart], snippet: Snippet? = nil) {
        precondition(!parts.isEmpty, "A hit answers something.")
        self.asset = asset
        self.moment = moment
        self.parts = parts
        self.snippet = snippet
    }

    /// Mean of the parts' scores: what the channels say together.
    package var fusedScore: Double {
        parts.reduce(0) { $0 + $1.score } / Double(parts.count)
    }

    /// What the hits are ordered by: the fused score, mixed with the reranker's where there is one.
    package var score: Double {
        guard let reranking else { return fusedScore }
        return (1 - reranking.weight) * fusedScore + reranking.weight * reranking.score
    }

    /// 1 − the false alarm rate.
    package var confidence: Double? { falseAlarmRate.map { 1 - $0 } }
}

/// Where a moment is.
package struct MomentPlace: Sendable, Equatable {
    package var path: String
    package var moment: TimeSpan

    package init(path: String, moment: TimeSpan) {
        self.path = path
        self.moment = moment
    }
}

/// What answers one part of a query, such as each side of `THEN`.
package struct HitPart: Sendable, Equatable {
    /// The part as it was asked for.
    package var query: String
    package var moment: TimeSpan
    /// The channels that ran; one that found nothing here has the score of its absence.
    package var channels: [Channel: ChannelEvidence]
    package var falseAlarmRate: Double?

    package init(query: String, moment: TimeSpan, channels: [Channel: ChannelEvidence]) {
        self.query = query
        self.moment = moment
        self.channels = channels
    }

    /// Σ weight · score / Σ weight, so that the reasons shown always add up to the rank given.
    package var score: Double {
        // In declaration order: a sum over a dictionary's own order would differ between runs.
        let present = Channel.allCases.compactMap { channels[$0] }
        let total = present.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return 0 }
        return present.reduce(0) { $0 + $1.weight * $1.score } / total
    }
}

/// What one channel has to say about a moment.
package struct ChannelEvidence: Sendable, Equatable {
    /// Normalised as the fusion asks for: 0…1, or standard deviations with z-scores.
    package var score: Double
    /// The channel's own scale: a sum of words' worths, or a cosine −1…1; nil when the channel
    /// found nothing here.
    package var raw: Double?
    package var weight: Double
    /// The chance that an unrelated query's best find in this channel scores as high, 0…1; nil
    /// when the library was never calibrated.
    package var falseAlarmRate: Double?
    /// Keywords only: what each matched word adds to `raw`.
    package var terms: [String: Double] = [:]
    /// Frames only: when the matching key frame is shown.
    package var timeSeconds: Double?
    /// Frames only: which of the asset's key frames it is, from 0.
    package var keyFrame: Int?
    /// Frames only: the key frame's picture, a path inside the library.
    package var thumbnail: String?

    package init(score: Double, raw: Double?, weight: Double) {
        self.score = score
        self.raw = raw
        self.weight = weight
    }
}

/// What reading the passage together with the query says.
package struct RerankEvidence: Sendable, Equatable {
    /// On the scale of the fused scores of the hits that were read.
    package var score: Double
    /// The model's own scale.
    package var raw: Double
    /// Share of this score in the hit's, 0…1.
    package var weight: Double

    package init(score: Double, raw: Double, weight: Double) {
        self.score = score
        self.raw = raw
        self.weight = weight
    }
}
