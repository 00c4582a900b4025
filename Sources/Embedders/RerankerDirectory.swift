package import Checkpoints
package import Tensors

/// Tells by a model's folder what kind of reranker it holds, and opens it.
package enum RerankerDirectory {
    /// Whether the folder holds an adapter, which has no `config.json` of its own.
    package static func isAdapter(_ path: String) -> Bool {
        MappedFile.isReadable(path + "/" + LowRankAdapter.configurationFile)
    }

    /// - Parameters:
    ///   - precision: of the network's products.
    ///   - base: opens the model an adapter was trained on, by the name or path that the adapter
    ///     notes.
    package static func open(
        _ path: String, precision: Precision = .fp32, base: (String) throws -> ModelDirectory
    ) throws -> any PassageReranker {
        let settings = try RerankerSettings(directory: path)
        let adapter = isAdapter(path) ? try LowRankAdapter(path: path) : nil
        let model = try adapter.map { try base($0.baseModel) } ?? ModelDirectory(path: path)
        switch try settings.kind ?? kind(of: model, adapter) {
        case .crossEncoder:
            return try CrossEncoder(
                model: model, adapter: adapter, blend: settings.blend ?? CrossEncoder.standardBlend,
                maximumTokens: settings.maximumPassageTokens ?? standardPairTokens,
                precision: precision)
        case .lateInteraction:
            var options = LateInteraction.Options()
            options.blend = settings.blend ?? options.blend
            options.layerCount = settings.layerCount
            options.maximumPassageTokens =
                settings.maximumPassageTokens ?? options.maximumPassageTokens
            options.precision = precision
            return try LateInteraction(model: model, adapter: adapter, options)
        }
    }

    /// Passages of a search are short; a model would read 512 tokens of a long one and take four
    /// times as long.
    private static let standardPairTokens = 192

    /// A network that says it classifies is a cross-encoder, and lacking its head an error; any
    /// other encoder has token states.
    private static func kind(
        of model: ModelDirectory, _ adapter: LowRankAdapter?
    ) throws -> RerankerSettings.Kind {
        let architectures = try model.configuration.strings("architectures") ?? []
        let classifies =
            architectures.contains { $0.hasSuffix("ForSequenceClassification") }
            || adapter?.isClassifier == true
        return classifies ? .crossEncoder : .lateInteraction
    }
}
