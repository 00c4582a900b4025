internal import Corpus
internal import Embedders
internal import Tensors
internal import TextSearch

/// The points of the channels' spaces that a part of a query asks for: the sum of what is wanted, each
/// of unit length (words, a picture, moments to be like), less a share of what is not.
struct QueryVector: Sendable {
    /// Of an unwanted text, next to 1 of the wanted ones: enough to turn away from it, too little
    /// to end up at its opposite, which means nothing.
    private static let exclusionShare: Float = 0.5

    private let words: String
    private let unwanted: [String]
    private let picture: Picture?
    private let references: [ReferencedMoment]

    init(text: TextQuery, picture: Picture?, references: [ReferencedMoment]) {
        words = text.plainText
        unwanted = text.excludedTexts
        self.picture = picture
        self.references = references
    }

    private var hasWords: Bool { words.contains { !$0.isWhitespace } }

    /// The points of several targets in one channel, each text and picture of theirs in one batch.
    /// - Parameter targets: nil for those that do not ask.
    /// - Returns: of unit length; nil for a target with nothing to go by.
    static func points(
        of targets: [QueryVector?], in channel: Channel, by embedder: QueryEmbedder
    ) throws -> [[Float]?] {
        let asking = targets.compactMap { $0 }
        let texts = asking.flatMap { ($0.hasWords ? [$0.words] : []) + $0.unwanted }
        let known = try embedder.points(of: texts, in: channel)
        var pictures: [[Float]] = []
        if channel == .frames, let tower = embedder.models.image {
            let shown = asking.compactMap(\.picture)
            if !shown.isEmpty {
                let rows = try tower.embed(shown)
                pictures = (0..<rows.rows).map { Array(rows[$0]) }
            }
        }
        var nextPicture = pictures.makeIterator()
        return targets.map { target in
            guard let target else { return nil }
            let picture = target.picture == nil ? nil : nextPicture.next()
            return target.point(in: channel, picture: picture, texts: known)
        }
    }

    /// - Parameters:
    ///   - pictureVector: of this target's picture.
    ///   - texts: what is known of this target's texts.
    private func point(
        in channel: Channel, picture pictureVector: [Float]?, texts: [String: [Float]]
    ) -> [Float]? {
        var wanted: [[Float]] = references.compactMap { $0.vectors[channel] }
        if let pictureVector { wanted.append(pictureVector) }
        if hasWords, let vector = texts[words] { wanted.append(vector) }
        guard !wanted.isEmpty else { return nil }
        var sum = [Float](repeating: 0, count: wanted[0].count)
        for vector in wanted { Self.add(vector, times: 1 / Float(wanted.count), to: &sum) }
        for text in unwanted {
            guard let vector = texts[text] else { continue }
            Self.add(vector, times: -Self.exclusionShare, to: &sum)
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // What cancels out points nowhere; without the subtraction it points somewhere.
        guard length > 1e-6 else { return wanted[0] }
        return sum.map { $0 / length }
    }

    private static func add(_ vector: [Float], times factor: Float, to sum: inout [Float]) {
        for index in sum.indices { sum[index] += factor * vector[index] }
    }
}
