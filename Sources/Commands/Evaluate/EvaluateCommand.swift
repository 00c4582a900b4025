internal import Service

/// `reel eval library|answers|run|beir|tune`: the means to tell whether a change made search better.
enum EvaluateCommand: Command {
    static let name = "eval"
    static let summary = "Measure how well searches are answered"
    static let operands = "library | answers | run | beir DIR | tune"
    static let options: [CommandLineOption] =
        [
            .value("queries", "FILE", "library, tune: JSON Lines of golden queries"),
            .value("questions", "FILE", "answers: JSON Lines of golden questions"),
            .flag("explain", "library, answers: list the queries whose first hit is wrong"),
            .value("output", "FILE", short: "o", "library: keep the report, with every outcome"),
            .value("unrelated", "FILE", "library: queries, one a line, that should find nothing"),
            .value("baseline", "FILE", "library: compare with a report that was kept"),
            .value(
                "against", "OPTIONS", "library: compare with the search of these options"),
            .value("run", "FILE", "run: rankings in TREC's format"),
            .value("qrels", "FILE", "run, beir: judgements, as TREC's or BEIR's"),
            .value("measures", "LIST", "run, beir: which (nDCG@10,P@10,R@100,AP,RR)"),
            .flag("per-query", "The figures of each query too"),
            .flag("complete", "run: count judged queries without a ranking as 0"),
            .value("library", "DIR", "beir: keep the library here, and use it again"),
            .value("output-run", "FILE", "beir: write the rankings in TREC's format"),
            .value(
                "candidates", "RUN", "beir: rank only the documents this run names for a query"),
            .value(
                "as-cases", "METHOD", "beir: rank as legal cases: bm25, tfidf or fused[:0.9,0.1]"),
            .flag("write", "tune: put weights that win into reel.json"),
        ] + SearchOptions.declared
    static let examples: [(line: String, does: String)] = [
        (
            "reel --index indexes/demo eval library --queries media/queries.jsonl",
            "Counts right files and right moments among the first hits"
        ),
        (
            "reel --index indexes/demo eval answers --questions media/questions.jsonl",
            "Counts right first citations, and questions rightly left without an answer"
        ),
        (
            "reel eval run --run bm25.run --qrels qrels.txt --measures nDCG@10,AP",
            "The same figures as trec_eval, for any program's rankings"
        ),
        (
            "reel eval beir scifact --library indexes/scifact --channels keywords,meaning",
            "Asks a folder of corpus.jsonl, queries.jsonl and qrels/test.tsv all its queries"
        ),
        (
            "reel eval library --queries q.jsonl --weights frames=2 --against '--weights frames=1'",
            "Which queries the first weights answer better than the second, and which worse"
        ),
        (
            "reel eval library --queries q.jsonl --unrelated junk.txt --min-confidence 0.95",
            "How much is kept of what is right, and how much junk is let through"
        ),
        (
            "reel eval tune --queries q.jsonl --write",
            "Fits weights to half of the queries; keeps them if the other half gains"
        ),
    ]

    private enum Subject: String, CaseIterable { case library, answers, run, beir, tune }

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let names = Subject.allCases.map(\.rawValue).joined(separator: ", ")
        guard let word = arguments.operands.first else {
            throw UsageError.contradiction("Say what to measure: \(names).")
        }
        guard let subject = Subject(rawValue: word) else {
            throw UsageError.contradiction("Cannot measure \(word): it is one of \(names).")
        }
        switch subject {
        case .library:
            try refuseOperands(arguments, after: 1)
            return try library(arguments, in: context)
        case .answers:
            try refuseOperands(arguments, after: 1)
            return try answers(arguments, in: context)
        case .run:
            try refuseOperands(arguments, after: 1)
            return try run(judging: arguments, in: context)
        case .beir:
            return try collection(arguments, in: context)
        case .tune:
            try refuseOperands(arguments, after: 1)
            return try tuning(arguments, in: context)
        }
    }

    static func refuseOperands(_ arguments: ArgumentReader, after count: Int) throws(UsageError) {
        guard arguments.operands.count > count else { return }
        throw .tooManyOperands(expected: nil, extra: arguments.operands[count])
    }

    static func required(
        _ name: String, _ value: String, _ arguments: ArgumentReader
    ) throws(UsageError) -> String {
        guard let found = arguments.value(name) else {
            throw .missingOperand("--\(name) \(value)")
        }
        return found
    }
}
