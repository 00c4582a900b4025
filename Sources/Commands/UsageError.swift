/// A command line that cannot be understood, and how to mend it. Exit code 2.
enum UsageError: Error, Equatable, CustomStringConvertible {
    case unknownCommand(String, closest: String?)
    case unknownOption(String, closest: String?)
    case missingValue(String, valueName: String)
    case unexpectedValue(String)
    case badValue(option: String, value: String, expected: String)
    case missingOperand(String)
    case tooManyOperands(expected: String?, extra: String)
    case contradiction(String)

    var description: String {
        switch self {
        case .unknownCommand(let name, let closest):
            "There is no command \(name)." + Self.suggestion(closest)
        case .unknownOption(let name, let closest):
            "There is no option \(name)." + Self.suggestion(closest)
        case .missingValue(let name, let valueName):
            "\(name) needs a value: \(name) \(valueName)"
        case .unexpectedValue(let name):
            "\(name) takes no value."
        case .badValue(let option, let value, let expected):
            "--\(option) \(value): expected \(expected)."
        case .missingOperand(let name):
            "\(name) is missing."
        case .tooManyOperands(let expected?, let extra):
            "One \(expected) is enough: what is \(extra)? Quote it if it has spaces."
        case .tooManyOperands(nil, let extra):
            "This command takes no operands: what is \(extra)?"
        case .contradiction(let sentence):
            sentence
        }
    }

    private static func suggestion(_ closest: String?) -> String {
        closest.map { " Did you mean \($0)?" } ?? ""
    }
}
