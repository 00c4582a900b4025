internal import Corpus
internal import Embedders
internal import Tensors

/// Queries through the models: what was embedded lately is known, and the rest goes through a
/// network in one batch.
///
/// It depends on the models alone, so that it outlives every commit of a library.
package final class QueryEmbedder: Sendable {
    package let models: SearchModels
    private let recent: RecentValues<TextKey, [Float]>

    private struct TextKey: Hashable {
        var channel: Channel
        var text: String
    }

    /// - Parameter remembered: embeddings to keep, 2 or more.
    package init(models: SearchModels, remembered: Int = 64) {
        self.models = models
        recent = RecentValues(limit: remembered)
    }

    /// The texts' points in a channel's space, of unit length, by text; empty when the channel has
    /// no model. A text may come twice.
    func points(of texts: [String], in channel: Channel) throws -> [String: [Float]] {
        var points: [String: [Float]] = [:]
        var unknown: [String] = []
        for text in Set(texts) {
            points[text] = recent[TextKey(channel: channel, text: text)]
            if points[text] == nil { unknown.append(text) }
        }
        guard !unknown.isEmpty, let matrix = try embed(unknown, in: channel) else { return points }
        for (row, text) in unknown.enumerated() {
            let point = Array(matrix[row])
            points[text] = point
            recent.store(point, for: TextKey(channel: channel, text: text))
        }
        return points
    }

    private func embed(_ texts: [String], in channel: Channel) throws -> Matrix? {
        switch channel {
        case .frames: try models.imageText?.embed(texts)
        case .meaning: try models.text?.embed(texts, as: .query)
        case .keywords: nil
        }
    }
}
