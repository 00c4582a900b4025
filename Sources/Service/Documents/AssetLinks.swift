package import Corpus

/// Where the server gives out what belongs to an asset; the same in every document.
package struct AssetLinks: Encodable, Sendable, Equatable {
    let asset: String
    let media: String
    /// A picture that stands for it, or for a moment of it.
    let thumbnail: String?
    /// What is said, as WebVTT.
    let captions: String?

    /// - Parameters:
    ///   - frame: ordinal of the key frame to show; nil where there is none.
    ///   - hasCaptions: whether the library has words that are spoken or subtitled.
    package init(_ id: AssetID, frame: Int?, hasCaptions: Bool) {
        asset = "/v1/assets/\(id)"
        media = "/v1/assets/\(id)/media"
        thumbnail = frame.map { Self.thumbnail(id, $0) }
        captions = hasCaptions ? "/v1/assets/\(id)/transcript.vtt" : nil
    }

    package static func thumbnail(_ id: AssetID, _ ordinal: Int) -> String {
        "/v1/assets/\(id)/frames/\(ordinal).jpg"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(asset, forKey: .asset)
        try container.encode(media, forKey: .media)
        // Null, not absent: that there is none is worth saying.
        try container.encode(thumbnail, forKey: .thumbnail)
        try container.encode(captions, forKey: .captions)
    }

    enum CodingKeys: String, CodingKey { case asset, media, thumbnail, captions }
}
