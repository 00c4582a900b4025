internal import Glibc

/// What can be wrong with files of rankings and judgements, or with what is asked of them.
package enum EvaluationError: Error, Sendable, Equatable {
    /// The system's error number says why.
    case cannotRead(path: String, errorNumber: Int32)
    case cannotWrite(path: String, errorNumber: Int32)
    /// Lines count from 1.
    case damagedLine(path: String, line: Int, Damage)
    /// The same document twice for one query.
    case duplicate(path: String, line: Int, firstLine: Int, query: String, document: String)
    case empty(path: String, format: FileFormat)
    /// The run and the judgements share no query.
    case nothingToCompare(run: String, judgements: String)
    case unknownMeasure(String)
    /// The formats divide fields by blanks, so a name can have none.
    case nameWithBlanks(String)

    package enum Damage: Sendable, Equatable {
        case fields(found: Int, FileFormat)
        case score(String)
        case level(String)
    }

    package enum FileFormat: String, Sendable {
        case run = "query Q0 document rank score name"
        case judgements = "query 0 document level"
        case table = "query, document and level, with tabs between"
    }
}

extension EvaluationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotRead(let path, let number):
            "\(path) cannot be read: \(String(cString: strerror(number)))."
        case .cannotWrite(let path, let number):
            "\(path) cannot be written: \(String(cString: strerror(number)))."
        case .damagedLine(let path, let line, let damage):
            "Line \(line) of \(path) \(Self.sentence(damage))"
        case .duplicate(let path, let line, let first, let query, let document):
            "Line \(line) of \(path) names document \(Self.quoted(document)) again for query "
                + "\(Self.quoted(query)): line \(first) did. Remove one of them."
        case .empty(let path, let format):
            "\(path) has no lines. Expected lines of \(format.rawValue)."
        case .nothingToCompare(let run, let judgements):
            "No query of \(run) is judged in \(judgements). Are they of the same collection?"
        case .unknownMeasure(let name):
            "There is no measure \(Self.quoted(name)). Known are: "
                + RankingMeasure.Kind.allCases.map(\.usage).joined(separator: ", ") + "."
        case .nameWithBlanks(let name):
            "The name \(Self.quoted(name)) is empty or has blanks, so a run cannot hold it."
        }
    }

    private static func sentence(_ damage: Damage) -> String {
        switch damage {
        case .fields(let found, let format):
            "has \(found) field\(found == 1 ? "" : "s"). Expected: \(format.rawValue)."
        case .score(let text):
            "has the score \(quoted(text)). Expected a finite number."
        case .level(let text):
            "has the level \(quoted(text)). Expected a whole number of at most nine digits."
        }
    }

    /// Text of a file, short and without what would control a terminal.
    private static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { scalar in
            scalar.properties.generalCategory == .control ? " " : scalar
        }
        return "“" + String(String.UnicodeScalarView(shown)) + "”"
    }
}
