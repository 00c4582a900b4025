import Tensors

extension TextEncoderFamily {
    /// Liu et al. 2019, "RoBERTa", and the same network for other languages: Conneau et al. 2019,
    /// "Unsupervised Cross-lingual Representation Learning at Scale" (XLM-R), Martin et al. 2019
    /// (CamemBERT).
    static let roberta = TextEncoderFamily(
        modelTypes: ["roberta", "xlm-roberta", "camembert"], vocabularySize: 50_265,
        prefixes: ["", "roberta.", "0.auto_model."],
        places: .behindPadding(setting: "pad_token_id", standard: 1), segments: .same,
        names: .bert,
        head: .init(
            first: .outside("classifier.dense"), last: "classifier.out_proj", activation: .tanh))
}
