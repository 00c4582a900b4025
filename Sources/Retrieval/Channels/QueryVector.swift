internal import Corpus
internal import Embedders
internal import Tensors
internal import TextSearch

/// The points of the channels' spaces that a part of a query asks for: the sum of what is wanted, each
/// of unit length (words, a picture, moments to be like), less a share of what is not.
struct QueryVector {
    /// Of an unwanted text, next to 1 of the wanted ones: enough to turn away from it, too little
    /// to end up at its opposite, which means nothing.
    private static let exclusionShare: Float = 0.5

    let embedder: QueryEmbedder
    let text: TextQuery
    let picture: Picture?
    let references: [ReferencedMoment]

    /// The points of several channels, worked out at the same time: each is a network of its own.
    /// - Returns: of unit length; a channel with nothing to go by is left out.
    func vectors(of channels: [Channel]) throws -> [Channel: [Float]] {
        let vectors = try Parallelism.map(channels.count) { try vector(of: channels[$0]) }
        return Dictionary(
            uniqueKeysWithValues: zip(channels, vectors).compactMap { channel, vector in
                vector.map { (channel, $0) }
            })
    }

    private func vector(of channel: Channel) throws -> [Float]? {
        var wanted: [[Float]] = references.compactMap { $0.vectors[channel] }
        if channel == .frames, let picture, let tower = embedder.models.image {
            wanted.append(try tower.embed([picture]).elements)
        }
        let words = text.plainText
        if words.contains(where: { !$0.isWhitespace }),
            let vector = try embedder.vector(of: words, in: channel)
        {
            wanted.append(vector)
        }
        guard !wanted.isEmpty else { return nil }
        var sum = [Float](repeating: 0, count: wanted[0].count)
        for vector in wanted { add(vector, times: 1 / Float(wanted.count), to: &sum) }
        for unwanted in text.excludedTexts {
            guard let vector = try embedder.vector(of: unwanted, in: channel) else { continue }
            add(vector, times: -Self.exclusionShare, to: &sum)
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // What cancels out points nowhere; without the subtraction it points somewhere.
        guard length > 1e-6 else { return wanted[0] }
        return sum.map { $0 / length }
    }

    private func add(_ vector: [Float], times factor: Float, to sum: inout [Float]) {
        for index in sum.indices { sum[index] += factor * vector[index] }
    }
}
