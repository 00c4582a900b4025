internal import Foundation
internal import Service

/// `reel vectors build|search|info|add|remove|merge|export`.
enum VectorsCommand: Command {
    static let name = "vectors"
    static let summary = "Build and search an index of vectors, without a library"
    static let operands = "build | search | info | add | remove | merge | export"
    static let options: [CommandLineOption] = [
        .value("input", "FILE", "Vectors: .npy, .fvecs, .bvecs, .ivecs or .faiss"),
        .value("output", "PATH", short: "o", "The folder to build, or the file to write"),
        .value("kind", "KIND", "build: flat, ivfpq, or auto by size (auto)"),
        .value("metric", "METRIC", "build: ip, cosine or l2 (ip)"),
        .value("store", "TYPE", "build: fp32, fp16 or int8 (fp32; fp16 with ivfpq)"),
        .value("recall", "SHARE", "Of the true neighbours, how many to find (0.95)"),
        .value("lists", "N", "build: how many lists, instead of by size"),
        .value("subquantizers", "M", "build: parts of a vector, instead of by its length"),
        .value("bits", "N", "build: bits of a code, 4 or 8 (4)"),
        .value("seed", "S", "build: of what is drawn at random (1)"),
        .value("ids", "FILE", "Identifiers, one a vector (.npy of whole numbers)"),
        .value("queries", "FILE", "search: vectors to search for"),
        .value("top", "N", "search: how many neighbours (10)"),
        .value("probes", "N", "search: lists to look into, instead of by recall"),
        .value("shortlist", "N", "search: rows to score exactly, with --probes"),
        .flag("exact", "search: look at every vector"),
        .value("allowed", "FILE", "search: identifiers that may be found"),
        .value("threads", "T", "search: cores to use (all)"),
        .flag("one-by-one", "search: one query at a time, as they come"),
        .value("times", "N", "search: so often, and tell the fastest (1)"),
        .value("scores", "FILE.npy", "search: write the scores too"),
        .flag("deep", "info: read everything and compare it with its checksums"),
    ]
    static let examples: [(line: String, does: String)] = [
        (
            "reel vectors build --input base.npy --kind ivfpq --recall 0.95 --output base.index",
            "Train, and measure what finds 95 % of the true neighbours"
        ),
        (
            "reel vectors search --index base.index --queries q.npy --top 10 --output ids.npy",
            "Identifiers of the nearest, a row a query"
        ),
        ("reel vectors info --index base.index --deep", "What it holds, and whether it is whole"),
        ("reel vectors export --index base.index --output base.faiss", "For FAISS to read"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let application = context.application
        switch try arguments.requireOneOperand("build, search, info, add, remove, merge or export")
        {
        case "build":
            try context.console.printJSON(application.buildVectors(try buildRequest(arguments)))
        case "search":
            try context.console.printJSON(application.searchVectors(try searchRequest(arguments)))
        case "info":
            try context.console.printJSON(
                application.vectorInformation(
                    try index(arguments), deep: arguments.has("deep")))
        case "add":
            try context.console.printJSON(
                application.addVectors(
                    to: try index(arguments), from: try required("input", "FILE", arguments),
                    identifiers: arguments.value("ids")))
        case "remove":
            let removed = try application.removeVectors(
                from: try index(arguments), identifiers: try required("ids", "FILE", arguments))
            try context.console.printJSON(["removed": removed])
        case "merge":
            try context.console.printJSON(application.mergeVectors(try index(arguments)))
        case "export":
            try application.exportVectors(
                try index(arguments), to: try required("output", "FILE", arguments))
        case let other:
            throw UsageError.contradiction(
                "There is no 'vectors \(other)': it is build, search, info, add, remove, merge "
                    + "or export.")
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

    private static func index(_ arguments: ArgumentReader) throws -> String {
        try required("index", "DIR", arguments)
    }

    private static func recall(_ arguments: ArgumentReader) throws -> Float? {
        guard let text = arguments.value("recall") else { return nil }
        guard let recall = Float(text), recall > 0, recall <= 1 else {
            throw UsageError.badValue(
                option: "recall", value: text, expected: "a number above 0, at most 1")
        }
        return recall
    }

    private static func buildRequest(
        _ arguments: ArgumentReader
    ) throws -> Application.VectorBuildRequest {
        typealias Request = Application.VectorBuildRequest
        var request = Request(
            input: try required("input", "FILE", arguments),
            output: try required("output", "DIR", arguments))
        request.identifiers = arguments.value("ids")
        request.kind = try arguments.choice("kind", of: Request.Kind.self) ?? .auto
        request.metric = try arguments.choice("metric", of: Request.Metric.self) ?? .ip
        request.element = try arguments.choice("store", of: Request.Element.self)
        request.recall = try recall(arguments)
        request.lists = try arguments.integer("lists", in: 1...1 << 20)
        request.subquantizers = try arguments.integer("subquantizers", in: 1...1024)
        request.bits = try arguments.integer("bits", in: 4...8)
        guard [nil, 4, 8].contains(request.bits) else {
            throw UsageError.badValue(
                option: "bits", value: arguments.value("bits") ?? "", expected: "4 or 8")
        }
        request.seed = try arguments.integer("seed", in: 0...Int.max).map { UInt64($0) }
        return request
    }

    private static func searchRequest(
        _ arguments: ArgumentReader
    ) throws -> Application.VectorSearchRequest {
        var request = Application.VectorSearchRequest(
            index: try index(arguments), queries: try required("queries", "FILE", arguments),
            output: try required("output", "FILE", arguments))
        request.top = try arguments.integer("top", in: 0...1_000_000) ?? request.top
        request.isExact = arguments.has("exact")
        request.recall = try recall(arguments)
        request.probes = try arguments.integer("probes", in: 1...1 << 24)
        request.shortlist = try arguments.integer("shortlist", in: 1...1 << 20)
        request.workers = try arguments.integer("threads", in: 1...1024)
        request.oneByOne = arguments.has("one-by-one")
        request.times = try arguments.integer("times", in: 1...1_000_000) ?? request.times
        request.allowed = arguments.value("allowed")
        request.scores = arguments.value("scores")
        return request
    }
}
