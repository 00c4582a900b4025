internal import Service

/// `reel texts build|search|info`.
enum TextsCommand: Command {
    static let name = "texts"
    static let summary = "Build and search an index of lines of text, without a library"
    static let operands = "build | search | info"
    static let options: [CommandLineOption] = [
        .value("input", "FILE", "build: lines of text, or .jsonl with _id, title and text"),
        .value("output", "PATH", short: "o", "The index to build, or the run to write (TREC)"),
        .value("language", "CODE", "build: of all lines, ISO 639 (not known)"),
        .value("queries", "FILE", "search: a query a line, or .jsonl with _id and text"),
        .value("top", "N", "search: how many lines a query (10)"),
        .value("ranking", "FORMULA", "search: tfidf or bm25 (tfidf)"),
        .value("k1", "K", "search: bm25's saturation (1.2)"),
        .value("b", "B", "search: bm25's share of the length, 0 to 1 (0.75)"),
        .value("slope", "S", "search: tfidf's share of the length, 0 to 1 (0.25)"),
        .flag("syntax", "search: read \"phrases\", -words and field:word"),
        .flag("deep", "info: read everything and compare it with its checksums"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel texts build --input lines.txt --output lines.sqlite", "A passage a line"),
        (
            "reel texts search --index lines.sqlite --queries q.txt --output q.run",
            "The ten best lines a query, as trec_eval reads them"
        ),
        ("reel texts info --index lines.sqlite --deep", "What it holds, and whether it is whole"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let application = context.application
        switch try arguments.requireOneOperand("build, search or info") {
        case "build":
            var request = Application.TextBuildRequest(
                input: try required("input", "FILE", arguments),
                output: try required("output", "PATH", arguments))
            request.language = arguments.value("language")
            try context.console.printJSON(application.buildTexts(request))
        case "search":
            try context.console.printJSON(application.searchTexts(try searchRequest(arguments)))
        case "info":
            try context.console.printJSON(
                application.textInformation(
                    try required("index", "PATH", arguments), deep: arguments.has("deep")))
        case let other:
            throw UsageError.contradiction(
                "There is no 'texts \(other)': it is build, search or info.")
        }
        return .success
    }

    private static func required(
        _ name: String, _ value: String, _ arguments: ArgumentReader
    ) throws -> String {
        guard let found = arguments.value(name) else {
            throw UsageError.missingOperand("--\(name) \(value)")
        }
        return found
    }

    private static func searchRequest(
        _ arguments: ArgumentReader
    ) throws -> Application.TextSearchRequest {
        typealias Request = Application.TextSearchRequest
        var request = Request(
            index: try required("index", "PATH", arguments),
            queries: try required("queries", "FILE", arguments))
        request.output = arguments.value("output")
        request.top = try arguments.integer("top", in: 0...1_000_000) ?? request.top
        request.ranking = try arguments.choice("ranking", of: Request.Ranking.self) ?? .tfidf
        request.k1 = try number("k1", in: 0...100, arguments)
        request.b = try number("b", in: 0...1, arguments)
        request.slope = try number("slope", in: 0...1, arguments)
        request.readsSyntax = arguments.has("syntax")
        return request
    }

    private static func number(
        _ name: String, in range: ClosedRange<Double>, _ arguments: ArgumentReader
    ) throws -> Double? {
        guard let text = arguments.value(name) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw UsageError.badValue(
                option: name, value: text,
                expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
