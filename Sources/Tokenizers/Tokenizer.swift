/// Turns text into the numbers a model was trained on.
package protocol Tokenizer: Sendable {
    /// The text's token ids between the model's special tokens, at most `maximumLength` in all:
    /// of a longer text the beginning is kept, and still the closing special token.
    func encode(_ text: String, maximumLength: Int) -> Encoding

    /// The written form of an id, as in the vocabulary; nil when the vocabulary has no such id.
    func token(for id: Int) -> String?

    /// The special tokens that open and close every text.
    var startID: Int { get }
    var endID: Int { get }
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

/// Collects ids up to a limit, so that a long text costs only as much as is kept of it.
struct IDCollector {
    private(set) var ids: [Int]
    private(set) var isTruncated = false
    private let limit: Int  // room is kept for the closing token
    private let endID: Int

    init(startID: Int, endID: Int, maximumLength: Int) {
        precondition(maximumLength >= 2, "A text is at least its two special tokens.")
        ids = [startID]
        limit = maximumLength - 1
        self.endID = endID
    }

    /// False once the rest of the text can be left aside.
    mutating func append(_ id: Int) -> Bool {
        guard ids.count < limit else {
            isTruncated = true
            return false
        }
        ids.append(id)
        return true
    }

    func encoding() -> Encoding { Encoding(ids: ids + [endID], isTruncated: isTruncated) }
}
