internal import Corpus
internal import Embedders
internal import Tensors
internal import TextSearch

/// The point of a channel's space that a part of a query asks for: the sum of what is wanted, each
/// of unit length (words, a picture, moments to be like), less a share of what is not.
struct QueryVector {
    /// Of an unwanted text, next to 1 of the wanted ones: enough to turn away from it, too little
    /// to end up at its opposite, which means nothing.
    private static let exclusionShare: Float = 0.5

    let searcher: Searcher
    let channel: Channel
    let text: TextQuery
    let picture: Picture?
    let references: [ReferencedMoment]

    /// Of unit length; nil when there is nothing to go by.
    func vector() throws -> [Float]? {
        var wanted: [[Float]] = references.compactMap { $0.vectors[channel] }
        if let picture, let embedder = searcher.imageEmbedder {
            wanted.append(try embedder.embed([picture]).elements)
        }
        let words = text.plainText
        if words.contains(where: { !$0.isWhitespace }), let vector = try embed(words) {
            wanted.append(vector)
        }
        guard !wanted.isEmpty else { return nil }
        var sum = [Float](repeating: 0, count: wanted[0].count)
        for vector in wanted { add(vector, times: 1 / Float(wanted.count), to: &sum) }
        for unwanted in text.excludedTexts {
            guard let vector = try embed(unwanted) else { continue }
            add(vector, times: -Self.exclusionShare, to: &sum)
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // What cancels out points nowhere; without the subtraction it points somewhere.
        guard length > 1e-6 else { return wanted[0] }
        return sum.map { $0 / length }
    }

    private func embed(_ text: String) throws -> [Float]? {
        switch channel {
        case .keywords: nil
        case .frames: try searcher.imageTextEmbedder?.embed([text]).elements
        case .meaning: try searcher.textEmbedder?.embed([text]).elements
        }
    }

    private func add(_ vector: [Float], times factor: Float, to sum: inout [Float]) {
        for index in sum.indices { sum[index] += factor * vector[index] }
    }
}
