internal import Corpus
internal import Embedders
package import Tensors

/// Queries through the models, for as many threads as search: what was embedded lately is known,
/// and what several threads want at the same time goes through a network together.
///
/// It depends on the models alone, so that it outlives every commit of a library.
package final class QueryEmbedder: Sendable {
    package let models: SearchModels
    private let texts: [Channel: Combiner<String, [Float]>]
    private let recent: RecentValues<TextKey, [Float]>

    private struct TextKey: Hashable {
        var channel: Channel
        var text: String
    }

    /// - Parameters:
    ///   - load: whose share of the cores a network may use; nil for all of them.
    ///   - remembered: embeddings to keep, 2 or more.
    package init(models: SearchModels, load: Load? = nil, remembered: Int = 64) {
        self.models = models
        recent = RecentValues(limit: remembered)
        var texts: [Channel: Combiner<String, [Float]>] = [:]
        if let tower = models.imageText {
            texts[.frames] = Self.combiner(load) { try tower.embed($0) }
        }
        if let encoder = models.text {
            texts[.meaning] = Self.combiner(load) { try encoder.embed($0, as: .query) }
        }
        self.texts = texts
    }

    private static func combiner(
        _ load: Load?, _ embed: @escaping @Sendable ([String]) throws -> Matrix
    ) -> Combiner<String, [Float]> {
        Combiner { texts in
            let matrix = try load?.shared { try embed(texts) } ?? embed(texts)
            return (0..<matrix.rows).map { Array(matrix[$0]) }
        }
    }

    /// A text's point in a channel's space, of unit length; nil when the channel has no model.
    func vector(of text: String, in channel: Channel) throws -> [Float]? {
        guard let combiner = texts[channel] else { return nil }
        let key = TextKey(channel: channel, text: text)
        if let known = recent[key] { return known }
        let vector = try combiner.output(of: text)
        recent.store(vector, for: key)
        return vector
    }
}
