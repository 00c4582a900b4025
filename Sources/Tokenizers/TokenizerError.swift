package import JSONText

/// Why a model's tokenizer cannot be used.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    case noVocabulary(directory: String)
    case unreadable(path: String, reason: String)
    case malformedJSON(path: String, fault: JSONError)
    case missingField(path: String, field: String)
    /// A part of `tokenizer.json` of a kind that is not known here.
    case unsupported(path: String, part: String, found: String, supported: [String])
    case malformedPart(path: String, part: String, reason: String)
    case malformedSentencePiece(path: String, reason: String)
    /// A regular expression needs more time or memory for a text than is sensible.
    case patternGaveUp(path: String, reason: String)
    case cannotTruncate(limit: Int)
    case idOutOfRange(path: String, token: String)
    case repeatedID(path: String, id: Int)
    case malformedMerge(path: String, line: Int)
    case unknownMerge(path: String, line: Int, token: String)
    case missingSpecialToken(path: String, token: String)
    case tooManyTokens(path: String, limit: Int)
    case tooLarge(path: String, bytes: Int, limit: Int)

    package var description: String {
        switch self {
        case .noVocabulary(let directory):
            "\(directory) holds no tokenizer: expected tokenizer.json, or vocab.txt, or vocab.json "
                + "with merges.txt, or a SentencePiece model (tokenizer.model, spiece.model, "
                + "sentencepiece.bpe.model)."
        case .unreadable(let path, let reason):
            "The tokenizer file \(path) cannot be read: \(reason)."
        case .malformedJSON(let path, let fault):
            "\(path) is not valid JSON: \(fault)."
        case .missingField(let path, let field):
            "\(path) has no valid \(field)."
        case .unsupported(let path, let part, let found, let supported):
            "\(path) has a \(part) of the kind \(found), which is not known; known are "
                + supported.joined(separator: ", ") + "."
        case .malformedPart(let path, let part, let reason):
            "The \(part) of \(path) cannot be used: \(reason)."
        case .malformedSentencePiece(let path, let reason):
            "\(path) is not a sound SentencePiece model: \(reason). Download it again."
        case .patternGaveUp(let path, let reason):
            "A text was not cut into tokens. \(reason) The expression stands in \(path). Pass a "
                + "shorter text; where short ones fail too, the expression backtracks without "
                + "end, and the model needs another tokenizer.json."
        case .cannotTruncate(let limit):
            "The text to be cut is too short to bring both to \(limit) tokens."
        case .idOutOfRange(let path, let token):
            "\(path) gives the token \"\(token)\" an id that is negative, too large or no whole "
                + "number."
        case .repeatedID(let path, let id):
            "\(path) gives two tokens the id \(id)."
        case .malformedMerge(let path, let line):
            "The merge number \(line) of \(path) is not two tokens with a space between."
        case .unknownMerge(let path, let line, let token):
            "The merge number \(line) of \(path) has or makes the token \"\(token)\", which the "
                + "vocabulary lacks."
        case .missingSpecialToken(let path, let token):
            "The vocabulary \(path) lacks the special token \(token)."
        case .tooManyTokens(let path, let limit):
            "\(path) lists more than \(limit) tokens or merges."
        case .tooLarge(let path, let bytes, let limit):
            "\(path) has \(bytes) bytes; a tokenizer file of at most \(limit) is read."
        }
    }
}
