internal import Foundation
internal import UnicodeText

/// A language model's reply as an answer: believed in nothing. Citations of what was not shown are
/// dropped, and what is no JSON is read as plain sentences with `[1]`.
struct ModelReply {
    private struct Document: Decodable {
        struct Sentence: Decodable {
            var text: String?
            var citations: [Int]?
        }

        var found: Bool?
        var sentences: [Sentence]?
    }

    static let schema = """
        {"type":"object","additionalProperties":false,"required":["found","sentences"],\
        "properties":{"found":{"type":"boolean"},"sentences":{"type":"array","items":\
        {"type":"object","additionalProperties":false,"required":["text","citations"],\
        "properties":{"text":{"type":"string"},"citations":{"type":"array",\
        "items":{"type":"integer"}}}}}}}
        """

    private static let mostSentences = 12
    private static let longestSentence = 600  // characters

    /// Nil when the model found no answer.
    let answer: Answer?

    /// - Parameter ids: of the evidence that was shown.
    init(_ text: String, ids: Set<Int>) throws {
        let sentences: [(text: String, citations: [Int])]
        if let document = Self.document(in: text) {
            guard document.found != false else {
                answer = nil
                return
            }
            sentences = (document.sentences ?? []).map { ($0.text ?? "", $0.citations ?? []) }
        } else {
            sentences = try SentenceSegmenter.sentences(of: text).map { ($0, []) }
        }
        var kept: [Answer.Sentence] = []
        for (text, citations) in sentences {
            let (words, marks) = Self.withoutMarks(text)
            guard words.contains(where: { $0.isLetter || $0.isNumber }) else {
                // A mark after a full stop belongs to the sentence before it.
                if !kept.isEmpty { kept[kept.count - 1].citations += marks }
                continue
            }
            guard kept.count < Self.mostSentences else { break }
            kept.append(
                Answer.Sentence(text: words, citations: citations + marks, score: 0))
        }
        for index in kept.indices {
            var seen: Set<Int> = []
            kept[index].citations = kept[index].citations.filter {
                ids.contains($0) && seen.insert($0).inserted
            }
        }
        answer = kept.isEmpty ? nil : Answer(sentences: kept)
    }

    /// The JSON object in a reply, which some models put between fences or after a few words.
    private static func document(in text: String) -> Document? {
        guard let start = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), start < end
        else { return nil }
        let document = try? JSONDecoder().decode(
            Document.self, from: Data(text[start...end].utf8))
        return document?.found == nil && document?.sentences == nil ? nil : document
    }

    /// A sentence on one line without the numbers in brackets, and these numbers.
    private static func withoutMarks(_ text: String) -> (text: String, citations: [Int]) {
        var words = ""
        var citations: [Int] = []
        var rest = QuotedEvidence.visible(text)[...]
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]") else { break }
            let inside = rest[rest.index(after: open)..<close].split(separator: ",")
            let numbers = inside.compactMap { Int($0.filter { !$0.isWhitespace }) }
            let isMark = !numbers.isEmpty && numbers.count == inside.count
            words += isMark ? rest[..<open] : rest[...close]
            if isMark { citations += numbers }
            rest = rest[rest.index(after: close)...]
        }
        words += rest
        // Addresses a recording names are no business of an answer: nobody should follow them, and
        // sharing one makes any sentence look like its source.
        let line = words.split(whereSeparator: \.isWhitespace).filter { !$0.contains("://") }
            .joined(separator: " ")
        let tidy = [" .", " ,", " !", " ?"].reduce(line) { line, gap in
            line.split(separator: gap, omittingEmptySubsequences: false)
                .joined(separator: String(gap.last ?? "."))
        }
        return (String(tidy.prefix(longestSentence)), citations)
    }
}
