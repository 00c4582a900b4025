package import Corpus
internal import UnicodeText

/// A moment of the library that an answer may cite: what is said or written there, and what it
/// shows.
///
/// Its text comes from files of anyone. It is quoted; it never decides what is asked, opened or
/// sent.
package struct Evidence: Sendable, Equatable {
    /// What citations name, from 1.
    package var id: Int
    package var asset: Asset
    package var span: TimeSpan
    /// Whole sentences; empty when the moment has no words.
    package var text: String
    /// Nil when the moment has no words.
    package var source: PassageSource?
    /// Words that a model put on what is seen, for a moment found by its picture.
    package var tags: [String] = []
    package var keyFrames: [Picture] = []
    /// Of the asset, the key frame that shows the moment, from 0.
    package var keyFrame: Int?
    /// Whether anything is said or written at some time of the asset.
    package var hasCaptions = false
    /// The hit's score, 0…1 for most ways of fusion.
    package var score: Double
    /// Of the hit, 0…1; nil when the library is not calibrated.
    package var confidence: Double?
    /// The chance that an unrelated query finds a picture that fits as well, 0…1; nil when the
    /// moment was not found by its picture, or nothing is calibrated.
    package var pictureFalseAlarmRate: Double?

    package struct Picture: Sendable, Equatable {
        package var timeSeconds: Double
        /// Path of a JPEG.
        package var path: String
    }

    /// Its text, sentence by sentence.
    func sentences() throws -> [String] { try SentenceSegmenter.sentences(of: text) }

    /// SHA-256 in hexadecimal over what is cited: asset, time and text.
    package var digest: String {
        let time = [span.startSeconds, span.endSeconds].map { String(Int(($0 * 1000).rounded())) }
        return hexadecimal(
            SHA256.digest(
                of: ([asset.id.description] + time + [text]).joined(separator: "\n").utf8))
    }
}

/// How much evidence an answer may rest on.
package struct EvidenceSettings: Sendable, Equatable {
    package var assets = 3
    package var passages = 8
    package var keyFrames = 6
    /// Of all passages together, as a language model counts: estimated.
    package var tokens = 3000
    /// Moments are no evidence whose confidence is known and lower: most unrelated queries find
    /// as much.
    package var minimumConfidence = 0.5
    /// A picture is evidence of its own, beside the words of its moment, up to this rate.
    package var pictureFalseAlarmRate = 0.5

    package init() {}
}
