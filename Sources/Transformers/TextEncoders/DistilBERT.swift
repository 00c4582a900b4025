import Tensors

extension TextEncoderFamily {
    /// Sanh et al. 2019, "DistilBERT, a distilled version of BERT": half the layers, no segments.
    static let distilBERT = TextEncoderFamily(
        modelTypes: ["distilbert"],
        keys: .init(
            hiddenSize: "dim", innerSize: "hidden_dim", layerCount: "n_layers",
            headCount: "n_heads", activation: "activation", epsilon: nil),
        defaults: .init(
            hiddenSize: 768, innerSize: 3072, layerCount: 6, headCount: 12, activation: "gelu",
            epsilon: 1e-12),
        vocabularySize: 30_522, prefixes: ["", "distilbert.", "0.auto_model."],
        layerPrefix: "transformer.layer.",
        names: .init(
            attention: .init(
                query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin",
                output: "attention.out_lin"),
            attentionNormalization: "sa_layer_norm", inner: "ffn.lin1", outer: "ffn.lin2",
            innerNormalization: "output_layer_norm"),
        head: .init(
            first: .outside("pre_classifier"), last: "classifier", activation: .relu))
}
