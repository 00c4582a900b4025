/// What can be wrong with the text of a library.
package enum TextSearchError: Error, Sendable, Equatable {
    /// The row's bytes are not those that were stored.
    case damagedPassage(row: Int64)
    /// Bytes of the ranking index are not those that were stored; nil for its directory.
    case damagedPostings(term: String?)
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
        case .damagedPostings(let term):
            "The text index is damaged" + (term.map { " under “\($0)”" } ?? "")
                + ". Make it again from the passages: reel doctor --repair"
        case .otherTerms(let recorded, let current):
            "The text index was made with \(recorded), but this program cuts words with "
                + "\(current). Make the index again: reel doctor --repair"
        case .timeOutOfRange(let seconds):
            "A passage cannot be at \(seconds) seconds. The subtitle's times are damaged."
        }
    }
}
