/// The part of a passage that shows best why it was found.
package struct Snippet: Sendable, Equatable {
    package struct Piece: Sendable, Equatable {
        package var text: String
        /// A word that was searched for.
        package var isMatch: Bool

        package init(text: String, isMatch: Bool) {
            self.text = text
            self.isMatch = isMatch
        }
    }

    /// In reading order; matches and what stands between them.
    package var pieces: [Piece]

    package init(pieces: [Piece]) { self.pieces = pieces }

    /// As one line. `…` stands where text was left out.
    package var text: String { pieces.map(\.text).joined() }

    /// The line with marks around the matches.
    package func marked(open: String, close: String) -> String {
        pieces.map { $0.isMatch ? open + $0.text + close : $0.text }.joined()
    }
}
