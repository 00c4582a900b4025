internal import Foundation
internal import Service

enum RerankCommand: Command {
    static let name = "rerank"
    static let summary = "Order passages by how well they answer a query"
    static let operands = ""
    static let options: [CommandLineOption] = [
        .value("query", "TEXT", "What the passages are to answer"),
        .value("input", "FILE", "Passages, one a line (standard input)"),
        .value("model", "DIR", "A model, as for embed (reel-reranker)"),
        .value(
            "precision", "KIND",
            "fp32 (as Python), int16, int8, or auto: the fastest within .999 of fp32"),
    ]
    static let examples: [(line: String, does: String)] = [
        (
            #"reel rerank --query "red car behind blue boat" < lines.txt"#,
            "One JSON line a passage, best first"
        ),
        (
            "reel rerank --model ms-marco-MiniLM-L6-v2 --query budget --input lines.txt",
            "With a cross-encoder of yours"
        ),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        try arguments.refuseOperands()
        guard let query = arguments.value("query") else {
            throw UsageError.missingOperand("--query TEXT")
        }
        let passages = try lines(of: arguments.value("input"))
        for passage in try context.application.rerank(
            passages, query: query, model: arguments.value("model"),
            precision: arguments.choice("precision", of: PrecisionChoice.self))
        {
            try context.console.printJSON(passage)
        }
        return .success
    }

    /// Bytes that are no UTF-8 become replacement characters: one bad line spoils no other.
    private static func lines(of path: String?) throws -> [String] {
        let data: Data
        if let path, path != "-" {
            guard let contents = FileManager.default.contents(atPath: path) else {
                throw Failure(.noInput, "\(path) cannot be read.")
            }
            data = contents
        } else {
            data = FileHandle.standardInput.readDataToEndOfFile()
        }
        var lines = String(decoding: data, as: UTF8.self)
            .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
