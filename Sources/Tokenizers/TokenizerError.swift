package import JSONText

/// Why a model's tokenizer cannot be used.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    case noVocabulary(directory: String)
    case unreadable(path: String, reason: String)
    case malformedJSON(path: String, fault: JSONError)
    case missingField(path: String, field: String)
    case noPairs(directory: String)
    case unsupported(path: String, found: String)
    case idOutOfRange(path: String, token: String)
    case repeatedID(path: String, id: Int)
    case malformedMerge(path: String, line: Int)
    case missingSpecialToken(path: String, token: String)
    case tooManyTokens(path: String, limit: Int)
    case tooLarge(path: String, bytes: Int, limit: Int)

    package var description: String {
        switch self {
        case .noVocabulary(let directory):
            "\(directory) holds no tokenizer: expected vocab.txt, or vocab.json with merges.txt, "
                + "or tokenizer.json."
        case .unreadable(let path, let reason):
            "The tokenizer file \(path) cannot be read: \(reason)."
        case .malformedJSON(let path, let fault):
            "\(path) is not valid JSON: \(fault)."
        case .missingField(let path, let field):
            "\(path) has no valid \(field)."
        case .noPairs(let directory):
            "The tokenizer of \(directory) does not read two texts beside each other; BERT's "
                + "WordPiece does."
        case .unsupported(let path, let found):
            "\(path) describes a tokenizer of the kind \(found); expected BERT's WordPiece or "
                + "CLIP's byte-pair encoding."
        case .idOutOfRange(let path, let token):
            "\(path) gives the token \"\(token)\" an id that is negative, too large or no whole "
                + "number."
        case .repeatedID(let path, let id):
            "\(path) gives two tokens the id \(id)."
        case .malformedMerge(let path, let line):
            "The merge number \(line) of \(path) is not two tokens with a space between."
        case .missingSpecialToken(let path, let token):
            "The vocabulary \(path) lacks the special token \(token)."
        case .tooManyTokens(let path, let limit):
            "\(path) lists more than \(limit) tokens or merges."
        case .tooLarge(let path, let bytes, let limit):
            "\(path) has \(bytes) bytes; a tokenizer file of at most \(limit) is read."
        }
    }
}
