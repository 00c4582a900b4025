internal import Corpus
internal import Service

/// The options that decide how a library is searched, which `search` and `eval` share: what is
/// measured is what a search does.
enum SearchOptions {
    static let declared: [CommandLineOption] = [
        .value("channels", "LIST", "Only these of keywords,frames,meaning"),
        .value("weights", "LIST", "How much each counts: keywords=1,frames=1,meaning=1"),
        .value("fusion", "METHOD", "How they are added up: minmax, zscore, calibrated or rrf"),
        .value("ranking", "FORMULA", "How words are weighed: tfidf or bm25"),
        .value("min-confidence", "SHARE", "Leave out what chance finds too: 0 to 1, as in 0.95"),
        .flag("no-rerank", "Do not read the best twenty again, each beside the query"),
        .value("rerank-ms", "N", "Stop reading after so many milliseconds (search: 500)"),
    ]

    /// A request with what the arguments say and, where they say nothing, the settings.
    static func request(
        _ query: String, _ arguments: ArgumentReader, in context: CommandContext
    ) throws(UsageError) -> SearchRequest {
        var request = SearchRequest(query: query)
        request.weights = try weights(
            arguments, standard: context.application.configuration.weights)
        request.fusion = try arguments.choice("fusion", of: FusionMethod.self) ?? request.fusion
        request.minimumConfidence = try arguments.number("min-confidence", in: 0...1) ?? 0
        request.ranking =
            try arguments.choice("ranking", of: KeywordRanking.self) ?? request.ranking
        request.reranks = !arguments.has("no-rerank")
        request.rerankMilliseconds = try arguments.number("rerank-ms", in: 0...60_000)
        return request
    }

    static func weights(
        _ arguments: ArgumentReader, standard: [Channel: Double]
    ) throws(UsageError) -> [Channel: Double] {
        var weights = standard
        if let list = arguments.value("channels") {
            var chosen: [Channel: Double] = [:]
            for name in list.split(separator: ",") {
                guard let channel = Channel(rawValue: String(name)) else {
                    throw .badValue(option: "channels", value: list, expected: "some of \(names)")
                }
                // Asked for by name, a channel runs also where the settings leave it out.
                let weight = weights[channel] ?? 0
                chosen[channel] = weight > 0 ? weight : 1
            }
            weights = chosen
        }
        for part in (arguments.value("weights") ?? "").split(separator: ",") {
            let pair = part.split(separator: "=")
            guard pair.count == 2, let channel = Channel(rawValue: String(pair[0])),
                let weight = Double(pair[1]), (0...1000).contains(weight)
            else {
                throw .badValue(
                    option: "weights", value: String(part),
                    expected: "pairs such as frames=2 of \(names), from 0 to 1000")
            }
            weights[channel] = weight
        }
        guard weights.values.contains(where: { $0 > 0 }) else {
            throw .contradiction("No channel is left to search: give one a weight above 0.")
        }
        return weights
    }

    private static let names = Channel.allCases.map(\.rawValue).joined(separator: ",")
}
