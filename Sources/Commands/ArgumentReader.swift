/// Splits a command's arguments into options and operands, by the options it declares.
///
/// Understands `--name value`, `--name=value`, `-n value`, and `--` before operands that begin
/// with a dash. A lone `-` is an operand: standard input.
struct ArgumentReader: Sendable, Equatable {
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    init(_ arguments: [String], options: [CommandLineOption]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                return
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                operands.append(argument)
                continue
            }
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let spelled = String(parts[0])
            guard let option = options.first(where: { $0.isSpelled(spelled) }) else {
                throw .unknownOption(spelled, closest: Self.closest(to: spelled, among: options))
            }
            guard let valueName = option.valueName else {
                guard parts.count == 1 else { throw .unexpectedValue(spelled) }
                values[option.name, default: []].append("")
                continue
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw .missingValue(spelled, valueName: valueName)
            }
            values[option.name, default: []].append(value)
        }
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    /// The last one given wins, so that an alias with a default can be overruled.
    func value(_ name: String) -> String? { values[name]?.last }

    func allValues(_ name: String) -> [String] { values[name] ?? [] }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .badValue(
                option: name, value: text,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let text = value(name) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw .badValue(
                option: name, value: text,
                expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(UsageError) -> Choice? where Choice.RawValue == String {
        guard let text = value(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            throw .badValue(
                option: name, value: text,
                expected: Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// Refuses a command without what it works on.
    func requireOperands(_ name: String) throws(UsageError) -> [String] {
        guard !operands.isEmpty else { throw .missingOperand(name) }
        return operands
    }

    func requireOneOperand(_ name: String) throws(UsageError) -> String {
        guard let operand = operands.first else { throw .missingOperand(name) }
        guard operands.count == 1 else {
            throw .tooManyOperands(expected: name, extra: operands[1])
        }
        return operand
    }

    func refuseOperands() throws(UsageError) {
        if let operand = operands.first { throw .tooManyOperands(expected: nil, extra: operand) }
    }

    private static func closest(
        to spelled: String, among options: [CommandLineOption]
    ) -> String? {
        options.map { "--" + $0.name }
            .map { (name: $0, distance: editDistance(spelled, $0)) }
            .filter { $0.distance <= 3 }
            .min { $0.distance < $1.distance }?.name
    }
}

extension CommandLineOption {
    fileprivate func isSpelled(_ spelled: String) -> Bool {
        spelled == "--" + name || short.map { spelled == "-\($0)" } == true
    }
}

/// Levenshtein's distance: how many letters to insert, delete or change.
func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let substituted = diagonal + (letter == right[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
        }
    }
    return row[right.count]
}
