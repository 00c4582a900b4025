/// Turns text into the numbers a model was trained on. Fails where an expression that the model's
/// files cut texts with takes more than is sensible.
package protocol Tokenizer: Sendable {
    /// The text's token ids between the model's special tokens, at most `maximumLength` in all:
    /// of a longer text the beginning is kept, or the end where the files cut on the left, and
    /// still the special tokens, which are never cut.
    func encode(_ text: String, maximumLength: Int) throws(TokenizerError) -> Encoding

    /// Two texts beside each other, at most `maximumLength` tokens in all. Where the two do not
    /// fit, the longer is cut, and both to halves where both are too long ("longest first", as
    /// Hugging Face's tokenizers count it).
    func encode(
        _ first: String, with second: String, maximumLength: Int
    ) throws(TokenizerError) -> PairEncoding

    /// The same with the first text's words made once for many seconds: `words(of:atMost:)`.
    func encode(
        _ first: [Int], with second: String, maximumLength: Int
    ) throws(TokenizerError) -> PairEncoding

    /// A text's tokens without special ones around it, in whole words until there are `count`. For
    /// the first of a pair all are wanted: which text is the longer decides what is cut.
    func words(of text: String, atMost count: Int) throws(TokenizerError) -> [Int]

    /// One text or two, cut and with special tokens as asked.
    func encode(
        _ first: String, with second: String?, options: EncodingOptions
    ) throws(TokenizerError) -> PairEncoding

    /// The text's tokens as ids and as they are written, special tokens included.
    func tokens(of text: String) throws(TokenizerError) -> [Token]

    /// The written form of an id, as in the vocabulary; nil when the vocabulary has no such id.
    func token(for id: Int) -> String?

    /// The special tokens that open and close every text; nil when the model has none there.
    var startID: Int? { get }
    var endID: Int? { get }

    /// How the tokenizer's files say that a batch is brought to one length; nil when they do not.
    var padding: Padding? { get }
}

/// A text as a model reads it.
package struct Encoding: Sendable, Equatable {
    /// Special tokens included.
    package let ids: [Int]
    /// Whether the end of the text did not fit.
    package let isTruncated: Bool

    package init(ids: [Int], isTruncated: Bool) {
        self.ids = ids
        self.isTruncated = isTruncated
    }
}

/// A piece of text that is a number to the model.
package struct Token: Sendable, Equatable {
    package let id: Int
    /// As the reference writes it: in the vocabulary's spelling, or, of added and unknown tokens
    /// of some kinds, the text itself.
    package let text: String
}
