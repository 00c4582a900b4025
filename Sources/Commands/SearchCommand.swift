internal import Corpus
internal import Foundation
internal import Service

enum SearchCommand: Command {
    static let name = "search"
    static let summary = "Find moments by what is seen, said and meant"
    static let operands = "QUERY"
    static let options: [CommandLineOption] =
        [
            .value("top", "N", "How many moments to show (10, at most 100)"),
            .value("kind", "KIND", "Only video, audio or image"),
            .value("path", "GLOB", "Only files whose path matches, as in '*/talks/*'"),
            .flag("explain", "Show what each channel has to say for every hit"),
        ] + SearchOptions.declared
    static let examples: [(line: String, does: String)] = [
        (#"reel search "red car in front of a beach""#, "The best moments, with the reason"),
        (#"reel search --kind video --top 3 "the budget""#, "Only videos, only three"),
        (#"reel --json search "dog in the snow" | jq .hits[0]"#, "The best hit as JSON"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        // Words need no quotes: `reel search red car` means what it says.
        let query = try arguments.requireOperands("What to search for").joined(separator: " ")
        guard query.contains(where: { !$0.isWhitespace }) else {
            throw UsageError.missingOperand("What to search for")
        }
        var request = try SearchOptions.request(query, arguments, in: context)
        request.top = try arguments.integer("top", in: 1...100) ?? request.top
        request.kind = try arguments.choice("kind", of: AssetKind.self)
        request.pathPattern = arguments.value("path")
        let answer = try context.application.search(request)
        if context.wantsJSON {
            try context.console.printJSON(SearchDocument(answer))
            return .success
        }
        for sentence in answer.missing { context.console.note("Note: \(sentence)") }
        guard !answer.hits.isEmpty else {
            context.console.note("Nothing found.")
            return .success
        }
        for (index, hit) in answer.hits.enumerated() {
            let lines = HitText(
                hit: hit, rank: index + 1, isExplained: arguments.has("explain"), context: context
            ).lines
            lines.forEach(context.console.print)
        }
        context.console.note(
            Style.dim(
                "\(counted(answer.hits.count, "moment")) in "
                    + "\(fixed(answer.milliseconds["total"] ?? 0, decimals: 0)) ms",
                when: context.console.colorsMessages))
        return .success
    }
}
