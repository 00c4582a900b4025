internal import Corpus
internal import Foundation

/// Evidence as a language model is shown it: a line of JSON a passage. Whatever a passage says stays
/// inside its quotation marks, so that it cannot pass for the end of the evidence, for a question or
/// for an instruction.
enum QuotedEvidence {
    private struct Line: Encodable {
        var id: Int
        var file: String
        var time: String
        var source: String
        var text: String
    }

    static func lines(_ evidence: [Evidence]) throws -> String {
        try evidence.map { item in
            try json(
                Line(
                    id: item.id, file: name(of: item.asset.path),
                    time: "\(seconds(item.span.startSeconds))–\(seconds(item.span.endSeconds)) s",
                    source: item.source?.rawValue ?? "picture",
                    text: item.text.isEmpty ? item.tags.joined(separator: ", ") : visible(item.text)
                ))
        }.joined(separator: "\n")
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Without characters that people do not see and models do: zero-width ones, controls, those
    /// that change the direction of writing, and Unicode's tags.
    static func visible(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .format, .privateUse, .surrogate, .unassigned: continue
            case .control: scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private static func seconds(_ seconds: Double) -> String {
        String(Double((seconds * 10).rounded()) / 10)
    }
}
