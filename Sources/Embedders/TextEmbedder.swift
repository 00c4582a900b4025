package import Checkpoints
package import Tensors
import Tokenizers
import Transformers

/// Passages and queries to points whose nearness is nearness in meaning, with a sentence encoder of
/// the BERT family (Reimers and Gurevych 2019, "Sentence-BERT").
package struct TextEmbedder: Sendable {
    /// `model_type` in `config.json`, all that are read.
    package static var modelTypes: [String] { TextEncoder.modelTypes }

    package let dimension: Int
    /// Tells whether a library was made with this model, its prompts included.
    package let modelFingerprint: String
    /// Tokens of a text that are read, special ones and a prompt included; the rest is cut off.
    package let maximumTokens: Int
    private let tokenizer: any Tokenizer
    private let lowercases: Bool
    private let model: TextEncoder
    private let pipeline: SentencePipeline
    private let prompts: SentencePrompts
    private let path: String

    /// - Parameter precision: of the network's products. Neither the fingerprint nor a library
    ///   depends on it: embeddings of one precision are searched with queries of another.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        model = try TextEncoder(directory, precision: precision)
        pipeline = try SentencePipeline(directory, hiddenSize: model.hiddenSize)
        prompts = try SentencePrompts(directory)
        tokenizer = try TokenizerDirectory.open(directory.path)
        let settings = try SentenceSettings(directory)
        let limit =
            try settings.maximumLength ?? TokenizerDirectory.maximumLength(directory.path)
            ?? model.maximumLength
        maximumTokens = max(2, min(limit, model.maximumLength))
        lowercases = settings.lowercases
        dimension = pipeline.dimension
        modelFingerprint = try directory.fingerprint()
        path = directory.path
    }

    /// Texts × dimension, rows of unit length.
    /// - Parameter choice: of the prompt that is put before each text.
    package func embed(_ texts: [String], as choice: PromptChoice = .standard) throws -> Matrix {
        Parallelism.rouse()
        let prompt = try prompt(choice)
        let ids = try texts.map { try encode(prompt + $0).ids }
        let promptLength = try pipeline.leavesPromptsOut ? length(ofPrompt: prompt) : 0
        return try TextBatches(ids).embed(dimension: dimension) { batch in
            pipeline.vectors(of: try model.encode(batch), promptLength: promptLength)
        }
        .ofUnitLength(from: path)
    }

    /// How many tokens a text has for this model, special ones included; at most `maximumTokens`.
    package func tokenCount(
        of text: String, as choice: PromptChoice = .standard
    ) throws -> Int {
        try encode(prompt(choice) + text).ids.count
    }

    private func prompt(_ choice: PromptChoice) throws -> String {
        switch choice {
        case .standard: return prompts.standard
        case .query: return prompts.query
        case .passage: return prompts.passage
        case .named(let name):
            guard let text = prompts.text(named: name) else {
                throw EmbedderError.unknownPrompt(
                    model: path, name: name, known: prompts.names)
            }
            return text
        }
    }

    /// Tokens of a prompt at the beginning of a text, with the opening special token.
    private func length(ofPrompt prompt: String) throws -> Int {
        guard !prompt.isEmpty else { return 0 }
        let ids = try encode(prompt).ids
        return ids.last == tokenizer.endID ? ids.count - 1 : ids.count
    }

    private func encode(_ text: String) throws(TokenizerError) -> Encoding {
        try tokenizer.encode(lowercases ? text.lowercased() : text, maximumLength: maximumTokens)
    }
}
