import JSONText

/// Finds the tokenizer of a Hugging Face model directory: in the older files (`vocab.txt`, or
/// `vocab.json` with `merges.txt`), which load fastest, else in `tokenizer.json`.
package enum TokenizerDirectory {
    package static func open(_ directory: String) throws -> any Tokenizer {
        let settings = try TokenizerSettings(directory: directory)
        let text = directory + "/vocab.txt"
        let json = directory + "/vocab.json"
        let merges = directory + "/merges.txt"
        let whole = directory + "/tokenizer.json"
        if TokenizerFile.exists(text) {
            var options = WordPieceTokenizer.Options()
            // Where the small file is silent about case, the big one knows.
            if !settings.decidesCase, TokenizerFile.exists(whole) {
                options = try TokenizerJSON(path: whole).wordPieceOptions()
            }
            let vocabulary = try TokenizerFile.read(text).withUnsafeBytes {
                try Vocabulary(lines: $0, path: text)
            }
            return try WordPieceTokenizer(
                vocabulary: vocabulary, specialTokens: settings.specialTokens(in: vocabulary),
                options: settings.applied(to: options), path: text)
        }
        if TokenizerFile.exists(json), TokenizerFile.exists(merges) {
            let vocabulary = try TokenizerFile.scan(json) { scanner in
                try Vocabulary(&scanner, path: json, capacity: 50_000)
            }
            try refuseOtherBytePairs(vocabulary, path: json)
            let pairs = try TokenizerFile.read(merges).withUnsafeBytes { bytes in
                try BytePairMerges(lines: bytes, path: merges)
            }
            return try CLIPTokenizer(
                vocabulary: vocabulary, merges: pairs,
                specialTokens: settings.specialTokens(in: vocabulary),
                names: settings.applied(to: CLIPTokenizer.SpecialNames()), path: json)
        }
        if TokenizerFile.exists(whole) {
            return try open(TokenizerJSON(path: whole), settings)
        }
        throw TokenizerError.noVocabulary(directory: directory)
    }

    /// A tokenizer that can put two texts beside each other, as a cross-encoder reads them.
    package static func openForPairs(_ directory: String) throws -> WordPieceTokenizer {
        guard let tokenizer = try open(directory) as? WordPieceTokenizer else {
            throw TokenizerError.noPairs(directory: directory)
        }
        return tokenizer
    }

    /// The longest text the tokenizer's own settings allow, special tokens included; nil when they
    /// set no limit.
    package static func maximumLength(_ directory: String) throws -> Int? {
        try TokenizerSettings(directory: directory).maximumLength
    }

    private static func open(
        _ file: TokenizerJSON, _ settings: TokenizerSettings
    ) throws -> any Tokenizer {
        guard let vocabulary = file.vocabulary else {
            throw TokenizerError.missingField(path: file.path, field: "model.vocab")
        }
        let specials = file.specialTokens.merging(settings.specialTokens(in: vocabulary)) {
            _, small in small
        }
        switch file.modelType {
        case "WordPiece":
            return try WordPieceTokenizer(
                vocabulary: vocabulary, specialTokens: specials,
                options: settings.applied(to: file.wordPieceOptions()), path: file.path)
        case "BPE":
            guard let merges = file.merges else {
                throw TokenizerError.missingField(path: file.path, field: "model.merges")
            }
            try refuseOtherBytePairs(vocabulary, path: file.path)
            return try CLIPTokenizer(
                vocabulary: vocabulary, merges: merges, specialTokens: specials,
                names: settings.applied(to: CLIPTokenizer.SpecialNames()), path: file.path)
        default:
            throw TokenizerError.unsupported(path: file.path, found: file.modelType)
        }
    }

    /// GPT-2 and RoBERTa have files of the same names, without CLIP's marks at the ends of words.
    private static func refuseOtherBytePairs(
        _ vocabulary: Vocabulary, path: String
    ) throws(TokenizerError) {
        // Every such vocabulary begins with the 256 bytes at the end of a word.
        let isMarked = BytePairMerges.visibleCharacters.contains { character in
            (character + BytePairMerges.mark).withUnsafeBufferPointer {
                vocabulary.id(of: $0) != nil
            }
        }
        guard isMarked else {
            throw .unsupported(path: path, found: "byte-level BPE without </w>, as of GPT-2")
        }
    }
}
