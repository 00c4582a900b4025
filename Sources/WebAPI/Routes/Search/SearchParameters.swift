internal import Corpus
internal import Service

/// Reads what a search asks for: the same keys in a body and in a URL's query.
struct SearchParameters {
    static let keys = [
        "query", "top", "channels", "weights", "fusion", "rerank", "kind", "path", "since",
        "until", "min_confidence", "literal", "like",
    ]

    private static let forms: [String: JSONNode.ItemForm] = [
        "q": .text, "top": .plain, "channels": .list, "weights": .pairs, "fusion": .text,
        "rerank": .plain, "kind": .list, "path": .text, "since": .text, "until": .text,
        "min_confidence": .plain, "literal": .plain, "like": .text,
    ]

    /// What the channels count for in a search that does not say.
    let standardWeights: [Channel: Double]

    func request(from items: [(name: String, value: String)]) throws(InputError) -> SearchRequest {
        let node = try JSONNode(queryItems: items, forms: Self.forms)
        return try request(
            node.members(Array(Self.forms.keys).sorted()), queryKey: "q", at: node.pointer)
    }

    func request(from body: [UInt8]) throws(InputError) -> SearchRequest {
        let node = try JSONNode(parsing: body)
        return try request(node.members(Self.keys), queryKey: "query", at: node.pointer)
    }

    /// - Parameters:
    ///   - members: of an object that may hold other keys too.
    ///   - queryKey: the key of the words.
    func request(
        _ members: [String: JSONNode], queryKey: String, at pointer: String
    ) throws(InputError) -> SearchRequest {
        var request = SearchRequest(
            query: try members[queryKey]?.text(atMost: SearchLimits.queryBytes) ?? "")
        request.top = try members["top"]?.integer(in: 1...SearchLimits.top) ?? request.top
        request.weights = try weights(members)
        request.fusion = try members["fusion"].map(fusion) ?? request.fusion
        if let rerank = members["rerank"] {
            if rerank.isBool {
                request.reranks = try rerank.bool()
            } else {
                request.rerankMilliseconds = try rerank.number(
                    in: 0...SearchLimits.rerankMilliseconds)
                request.reranks = request.rerankMilliseconds != 0
            }
        }
        request.filter = try filter(members)
        request.minimumConfidence = try members["min_confidence"]?.number(in: 0...1) ?? 0
        request.isLiteral = try members["literal"]?.bool() ?? false
        request.like = try members["like"].map(like)
        return request
    }

    /// Refuses a search for nothing.
    static func requireSomething(_ request: SearchRequest, in body: Bool) throws(InputError) {
        guard request.query.allSatisfy(\.isWhitespace), request.picture == nil, request.like == nil
        else { return }
        throw InputError(
            .invalid, body ? "/query" : "?q",
            "There is nothing to search for: give words, a picture, or a moment to be like.")
    }

    private func weights(
        _ members: [String: JSONNode]
    ) throws(InputError) -> [Channel: Double] {
        var weights = standardWeights
        if let list = members["channels"] {
            var chosen: [Channel: Double] = [:]
            for node in try list.elements(atMost: 16) {
                let channel = try node.choice(of: Channel.self)
                // Asked for by name, a channel runs also where the settings leave it out.
                let weight = weights[channel] ?? 0
                chosen[channel] = weight > 0 ? weight : 1
            }
            weights = chosen
        }
        if let given = members["weights"] {
            let names = Channel.allCases.map(\.rawValue)
            for (name, node) in try given.members(names) {
                if let channel = Channel(rawValue: name) {
                    weights[channel] = try node.number(in: 0...SearchLimits.weight)
                }
            }
        }
        guard weights.values.contains(where: { $0 > 0 }) else {
            let node = members["weights"] ?? members["channels"]
            throw InputError(
                .invalid, node?.pointer ?? "",
                "No channel is left to search: give one a weight above 0.")
        }
        return weights
    }

    /// `sum` is what people call the standard one.
    private func fusion(_ node: JSONNode) throws(InputError) -> FusionMethod {
        if case .some("sum") = try? node.text(atMost: 16) { return .minMax }
        return try node.choice(of: FusionMethod.self)
    }

    private func filter(_ members: [String: JSONNode]) throws(InputError) -> AssetFilter {
        var filter = AssetFilter()
        if let kinds = members["kind"] {
            var chosen: Set<AssetKind> = []
            for node in try kinds.elements(atMost: 16) {
                chosen.insert(try node.choice(of: AssetKind.self))
            }
            // An empty list asks for nothing in particular.
            if !chosen.isEmpty { filter.kinds = chosen }
        }
        filter.pathPattern = try members["path"]?.text(atMost: SearchLimits.shortTextBytes)
        filter.modifiedFrom = try members["since"].map { node throws(InputError) in
            try day(node, CalendarDay.start)
        }
        filter.modifiedBefore = try members["until"].map { node throws(InputError) in
            try day(node, CalendarDay.end)
        }
        if let from = filter.modifiedFrom, let before = filter.modifiedBefore, before <= from,
            let node = members["until"]
        {
            throw node.error("No file is changed after “since” and before “until”.")
        }
        return filter
    }

    private func day(
        _ node: JSONNode, _ read: (String) -> Double?
    ) throws(InputError) -> Double {
        let text = try node.text(atMost: SearchLimits.shortTextBytes)
        guard let seconds = read(text) else {
            throw node.error("“\(text.prefix(100))” is no day such as 2026-03-01.")
        }
        return seconds
    }

    /// An object in a body, `ASSET@TIME` in a URL.
    private func like(_ node: JSONNode) throws(InputError) -> SearchRequest.Like {
        guard node.isText else {
            let members = try node.members(["asset", "time_seconds"])
            guard let asset = members["asset"] else {
                throw node.error("A moment to be like needs its “asset”.")
            }
            return SearchRequest.Like(
                asset: try asset.text(atMost: SearchLimits.shortTextBytes),
                timeSeconds: try members["time_seconds"]?.number(in: 0...1e9))
        }
        let text = try node.text(atMost: SearchLimits.shortTextBytes)
        guard let at = text.lastIndex(of: "@"),
            let seconds = MediaTime.seconds(String(text[text.index(after: at)...]))
        else { return SearchRequest.Like(asset: text) }
        return SearchRequest.Like(asset: String(text[..<at]), timeSeconds: seconds)
    }
}
