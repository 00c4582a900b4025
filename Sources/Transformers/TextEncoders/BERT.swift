import Tensors

extension TextEncoderFamily {
    /// Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers".
    static let bert = TextEncoderFamily(
        modelTypes: ["bert"], vocabularySize: 30_522, prefixes: ["", "bert.", "0.auto_model."],
        segments: .pair, names: .bert,
        head: .init(first: .inEncoder("pooler.dense"), last: "classifier", activation: .tanh))
}

extension EncoderLayer.Names {
    static let bert = EncoderLayer.Names(
        attention: .init(
            query: "attention.self.query", key: "attention.self.key",
            value: "attention.self.value", output: "attention.output.dense"),
        attentionNormalization: "attention.output.LayerNorm", inner: "intermediate.dense",
        outer: "output.dense", innerNormalization: "output.LayerNorm")
}
