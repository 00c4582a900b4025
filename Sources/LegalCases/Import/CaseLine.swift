internal import JSONText

/// Reads one line of CAIL2018: a JSON object with `fact` and `meta`.
enum CaseLine {
    private static let monthLimit = 1200
    /// Fines are whole yuan up to a hundred billion.
    private static let fineLimit = 100_000_000_000

    static func record(_ line: [UInt8]) throws(CaseLineFault) -> CaseRecord {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch let error as JSONError {
            throw .notJSON("\(error)")
        } catch {
            throw .notJSON("it cannot be read")
        }
        guard value.object != nil else { throw .wrongType("the line", expected: "an object") }
        let fact = try fact(value["fact"])
        guard let meta = value["meta"] else { throw .missing("meta") }
        guard meta.object != nil else { throw .wrongType("meta", expected: "an object") }
        let charges = try texts(meta["accusation"], "meta.accusation").map(ChargeName.canonical)
            .filter { !$0.isEmpty }
        guard !charges.isEmpty else { throw .missing("meta.accusation") }
        return CaseRecord(
            fact: fact, charges: unique(charges),
            articles: unique(try articles(meta["relevant_articles"])),
            criminals: try texts(meta["criminals"], "meta.criminals"),
            fineYuan: try number(
                meta["punish_of_money"], "meta.punish_of_money", limit: fineLimit) ?? 0,
            sentence: try sentence(meta["term_of_imprisonment"]))
    }

    private static func fact(_ value: JSONValue?) throws(CaseLineFault) -> String {
        guard let value, value != .null else { throw .missing("fact") }
        guard let text = value.string else { throw .wrongType("fact", expected: "a text") }
        let trimmed = text.trimmedWhitespace
        guard !trimmed.isEmpty else { throw .emptyFact }
        guard trimmed.utf8.count <= FactText.limit else {
            throw .factTooLong(bytes: trimmed.utf8.count, limit: FactText.limit)
        }
        return trimmed
    }

    private static func sentence(_ value: JSONValue?) throws(CaseLineFault) -> Sentence {
        guard let value, value != .null else { return Sentence() }
        let name = "meta.term_of_imprisonment"
        guard value.object != nil else { throw .wrongType(name, expected: "an object") }
        return Sentence(
            months: try number(
                value["imprisonment"], name + ".imprisonment", limit: monthLimit) ?? 0,
            isLife: try flag(value["life_imprisonment"], name + ".life_imprisonment"),
            isDeath: try flag(value["death_penalty"], name + ".death_penalty"))
    }

    // MARK: Values

    private static func texts(
        _ value: JSONValue?, _ name: String
    ) throws(CaseLineFault) -> [String] {
        guard let value, value != .null else { return [] }
        guard let elements = value.array else {
            throw .wrongType(name, expected: "a list of texts")
        }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else {
                throw .wrongType(name, expected: "a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    /// Numbers, or texts that are numbers: CAIL2018 has both.
    private static func articles(_ value: JSONValue?) throws(CaseLineFault) -> [Int] {
        let expected = "a list of numbers"
        guard let value, value != .null else { return [] }
        guard let elements = value.array else {
            throw .wrongType("meta.relevant_articles", expected: expected)
        }
        var numbers: [Int] = []
        for element in elements {
            guard let number = element.integer ?? element.string.flatMap({ Int($0) }) else {
                throw .wrongType("meta.relevant_articles", expected: expected)
            }
            guard (1...10_000).contains(number) else {
                throw .outOfRange("meta.relevant_articles", 1...10_000)
            }
            numbers.append(number)
        }
        return numbers
    }

    private static func number(
        _ value: JSONValue?, _ name: String, limit: Int
    ) throws(CaseLineFault) -> Int? {
        guard let value, value != .null else { return nil }
        guard let number = value.number ?? value.string.flatMap({ Double($0) }), number.isFinite
        else { throw .wrongType(name, expected: "a number") }
        guard (0...Double(limit)).contains(number) else { throw .outOfRange(name, 0...limit) }
        return Int(number.rounded())
    }

    private static func flag(
        _ value: JSONValue?, _ name: String
    ) throws(CaseLineFault) -> Bool {
        guard let value, value != .null else { return false }
        guard let flag = value.bool else { throw .wrongType(name, expected: "true or false") }
        return flag
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}

/// Why a line is no case, without a word of what it says.
package enum CaseLineFault: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(limit: Int)
    case wrongEncoding(String)
    case notJSON(String)
    case missing(String)
    case emptyFact
    case factTooLong(bytes: Int, limit: Int)
    case wrongType(String, expected: String)
    case outOfRange(String, ClosedRange<Int>)

    package var description: String {
        switch self {
        case .tooLong(let limit): "the line is longer than \(limit) bytes"
        case .wrongEncoding(let name): "the line is not \(name), as the rest of the file is"
        case .notJSON(let reason): "not JSON: \(reason)"
        case .missing(let name): "\(name) is missing or empty"
        case .emptyFact: "fact is empty"
        case .factTooLong(let bytes, let limit):
            "fact has \(bytes) bytes, and at most \(limit) are read"
        case .wrongType(let name, let expected): "\(name) is not \(expected)"
        case .outOfRange(let name, let range):
            "\(name) is not from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmedWhitespace: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
