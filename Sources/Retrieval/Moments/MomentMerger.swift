internal import Corpus

/// Brings the findings of all channels together into moments.
///
/// Every finding is tried as an anchor: what the other channels found at the same time is its
/// further evidence, and a moment's score is the weighted mean of the best of each channel. So a
/// shot that looks right while the right words are said beats either alone.
struct MomentMerger {
    /// A part shorter than this share of the leading channel's does not narrow the moment.
    private static let narrowingShare = 0.5
    /// Of the channels that ran.
    var weights: [Channel: Double]
    /// The most moments of one asset: a long video must not crowd out the rest.
    var momentsPerAsset = 3

    struct Moment: Equatable {
        var asset: AssetID
        /// Nil when all the evidence is about the asset as a whole.
        var span: TimeSpan?
        var evidence: [Channel: Finding]
        /// Weighted mean over the channels that ran.
        var score: Double
    }

    /// Moments by falling score; equal scores in order of asset and time, so that runs agree.
    func moments(from found: [Channel: ChannelFindings]) -> [Moment] {
        var byAsset: [AssetID: [Channel: [Finding]]] = [:]
        for (channel, list) in found {
            for finding in list.findings {
                byAsset[finding.asset, default: [:]][channel, default: []].append(finding)
            }
        }
        let absent = found.mapValues(\.absent)
        return byAsset.values.flatMap { momentsOfAsset($0, absent) }.sorted(by: Self.ranksBefore)
    }

    private func momentsOfAsset(
        _ findings: [Channel: [Finding]], _ absent: [Channel: Double]
    ) -> [Moment] {
        let all = Channel.allCases.flatMap { findings[$0] ?? [] }
        let timed = all.filter { $0.span != nil }
        let anchors = timed.isEmpty ? Array(all.prefix(1)) : timed
        var distinct: [Moment] = []
        for moment in anchors.map({ moment(around: $0, findings, absent) })
            .sorted(by: Self.ranksBefore)
        {
            guard distinct.count < momentsPerAsset else { break }
            if !distinct.contains(where: { Self.areSame($0, moment) }) { distinct.append(moment) }
        }
        return distinct
    }

    private func moment(
        around anchor: Finding, _ findings: [Channel: [Finding]], _ absent: [Channel: Double]
    ) -> Moment {
        var evidence: [Channel: Finding] = [:]
        for (channel, list) in findings {
            evidence[channel] = list.filter { Self.coincide($0.span, anchor.span) }
                .max { ($0.score, -$0.ordinal) < ($1.score, -$1.ordinal) }
        }
        let contributions = Channel.allCases.compactMap { channel in
            evidence[channel].map { (finding: $0, value: $0.score * (weights[channel] ?? 0)) }
        }.sorted { $0.value > $1.value }

        var span: TimeSpan?
        let least = (contributions.first?.value ?? 0) * Self.narrowingShare
        for (finding, value) in contributions where value >= least {
            guard let other = finding.span else { continue }
            guard let current = span else {
                span = other
                continue
            }
            span = current.intersection(other) ?? current
        }
        let total = Channel.allCases.reduce(0) { $0 + (weights[$1] ?? 0) }
        let sum = Channel.allCases.reduce(0) { sum, channel in
            sum + (weights[channel] ?? 0) * (evidence[channel]?.score ?? absent[channel] ?? 0)
        }
        return Moment(
            asset: anchor.asset, span: span ?? anchor.span, evidence: evidence,
            score: total > 0 ? sum / total : 0)
    }

    /// Text about the whole asset goes with every moment; spans must share time, not an edge.
    private static func coincide(_ left: TimeSpan?, _ right: TimeSpan?) -> Bool {
        guard let left, let right else { return true }
        return left == right || left.intersection(right) != nil
    }

    private static func areSame(_ left: Moment, _ right: Moment) -> Bool {
        guard let first = left.span, let second = right.span else { return true }
        return first.isSameMoment(as: second)
    }

    static func ranksBefore(_ left: Moment, _ right: Moment) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.asset != right.asset { return left.asset < right.asset }
        return (left.span?.startSeconds ?? -1) < (right.span?.startSeconds ?? -1)
    }
}
