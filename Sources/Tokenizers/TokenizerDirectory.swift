/// Finds the tokenizer of a Hugging Face model directory: in `tokenizer.json`, else in the older
/// files (`vocab.txt`, or `vocab.json` with `merges.txt`), else in a SentencePiece model.
package enum TokenizerDirectory {
    package static func open(_ directory: String) throws -> any Tokenizer {
        let settings = try TokenizerSettings(directory: directory)
        let whole = directory + "/tokenizer.json"
        if TokenizerFile.exists(whole) {
            var parts = try TokenizerJSON(path: whole).parts()
            settings.apply(to: &parts)
            return try TokenizerPipeline(parts)
        }
        let text = directory + "/vocab.txt"
        if TokenizerFile.exists(text) {
            return try TokenizerPipeline(OlderTokenizerFiles.wordPiece(path: text, settings))
        }
        let json = directory + "/vocab.json"
        let merges = directory + "/merges.txt"
        if TokenizerFile.exists(json), TokenizerFile.exists(merges) {
            return try TokenizerPipeline(
                OlderTokenizerFiles.bytePairs(
                    vocabularyPath: json, mergesPath: merges, settings))
        }
        for kind in SentencePieceTokenizer.Kind.allCases {
            let path = directory + "/" + kind.fileName
            guard TokenizerFile.exists(path) else { continue }
            return try TokenizerPipeline(SentencePieceTokenizer.parts(path: path, kind, settings))
        }
        throw TokenizerError.noVocabulary(directory: directory)
    }

    /// The longest text the tokenizer's own settings allow, special tokens included; nil when they
    /// set no limit.
    package static func maximumLength(_ directory: String) throws -> Int? {
        try TokenizerSettings(directory: directory).maximumLength
    }
}
