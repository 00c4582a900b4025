internal import Foundation
internal import JSONText

/// What one call to a language model said.
package struct OutcomeVote: Sendable, Equatable {
    package var temperature: Double
    /// Nil when neither the first reply nor the second was what was asked for.
    package var outcome: CaseOutcome?
    /// Why not, without a word of the case; nil when it was.
    package var fault: String?
}

/// Several votes made into one outcome.
package struct MergedOutcome: Sendable, Equatable {
    package var outcome: CaseOutcome
    /// Of each of the method's keys, the share of valid votes that say what the outcome says, 0…1.
    package var agreement: [OutcomeKey: Double]
    package var monthsRange: ClosedRange<Int>
    package var fineRange: ClosedRange<Int>

    /// Majority for what is a category, median for what is a number.
    /// - Returns: nil when no vote is valid.
    package init?(_ votes: [OutcomeVote]) {
        let outcomes = votes.compactMap(\.outcome)
        guard !outcomes.isEmpty else { return nil }
        func majority<Value: Hashable>(_ value: (CaseOutcome) -> Value) -> Value {
            // Of equally common ones the first that was said.
            let counted = outcomes.map(value)
            var best = counted[0]
            for candidate in counted
            where counted.count(where: { $0 == candidate }) > counted.count(where: { $0 == best }) {
                best = candidate
            }
            return best
        }
        func median(_ value: (CaseOutcome) -> Int) -> Int {
            let sorted = outcomes.map(value).sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1
                ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
        let isDeath = majority(\.isDeath)
        let isLife = !isDeath && majority(\.isLife)
        let merged = CaseOutcome(
            charge: majority(\.charge), months: isDeath || isLife ? 0 : median(\.months),
            fineYuan: median(\.fineYuan), isLife: isLife, isDeath: isDeath,
            suspect: majority(\.suspect))
        outcome = merged
        agreement = Dictionary(
            uniqueKeysWithValues: OutcomeKey.allCases.map { key in
                let alike = outcomes.count { key.agrees($0, merged) }
                return (key, Double(alike) / Double(outcomes.count))
            })
        let months = outcomes.map(\.months)
        let fines = outcomes.map(\.fineYuan)
        monthsRange = (months.min() ?? 0)...(months.max() ?? 0)
        fineRange = (fines.min() ?? 0)...(fines.max() ?? 0)
    }
}

/// The keys of the method's JSON.
package enum OutcomeKey: String, Sendable, CaseIterable {
    case fine = "罚金"
    case charge = "罪名"
    case death = "是否死刑"
    case months = "有期徒刑"
    case life = "是否无期"
    case suspect = "犯罪嫌疑人"

    package var english: String {
        switch self {
        case .fine: "fine_yuan"
        case .charge: "charge"
        case .death: "death_penalty"
        case .months: "imprisonment_months"
        case .life: "life_imprisonment"
        case .suspect: "suspect"
        }
    }

    package func agrees(_ left: CaseOutcome, _ right: CaseOutcome) -> Bool {
        switch self {
        case .fine: left.fineYuan == right.fineYuan
        case .charge: left.charge == right.charge
        case .death: left.isDeath == right.isDeath
        case .months: left.months == right.months
        case .life: left.isLife == right.isLife
        case .suspect: left.suspect == right.suspect
        }
    }
}

/// Reads a language model's reply: JSON with the method's keys and nothing else.
enum OutcomeReply {
    private static let monthLimit = 1200
    private static let fineLimit = 100_000_000_000

    /// JSON Schema 2020-12, for servers that can hold a model to it; replies are checked here too.
    static let schema = """
        {"type":"object","additionalProperties":false,\
        "required":["罚金","罪名","是否死刑","有期徒刑","是否无期","犯罪嫌疑人"],"properties":{\
        "罚金":{"type":"integer","minimum":0},"罪名":{"type":"string","minLength":1},\
        "是否死刑":{"enum":["是","否"]},"有期徒刑":{"type":"integer","minimum":0,"maximum":1200},\
        "是否无期":{"enum":["是","否"]},"犯罪嫌疑人":{"type":"string"}}}
        """

    static func outcome(_ reply: String) throws(LegalCaseError) -> CaseOutcome {
        guard let value = json(reply), let members = value.object else {
            throw .badReply("it is not one JSON object")
        }
        if members.keys.contains(where: { OutcomeKey(rawValue: $0) == nil }) {
            throw .badReply("it has a key that was not asked for")
        }
        func member(_ key: OutcomeKey) throws(LegalCaseError) -> JSONValue {
            guard let value = members[key.rawValue] else {
                throw .badReply("it lacks \(key.rawValue)")
            }
            return value
        }
        func number(_ key: OutcomeKey, limit: Int) throws(LegalCaseError) -> Int {
            guard let number = try member(key).integer, (0...limit).contains(number) else {
                throw .badReply("\(key.rawValue) is no whole number from 0 to \(limit)")
            }
            return number
        }
        func text(_ key: OutcomeKey) throws(LegalCaseError) -> String {
            guard let text = try member(key).string else {
                throw .badReply("\(key.rawValue) is no text")
            }
            return text
        }
        func flag(_ key: OutcomeKey) throws(LegalCaseError) -> Bool {
            switch try member(key).string {
            case "是": return true
            case "否": return false
            default: throw .badReply("\(key.rawValue) is neither 是 nor 否")
            }
        }
        let charge = ChargeName.canonical(try text(.charge))
        guard !charge.isEmpty else { throw .badReply("\(OutcomeKey.charge.rawValue) is empty") }
        return CaseOutcome(
            charge: charge, months: try number(.months, limit: monthLimit),
            fineYuan: try number(.fine, limit: fineLimit), isLife: try flag(.life),
            isDeath: try flag(.death), suspect: try text(.suspect))
    }

    /// The reply itself, or what stands between the fences that models like to put around JSON.
    private static func json(_ text: String) -> JSONValue? {
        var body = text.trimmedWhitespace
        if body.hasPrefix("```"), body.hasSuffix("```"), body.count > 6 {
            body = String(body.dropFirst(3).dropLast(3))
            if body.hasPrefix("json") { body = String(body.dropFirst(4)) }
        }
        return try? JSONValue(parsing: Array(body.utf8))
    }
}
