/// Finds the route of a path and a method.
struct Router: Sendable {
    enum Outcome {
        /// - Parameter headOnly: a HEAD answered by the GET route, without its body.
        case found(Route, parameters: [String: String], headOnly: Bool)
        /// The path is known, the method is not.
        case otherMethods([HTTPMethod])
        case unknown
    }

    private enum Segment: Equatable {
        case literal(String)
        /// A whole segment, or what is before an ending: `{ordinal}.jpg`.
        case parameter(String, ending: String)

        init(_ text: Substring) {
            guard text.hasPrefix("{"), let end = text.firstIndex(of: "}") else {
                self = .literal(String(text))
                return
            }
            self = .parameter(
                String(text[..<end].dropFirst()), ending: String(text[end...].dropFirst()))
        }
    }

    private struct Entry {
        var segments: [Segment]
        var route: Route
    }

    /// By number of segments; those with more literals first, so that `/v1/jobs/active` wins over
    /// `/v1/jobs/{id}`.
    private var entries: [Int: [Entry]] = [:]

    init(_ routes: [Route]) {
        var seen: Set<String> = []
        for route in routes {
            precondition(
                seen.insert("\(route.method.rawValue) \(route.pattern)").inserted,
                "two routes for \(route.method.rawValue) \(route.pattern)")
            let segments = route.pattern.split(separator: "/").map(Segment.init)
            entries[segments.count, default: []].append(Entry(segments: segments, route: route))
        }
        for count in entries.keys {
            entries[count]?.sort { Self.literals($0) > Self.literals($1) }
        }
    }

    private static func literals(_ entry: Entry) -> Int {
        entry.segments.count { if case .literal = $0 { true } else { false } }
    }

    func route(_ method: HTTPMethod, _ segments: [String]) -> Outcome {
        var others: [HTTPMethod] = []
        let wanted = method == .head ? HTTPMethod.get : method
        for entry in entries[segments.count] ?? [] {
            guard let parameters = Self.parameters(entry, segments) else { continue }
            if entry.route.method == wanted || entry.route.method == method {
                return .found(
                    entry.route, parameters: parameters,
                    headOnly: method == .head && entry.route.method == .get)
            }
            others.append(entry.route.method)
            if entry.route.method == .get { others.append(.head) }
        }
        return others.isEmpty ? .unknown : .otherMethods(others)
    }

    private static func parameters(_ entry: Entry, _ segments: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (wanted, given) in zip(entry.segments, segments) {
            switch wanted {
            case .literal(let text):
                guard text == given else { return nil }
            case .parameter(let name, let ending):
                guard given.hasSuffix(ending), given.utf8.count > ending.utf8.count else {
                    return nil
                }
                parameters[name] = String(given.dropLast(ending.count))
            }
        }
        return parameters
    }
}
