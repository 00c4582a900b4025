/// A moment of an asset that answers a query, with every reason it was found.
package struct Hit: Sendable, Equatable {
    package var asset: Asset
    package var moment: TimeSpan
    /// Weighted mean of the channels' scores, 0…1: `fusedScore(of: channels)`.
    package var score: Double
    /// The channels that ran; one that found nothing here scores 0.
    package var channels: [Channel: ChannelEvidence]
    /// The passage that matched best, or nil when only a frame did.
    package var snippet: Snippet?

    package init(
        asset: Asset, moment: TimeSpan, channels: [Channel: ChannelEvidence],
        snippet: Snippet? = nil
    ) {
        self.asset = asset
        self.moment = moment
        self.channels = channels
        self.snippet = snippet
        score = Hit.fusedScore(of: channels)
    }

    /// Σ weight · score / Σ weight, so that the reasons shown always add up to the rank given.
    package static func fusedScore(of channels: [Channel: ChannelEvidence]) -> Double {
        // In declaration order: a sum over a dictionary's own order would differ between runs.
        let present = Channel.allCases.compactMap { channels[$0] }
        let total = present.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return 0 }
        return present.reduce(0) { $0 + $1.weight * $1.score } / total
    }
}

/// What one channel has to say about a moment.
package struct ChannelEvidence: Sendable, Equatable {
    /// Normalised, 0…1.
    package var score: Double
    /// The channel's own scale: a TF-IDF sum, or a cosine −1…1.
    package var raw: Double
    package var weight: Double
    /// Keywords only: what each matched word adds to `raw`.
    package var terms: [String: Double] = [:]
    /// Frames only: when the matching key frame is shown.
    package var timeSeconds: Double?
    /// Frames only: the key frame's picture, a path inside the library.
    package var thumbnail: String?

    package init(score: Double, raw: Double, weight: Double) {
        self.score = score
        self.raw = raw
        self.weight = weight
    }
}

/// The part of a passage that shows best why it was found.
package struct Snippet: Sendable, Equatable {
    package struct Piece: Sendable, Equatable {
        package var text: String
        /// A word that was searched for.
        package var isMatch: Bool

        package init(text: String, isMatch: Bool) {
            self.text = text
            self.isMatch = isMatch
        }
    }

    /// In reading order; matches and what stands between them.
    package var pieces: [Piece]

    package init(pieces: [Piece]) { self.pieces = pieces }

    /// As one line. `…` stands where text was left out.
    package var text: String { pieces.map(\.text).joined() }

    /// The line with marks around the matches.
    package func marked(open: String, close: String) -> String {
        pieces.map { $0.isMatch ? open + $0.text + close : $0.text }.joined()
    }
}
