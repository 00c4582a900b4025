internal import Corpus
internal import Service

/// An answer as a chat program shows it: its sentences with numbers, then the sources they name.
/// What a recording says is text; nothing of it becomes a link or a picture.
enum ChatText {
    static let notFound = "Not found in this library."

    static func text(of answer: LibraryAnswer) -> String { pieces(of: answer).joined() }

    /// The same, sentence by sentence.
    static func pieces(of answer: LibraryAnswer) -> [String] {
        guard let sentences = answer.sentences else { return [notFound] }
        var pieces = sentences.enumerated().map { place, sentence in
            let marks = sentence.citations.map { " [\($0)]" }.joined()
            let doubt = sentence.isSupported ? "" : " (not supported by its source)"
            return (place > 0 ? " " : "") + plain(sentence.text) + marks + doubt
        }
        let cited = Set(sentences.flatMap(\.citations))
        let sources = answer.evidence.filter { cited.contains($0.id) }.map { source in
            let name = source.asset.path.split(separator: "/").last.map(String.init) ?? ""
            return "\n[\(source.id)] \(plain(name)), \(time(source.span.startSeconds))–"
                + time(source.span.endSeconds)
        }
        if !sources.isEmpty { pieces.append("\n" + sources.joined()) }
        return pieces
    }

    /// The signs that begin pictures, links and tags of Markdown and HTML lose their meaning, so that
    /// a chat program that renders them loads nothing.
    private static func plain(_ text: String) -> String {
        String(text.flatMap { "[]<>`!\\".contains($0) ? ["\\", $0] : [$0] })
    }

    private static func time(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded(.down))
        let (minutes, rest) = (whole / 60 % 60, whole % 60)
        let tail = rest < 10 ? "0\(rest)" : "\(rest)"
        return whole < 3600
            ? "\(minutes):\(tail)" : "\(whole / 3600):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }
}
