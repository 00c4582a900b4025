internal import Corpus
internal import Service

/// A hit as lines for a person: where, when, why.
struct HitText {
    let hit: Hit
    let rank: Int
    let isExplained: Bool
    let context: CommandContext

    var lines: [String] {
        let colors = context.console.colorsOutput
        let place = Style.bold(context.shown(hit.asset.path), when: colors)
        let time = hit.asset.kind == .image ? "" : "  " + Style.cyan(span, when: colors)
        var lines = ["\(rank). \(place)\(time)  \(Style.dim(reason, when: colors))"]
        if let snippet = hit.snippet {
            lines.append("   \(Self.marked(snippet, colors: colors))")
        }
        if isExplained { lines += explanation }
        return lines
    }

    private var span: String {
        let start = clockTime(hit.moment.startSeconds)
        let end = clockTime(hit.moment.endSeconds)
        return start == end ? start : "\(start)–\(end)"
    }

    /// The channels that count most for this hit, strongest first, and whether to believe it.
    private var reason: String {
        var names: [String] = []
        for part in hit.parts {
            let shares = Channel.allCases.compactMap { channel in
                part.channels[channel].map { (channel: channel, value: $0.score * $0.weight) }
            }.sorted { $0.value > $1.value }
            for share in shares where share.value > 0.3 * (shares.first?.value ?? 0) {
                let name = Self.name(share.channel)
                if !names.contains(name) { names.append(name) }
            }
        }
        var reason = fixed(hit.score, decimals: 2) + " by " + names.joined(separator: " + ")
        if let confidence = hit.confidence { reason += ", confidence " + Self.percent(confidence) }
        if !hit.duplicates.isEmpty {
            reason += ", and \(counted(hit.duplicates.count, "moment")) like it"
        }
        return reason
    }

    private static func name(_ channel: Channel) -> String {
        switch channel {
        case .keywords: "words"
        case .frames: "picture"
        case .meaning: "meaning"
        }
    }

    /// Rounded down: 100 % is never claimed.
    private static func percent(_ share: Double) -> String {
        fixed((share * 1000).rounded(.down) / 10, decimals: share < 0.99 ? 0 : 1) + " %"
    }

    private var explanation: [String] {
        var lines: [String] = []
        for part in hit.parts {
            if hit.parts.count > 1 {
                let start = clockTime(part.moment.startSeconds)
                let end = clockTime(part.moment.endSeconds)
                lines.append(
                    "     “\(part.query)” \(start)–\(end): \(fixed(part.score, decimals: 3))")
            }
            lines += Channel.allCases.compactMap { channel in
                part.channels[channel].map { explanation(of: $0, channel) }
            }
        }
        if let reranking = hit.reranking {
            lines.append(
                "     reranked: \(fixed(reranking.score, decimals: 3)) × "
                    + "\(fixed(reranking.weight, decimals: 2)) + fused "
                    + "\(fixed(hit.fusedScore, decimals: 3)) × "
                    + "\(fixed(1 - reranking.weight, decimals: 2)), "
                    + "raw \(fixed(reranking.raw, decimals: 3))")
        }
        for place in hit.duplicates {
            lines.append(
                "     like it: \(context.shown(place.path)) \(clockTime(place.moment.startSeconds))"
            )
        }
        return lines
    }

    private func explanation(of evidence: ChannelEvidence, _ channel: Channel) -> String {
        var line =
            "     \(channel.rawValue): \(fixed(evidence.score, decimals: 3)) × "
            + fixed(evidence.weight, decimals: 2)
        guard let raw = evidence.raw else { return line + ", nothing here" }
        line += ", raw \(fixed(raw, decimals: 3))"
        if let rate = evidence.falseAlarmRate {
            line += ", false alarm \(fixed(rate, decimals: 3))"
        }
        let terms = evidence.terms.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        if !terms.isEmpty {
            line +=
                " from "
                + terms.map { "\($0.key) \(fixed($0.value, decimals: 2))" }.joined(separator: ", ")
        }
        if let time = evidence.timeSeconds { line += " at \(clockTime(time))" }
        if let picture = evidence.thumbnail { line += ", \(context.shown(picture))" }
        return line
    }

    /// The snippet on one line, its matches in bold. What a file says never controls a terminal.
    private static func marked(_ snippet: Snippet, colors: Bool) -> String {
        let pieces = snippet.pieces.map { piece in
            Style.bold(printable(piece.text.utf8), when: colors && piece.isMatch)
        }
        return "“" + pieces.joined() + "”"
    }
}

/// Text from a file without line breaks and control characters, which a terminal would obey.
func printable(_ utf8: some Sequence<UInt8>) -> String {
    String(
        String.UnicodeScalarView(
            String(decoding: Array(utf8), as: UTF8.self).unicodeScalars.map { scalar in
                let isControl = scalar.properties.generalCategory == .control
                return isControl ? " " : scalar
            }))
}
