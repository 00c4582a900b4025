internal import Corpus

/// Brings the findings of all channels together into moments.
///
/// Every finding is tried as an anchor: what the other channels found at the same time is its
/// further evidence, and a moment's score is the weighted mean of the best of each channel. So a
/// shot that looks right while the right words are said beats either alone.
struct MomentMerger {
    /// A part shorter than this share of the leading channel's does not narrow the moment.
    private static let narrowingShare = 0.5
    /// Two moments of an asset are the same one when they share this much of the shorter.
    private static let sameMomentShare = 0.5
    /// The most moments one asset may have among the hits: a long video must not crowd out the rest.
    static let momentsPerAsset = 3

    var weights: [Channel: Double]

    struct Moment: Equatable {
        var asset: AssetID
        /// Nil when all the evidence is about the asset as a whole.
        var span: TimeSpan?
        var evidence: [Channel: Finding]
        /// Weighted mean over the channels that ran, 0…1.
        var score: Double
    }

    /// Moments by falling score; equal scores in order of asset and time, so that runs agree.
    func moments(from findings: [Channel: [Finding]]) -> [Moment] {
        var byAsset: [AssetID: [Channel: [Finding]]] = [:]
        for (channel, list) in findings {
            for finding in list {
                byAsset[finding.asset, default: [:]][channel, default: []].append(finding)
            }
        }
        return byAsset.values.flatMap(momentsOfAsset).sorted(by: Self.ranksBefore)
    }

    private func momentsOfAsset(_ findings: [Channel: [Finding]]) -> [Moment] {
        let all = Channel.allCases.flatMap { findings[$0] ?? [] }
        let timed = all.filter { $0.span != nil }
        let anchors = timed.isEmpty ? Array(all.prefix(1)) : timed
        var distinct: [Moment] = []
        for moment in anchors.map({ moment(around: $0, findings) }).sorted(by: Self.ranksBefore) {
            guard distinct.count < Self.momentsPerAsset else { break }
            if !distinct.contains(where: { Self.areSame($0, moment) }) { distinct.append(moment) }
        }
        return distinct
    }

    private func moment(around anchor: Finding, _ findings: [Channel: [Finding]]) -> Moment {
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
            span = Self.intersection(current, other) ?? current
        }
        let total = weights.values.reduce(0, +)
        let sum = contributions.reduce(0) { $0 + $1.value }
        return Moment(
            asset: anchor.asset, span: span ?? anchor.span, evidence: evidence,
            score: total > 0 ? sum / total : 0)
    }

    /// Text about the whole asset goes with every moment; spans must share time, not an edge.
    private static func coincide(_ left: TimeSpan?, _ right: TimeSpan?) -> Bool {
        guard let left, let right else { return true }
        return left == right || intersection(left, right) != nil
    }

    private static func intersection(_ left: TimeSpan, _ right: TimeSpan) -> TimeSpan? {
        let start = max(left.startSeconds, right.startSeconds)
        let end = min(left.endSeconds, right.endSeconds)
        // An instant inside a span is shared time too; two spans that only touch are apart.
        let isInstant = left.durationSeconds == 0 || right.durationSeconds == 0
        return start < end || (isInstant && start == end)
            ? TimeSpan(startSeconds: start, endSeconds: end) : nil
    }

    private static func areSame(_ left: Moment, _ right: Moment) -> Bool {
        guard let first = left.span, let second = right.span else { return true }
        guard let shared = intersection(first, second) else { return false }
        let shorter = min(first.durationSeconds, second.durationSeconds)
        return shared.durationSeconds >= shorter * sameMomentShare
    }

    private static func ranksBefore(_ left: Moment, _ right: Moment) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.asset != right.asset { return left.asset < right.asset }
        return (left.span?.startSeconds ?? -1) < (right.span?.startSeconds ?? -1)
    }
}
