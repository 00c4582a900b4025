/// A number for how good a ranking is, 0…1, more is better.
///
/// The definitions are trec_eval's, with names as ir_measures writes them. A document counts as
/// relevant from level 1; documents without a judgement count as not relevant, save in `Bpref`.
package struct RankingMeasure: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Discounted gain of the ranking over that of the best one possible: level / log₂(rank + 1)
        /// summed (Järvelin and Kekäläinen 2002). Negative levels gain nothing.
        case nDCG
        /// Precision: relevant ones among the first k, over k.
        case precision = "P"
        /// Recall: relevant ones among the first k, over all relevant ones.
        case recall = "R"
        /// Average precision: the precision at each relevant document, over all relevant ones.
        case averagePrecision = "AP"
        /// Reciprocal rank: 1 / rank of the first relevant one.
        case reciprocalRank = "RR"
        /// 1 when a relevant one is among the first k.
        case success = "Success"
        /// Precision at as many documents as are relevant.
        case rPrecision = "Rprec"
        /// How seldom documents judged not relevant come before relevant ones (Buckley and
        /// Voorhees 2004); what nobody judged is passed over.
        case preference = "Bpref"

        enum Cutoff { case needed, possible, none }

        var cutoff: Cutoff {
            switch self {
            case .precision, .recall, .success: .needed
            case .nDCG, .averagePrecision, .reciprocalRank: .possible
            case .rPrecision, .preference: .none
            }
        }

        /// As a person may write it.
        package var usage: String {
            switch cutoff {
            case .needed: rawValue + "@k"
            case .possible: rawValue + "[@k]"
            case .none: rawValue
            }
        }

        /// In lower case; `map` and `mrr` are what the means are called elsewhere.
        fileprivate static let names: [String: Kind] = Dictionary(
            uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) } + [
                ("map", .averagePrecision), ("mrr", .reciprocalRank), ("precision", .precision),
                ("recall", .recall),
            ])
    }

    package var kind: Kind
    /// How many documents are looked at; nil for all.
    package var cutoff: Int?

    package init(_ kind: Kind, at cutoff: Int? = nil) {
        self.kind = kind
        self.cutoff = cutoff
    }

    /// Reads `nDCG@10`, in any case of letters.
    package init(named name: String) throws(EvaluationError) {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first.flatMap({ Kind.names[$0.lowercased()] }) else {
            throw .unknownMeasure(name)
        }
        self.init(kind)
        if parts.count == 2 {
            guard kind.cutoff != .none, parts[1].allSatisfy(\.isNumber),
                let cutoff = Int(parts[1]), cutoff > 0
            else { throw .unknownMeasure(name) }
            self.cutoff = cutoff
        } else if kind.cutoff == .needed {
            throw .unknownMeasure(name)
        }
    }

    /// Reads `nDCG@10,P@10,AP`.
    package static func list(_ text: String) throws(EvaluationError) -> [RankingMeasure] {
        var measures: [RankingMeasure] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let measure = try RankingMeasure(named: String(name))
            if !measures.contains(measure) { measures.append(measure) }
        }
        return measures
    }

    package static let standard: [RankingMeasure] = [
        RankingMeasure(.nDCG, at: 10), RankingMeasure(.precision, at: 10),
        RankingMeasure(.recall, at: 100), RankingMeasure(.averagePrecision),
        RankingMeasure(.reciprocalRank),
    ]
}

extension RankingMeasure: CustomStringConvertible {
    package var description: String { kind.rawValue + (cutoff.map { "@\($0)" } ?? "") }
}
