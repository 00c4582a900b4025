internal import Corpus

/// Cuts a text file into passages that an encoder can read and a person can recognise.
///
/// Paragraphs are kept whole while they are short, and cut where sentences end when they are not.
/// A heading goes with the paragraph below it. Of Markdown only the words are kept.
struct TextChunker: Sendable {
    var mostWords = 60
    /// Passages of one file; what is beyond is left out.
    var mostPassages = 20_000

    struct Result: Equatable {
        /// The first heading, or a first line short enough to be one.
        var title: String?
        var passages: [Passage] = []
        var isCutShort = false
    }

    /// - Parameter isMarkdown: marks of headings, lists, links and emphasis are no words.
    func chunks(of text: String, isMarkdown: Bool) -> Result {
        var result = Result()
        var heading: String?
        for paragraph in Self.paragraphs(of: text, isMarkdown: isMarkdown) {
            guard result.passages.count < mostPassages else {
                result.isCutShort = true
                break
            }
            if paragraph.isHeading {
                if result.title == nil { result.title = paragraph.text }
                // A heading right under another speaks for both.
                heading = heading.map { "\($0): \(paragraph.text)" } ?? paragraph.text
                continue
            }
            for piece in pieces(of: paragraph.text) {
                let whole = heading.map { "\($0): \(piece)" } ?? piece
                heading = nil
                result.passages.append(Passage(text: whole, source: .text))
            }
        }
        if let heading { result.passages.append(Passage(text: heading, source: .text)) }
        return result
    }

    private struct Paragraph {
        var text: String
        var isHeading: Bool
    }

    /// Runs of lines between empty ones, as one line each.
    private static func paragraphs(of text: String, isMarkdown: Bool) -> [Paragraph] {
        var paragraphs: [Paragraph] = []
        var lines: [Substring] = []
        func close() {
            let words = lines.flatMap { $0.split(whereSeparator: \.isWhitespace) }
            if !words.isEmpty {
                paragraphs.append(
                    Paragraph(text: words.joined(separator: " "), isHeading: false))
            }
            lines.removeAll(keepingCapacity: true)
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            guard line.contains(where: { !$0.isWhitespace }) else {
                close()
                continue
            }
            guard isMarkdown else {
                lines.append(line)
                continue
            }
            let plain = MarkdownLine(line)
            if plain.startsParagraph { close() }
            if plain.isHeading {
                if !plain.text.isEmpty {
                    paragraphs.append(Paragraph(text: plain.text, isHeading: true))
                }
            } else {
                lines.append(Substring(plain.text))
            }
        }
        close()
        return paragraphs
    }

    /// A paragraph in pieces of at most `mostWords`, each as many whole sentences as fit.
    private func pieces(of paragraph: String) -> [String] {
        var pieces: [String] = []
        var piece: [Substring] = []
        var sentence: [Substring] = []
        func closePiece() {
            if !piece.isEmpty { pieces.append(piece.joined(separator: " ")) }
            piece.removeAll(keepingCapacity: true)
        }
        func closeSentence() {
            if piece.count + sentence.count > mostWords { closePiece() }
            piece += sentence
            sentence.removeAll(keepingCapacity: true)
        }
        for word in paragraph.split(separator: " ") {
            sentence.append(word)
            if SentenceEnd.ends(word) || sentence.count == mostWords { closeSentence() }
        }
        closeSentence()
        closePiece()
        return pieces
    }
}
