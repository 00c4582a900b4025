internal import Corpus
internal import Storage
internal import TextSearch

/// What is said and written around a moment, as one text to be read beside a query.
struct MomentText {
    /// A reranker reads a hundred words or two; what is longer only costs time to cut.
    private static let mostCharacters = 2000
    private static let mostPassages = 8

    let library: LibraryReader

    /// The title, what is said of the whole, then what is said at the time; nil when there is no
    /// text. A file's name is left out: it is no sentence.
    func text(of moment: TimeSpan, in asset: AssetID) throws -> String? {
        let passages = try library.texts.passages(
            of: asset, overlapping: moment, limit: Self.mostPassages
        ).filter { $0.source != .fileName }
        guard !passages.isEmpty else { return nil }
        return String(passages.map(\.text).joined(separator: " ").prefix(Self.mostCharacters))
    }
}
