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

    /// The channels that count most for this hit, strongest first.
    private var reason: String {
        let shares = Channel.allCases.compactMap { channel in
            hit.channels[channel].map { (channel: channel, value: $0.score * $0.weight) }
        }.sorted { $0.value > $1.value }
        let names = shares.filter { $0.value > 0.3 * (shares.first?.value ?? 0) }.map { share in
            switch share.channel {
            case .keywords: "words"
            case .frames: "picture"
            case .meaning: "meaning"
            }
        }
        return fixed(hit.score, decimals: 2) + " by " + names.joined(separator: " + ")
    }

    private var explanation: [String] {
        Channel.allCases.compactMap { channel in
            guard let evidence = hit.channels[channel] else { return nil }
            var line =
                "     \(channel.rawValue): \(fixed(evidence.score, decimals: 3)) × "
                + "\(fixed(evidence.weight, decimals: 2)), raw \(fixed(evidence.raw, decimals: 3))"
            let terms = evidence.terms.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            if !terms.isEmpty {
                line +=
                    " from "
                    + terms.map { "\($0.key) \(fixed($0.value, decimals: 2))" }
                    .joined(separator: ", ")
            }
            if let time = evidence.timeSeconds { line += " at \(clockTime(time))" }
            if let picture = evidence.thumbnail { line += ", \(context.shown(picture))" }
            return line
        }
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
