internal import Foundation
internal import Service

/// `reel cases classify`.
extension CasesCommand {
    static func classify(
        _ arguments: ArgumentReader, in context: CommandContext
    ) throws -> ExitCode {
        let fact = try fact(arguments)
        let top = try arguments.integer("top", in: 1...1000) ?? 5
        let document =
            try arguments.value("model").map {
                try context.application.classifyCase(fact, model: $0, top: top)
            } ?? context.application.caseSession(searches: false).classify(fact, top: top)
        guard !context.wantsJSON else {
            try context.console.printJSON(document)
            return .success
        }
        for note in document.notes { context.console.note("Note: \(note)") }
        if !document.isSure {
            context.console.note("Note: no charge is likely enough to be sure of.")
        }
        for charge in document.charges {
            let isChosen = document.chosen.contains(charge.charge)
            context.console.print(
                "\(isChosen ? "*" : " ") \(fixed(charge.probability, decimals: 3))  "
                    + charge.charge)
        }
        return .success
    }

    /// The text of a case: the operand after the subcommand, or standard input for `-`.
    static func fact(_ arguments: ArgumentReader) throws -> String {
        guard arguments.operands.count > 1 else {
            throw UsageError.missingOperand("The fact, as TEXT or -,")
        }
        try refuseOperands(arguments, after: 2)
        let operand = arguments.operands[1]
        guard operand == "-" else { return operand }
        // One byte more than is read of a fact says that there is too much.
        let bytes = try FileHandle.standardInput.read(upToCount: Application.factLimit + 1)
        let data = bytes ?? Data()
        // Cut off inside a character, perhaps; too long in any case.
        if data.count > Application.factLimit { return String(decoding: data, as: UTF8.self) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw Failure(.badData, "The fact on standard input is not UTF-8.")
        }
        return text
    }

    static func refuseOperands(_ arguments: ArgumentReader, after count: Int) throws(UsageError) {
        guard arguments.operands.count > count else { return }
        throw .tooManyOperands(expected: nil, extra: "the operand after that")
    }
}
