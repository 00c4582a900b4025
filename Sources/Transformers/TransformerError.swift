/// Why a network refuses an input.
package enum TransformerError: Error, Equatable, CustomStringConvertible {
    case tokenOutOfRange(id: Int, vocabularySize: Int)
    case sequenceTooLong(length: Int, limit: Int)
    case emptySequence
    case oneSegment
    case wrongImageSize(expected: Int, found: Int)

    package var description: String {
        switch self {
        case .tokenOutOfRange(let id, let size):
            "The tokenizer gave the token \(id), but the model knows \(size) tokens: its "
                + "tokenizer and its weights do not belong together."
        case .sequenceTooLong(let length, let limit):
            "A text of \(length) tokens was given to a model that reads at most \(limit)."
        case .emptySequence:
            "A text without any token was given to a model."
        case .oneSegment:
            "A pair of texts was given to a model that knows no second segment: its config.json says "
                + "type_vocab_size is 1."
        case .wrongImageSize(let expected, let found):
            "An image of \(found) values was given to a model that reads \(expected)."
        }
    }
}
