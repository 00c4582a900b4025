internal import Checkpoints

/// Why a model cannot embed.
package enum EmbedderError: Error, Equatable, CustomStringConvertible {
    case unsupportedPreprocessing(path: String, key: String, expected: String, found: String)
    case sizeMismatch(path: String, image: Int, model: Int)
    case tokenizerMismatch(model: String, tokenizerEnd: Int, modelEnd: Int)
    case unsupportedModule(path: String, type: String, folder: String)
    case unknownPrompt(model: String, name: String, known: [String])
    case unsupportedLabels(path: String, count: Int)
    case badVocabulary(path: String, problem: String)
    /// - Parameter tensor: where the model's files hold NaN or infinity; nil where they do not.
    case notANumber(model: String, item: Int, tensor: String?)

    package var description: String {
        switch self {
        case .unsupportedPreprocessing(let path, let key, let expected, let found):
            "\(path) says \(key) is \(found); expected \(expected)."
        case .sizeMismatch(let path, let image, let model):
            "\(path) makes images \(image) pixels wide, but the model reads \(model): its "
                + "preprocessor_config.json and config.json do not belong together."
        case .tokenizerMismatch(let model, let tokenizerEnd, let modelEnd):
            "The tokenizer of \(model) ends a text with the token \(tokenizerEnd), but config.json "
                + "says eos_token_id is \(modelEnd). Set it to \(tokenizerEnd)."
        case .unsupportedModule(let path, let type, let folder):
            "\(path) lists \(type)\(folder.isEmpty ? "" : " in \(folder)"), which is not supported "
                + "there; expected Transformer, Pooling, then any of Dense and Normalize."
        case .unknownPrompt(let model, let name, let known):
            "The model \(model) has no prompt \"\(name.prefix(80))\"; "
                + (known.isEmpty
                    ? "it has none at all." : "it has: \(known.joined(separator: ", ")).")
        case .unsupportedLabels(let path, let count):
            "\(path) tells \(count) classes apart; a reranker has one label, or two of which the "
                + "second means that the passage fits."
        case .badVocabulary(let path, let problem):
            "The vocabulary of tags \(path) cannot be used: \(problem)."
        case .notANumber(let model, let item, let tensor):
            "The model \(model) gave item \(item) an embedding or score that is zero or not a number. "
                + (tensor.map { "Its tensor \($0) holds NaN or infinity" }
                    ?? "Its weights are damaged") + "; download it again."
        }
    }

    /// Looks for what is wrong with a model once something came out that is no number: to look at
    /// all weights beforehand would take longer than many a query.
    static func notANumber(from model: String, item: Int) -> EmbedderError {
        let files = (try? ModelDirectory(path: model).weights().files) ?? []
        let tensor = files.lazy.compactMap { file in
            try? file.firstTensorNotFinite(isCancelled: { false })
        }.first
        return .notANumber(model: model, item: item, tensor: tensor)
    }
}
