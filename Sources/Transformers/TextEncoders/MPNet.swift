import Tensors

extension TextEncoderFamily {
    /// Song et al. 2020, "MPNet: Masked and Permuted Pre-training": attention also weighs how far
    /// apart two tokens stand.
    static let mpnet = TextEncoderFamily(
        modelTypes: ["mpnet"], vocabularySize: 30_527, prefixes: ["", "mpnet.", "0.auto_model."],
        // Whatever the settings say of padding, its network counts from 2.
        places: .behindPadding(setting: nil, standard: 1),
        names: .init(
            attention: .init(
                query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v",
                output: "attention.attn.o"),
            attentionNormalization: "attention.LayerNorm", inner: "intermediate.dense",
            outer: "output.dense", innerNormalization: "output.LayerNorm"),
        relativePositions: "encoder.relative_attention_bias.weight",
        head: .init(
            first: .outside("classifier.dense"), last: "classifier.out_proj", activation: .tanh))
}
