/// Finds the tokenizer of a Hugging Face model directory: in `tokenizer.json`, else in the older
/// files (`vocab.txt`, or `vocab.json` with `merges.txt`).
package enum TokenizerDirectory {
    package static func open(_ directory: String) throws -> any Tokenizer {
        let settings = try TokenizerSettings(directory: directory)
        let whole = directory + "/tokenizer.json"
        if TokenizerFile.exists(whole) {
            var parts = try TokenizerJSON(path: whole).parts()
            settings.apply(to: &parts)
            return TokenizerPipeline(parts)
        }
        let text = directory + "/vocab.txt"
        if TokenizerFile.exists(text) {
            return TokenizerPipeline(try OlderTokenizerFiles.wordPiece(path: text, settings))
        }
        let json = directory + "/vocab.json"
        let merges = directory + "/merges.txt"
        if TokenizerFile.exists(json), TokenizerFile.exists(merges) {
            return TokenizerPipeline(
                try OlderTokenizerFiles.bytePairs(
                    vocabularyPath: json, mergesPath: merges, settings))
        }
        for name in ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"]
        where TokenizerFile.exists(directory + "/" + name) {
            throw TokenizerError.onlySentencePiece(path: directory + "/" + name)
        }
        throw TokenizerError.noVocabulary(directory: directory)
    }

    /// The longest text the tokenizer's own settings allow, special tokens included; nil when they
    /// set no limit.
    package static func maximumLength(_ directory: String) throws -> Int? {
        try TokenizerSettings(directory: directory).maximumLength
    }
}
