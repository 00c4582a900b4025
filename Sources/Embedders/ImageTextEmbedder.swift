package import Checkpoints
package import Tensors
import Tokenizers
import Transformers

/// Texts to points in the space that a model of images and texts (CLIP, SigLIP) shares between the
/// two.
package struct ImageTextEmbedder: Sendable {
    package let dimension: Int
    /// Equal to the image embedder's of the same model.
    package let modelFingerprint: String
    private let tokenizer: any Tokenizer
    private let model: any TextTower
    /// Nil where texts are read as they are. The tokenizer's, since configurations name another.
    private let paddingID: Int?
    /// Of the model's folder.
    let path: String

    /// - Parameter precision: of the network's products; the fingerprint does not depend on it.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        model = try ImageTextModel.textTower(directory, precision: precision)
        tokenizer = try TokenizerDirectory.open(directory.path)
        // A text without the token whose state is read would get the same embedding as any other.
        if let endID = model.endID, let found = tokenizer.endID, endID != found {
            throw EmbedderError.tokenizerMismatch(
                model: directory.path, tokenizerEnd: found, modelEnd: endID)
        }
        paddingID = model.paddingID == nil ? nil : tokenizer.padding?.id ?? model.paddingID
        dimension = model.dimension
        modelFingerprint = try directory.fingerprint()
        path = directory.path
    }

    /// Tokens of a text that are read, special ones included; the rest is cut off.
    package var maximumTokens: Int {
        // Two special tokens at least; a network with room for one refuses them itself.
        max(2, model.maximumLength)
    }

    /// How many tokens a text has for this model, special ones included; at most `maximumTokens`.
    package func tokenCount(of text: String) throws -> Int {
        try tokenizer.encode(text, maximumLength: maximumTokens).ids.count
    }

    /// These models have no prompts.
    package func refuse(_ choice: PromptChoice) throws(EmbedderError) {
        if case .named(let name) = choice {
            throw .unknownPrompt(model: path, name: name, known: [])
        }
    }

    /// Texts × dimension, rows of unit length.
    package func embed(_ texts: [String]) throws -> Matrix {
        let limit = maximumTokens
        let ids = try texts.map { filled(try tokenizer.encode($0, maximumLength: limit).ids) }
        return try TextBatches(ids).embed(dimension: dimension) { try model.encode($0) }
            .ofUnitLength(from: path)
    }

    /// Filled up, where the model was trained so.
    private func filled(_ ids: [Int]) -> [Int] {
        guard let paddingID, ids.count < maximumTokens else { return ids }
        return ids + Array(repeating: paddingID, count: maximumTokens - ids.count)
    }
}
