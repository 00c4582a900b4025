/// What can be wrong with the text of a library.
package enum TextSearchError: Error, Sendable, Equatable {
    /// The row's bytes are not those that were stored.
    case damagedPassage(row: Int64)
    /// The index names a passage that is not there.
    case damagedIndex(term: String, row: Int64)
    /// The terms were cut with other tables: adding and removing would mix two kinds.
    case otherTerms(recorded: String, current: String)
    /// A time that is not a number of milliseconds.
    case timeOutOfRange(seconds: Double)
}

extension TextSearchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damagedPassage(let row):
            "Passage \(row) of the library is damaged. "
                + "Restore the library from a backup, or index its file again."
        case .damagedIndex(let term, let row):
            "The text index lists passage \(row) under “\(term)”, but there is none. "
                + "Rebuild the text index."
        case .otherTerms(let recorded, let current):
            "The text index was made with \(recorded), but this program cuts words with "
                + "\(current). Rebuild the text index."
        case .timeOutOfRange(let seconds):
            "A passage cannot be at \(seconds) seconds. The subtitle's times are damaged."
        }
    }
}
