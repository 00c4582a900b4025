/// A line of Markdown without its marks (spec.commonmark.org); what the marks mean is only kept as
/// far as it tells passages apart.
struct MarkdownLine {
    private(set) var text: String
    private(set) var isHeading = false
    /// Headings, list items and table rows do not run on from the line before.
    private(set) var startsParagraph = false

    init(_ line: Substring) {
        var rest = line.drop(while: \.isWhitespace)
        while rest.first == ">" { rest = rest.dropFirst().drop(while: \.isWhitespace) }
        if rest.first == "#" {
            let marks = rest.prefix { $0 == "#" }
            let after = rest[marks.endIndex...]
            if marks.count <= 6, after.first?.isWhitespace ?? true {
                isHeading = true
                startsParagraph = true
                rest = after.drop(while: \.isWhitespace)
                while let last = rest.last, last == "#" || last.isWhitespace { rest.removeLast() }
            }
        } else if let item = Self.listItem(rest) {
            startsParagraph = true
            rest = item
        } else if rest.first == "|" {
            startsParagraph = true
            rest = rest.allSatisfy({ "|-: ".contains($0) }) ? "" : rest
        } else if rest.hasPrefix("```") || rest.hasPrefix("~~~") || Self.isRule(rest) {
            startsParagraph = true
            rest = ""
        }
        text = Self.withoutMarks(rest)
    }

    /// `- item`, `* item`, `1. item`; nil for any other line.
    private static func listItem(_ line: Substring) -> Substring? {
        let number = line.prefix { $0.isASCII && $0.isNumber }
        let after = number.isEmpty || number.count > 9 ? line : line[number.endIndex...]
        let marks: Set<Character> =
            number.isEmpty || number.count > 9 ? ["-", "*", "+"] : [".", ")"]
        guard let first = after.first, marks.contains(first),
            after.dropFirst().first?.isWhitespace == true
        else { return nil }
        return after.dropFirst().drop(while: \.isWhitespace)
    }

    private static func isRule(_ line: Substring) -> Bool {
        let marks = line.filter { !$0.isWhitespace }
        guard marks.count >= 3, let first = marks.first, "-*_=".contains(first) else {
            return false
        }
        return marks.allSatisfy { $0 == first }
    }

    /// Keeps the words of links and pictures, and drops marks of emphasis, code and cells.
    private static func withoutMarks(_ line: Substring) -> String {
        var text = ""
        var rest = line
        while let character = rest.popFirst() {
            switch character {
            case "`", "*": continue
            case "|": text.append(" ")
            case "!" where rest.first == "[": continue
            case "[": continue
            case "]":
                if rest.first == "(", let end = rest.firstIndex(of: ")") {
                    rest = rest[rest.index(after: end)...]
                }
            case "\\":
                if let next = rest.popFirst() { text.append(next) }
            default: text.append(character)
            }
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
