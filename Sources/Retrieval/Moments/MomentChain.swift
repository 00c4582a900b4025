internal import Corpus

/// Joins the moments of a query's parts as its relations in time ask: those of a step at the same
/// time, the steps one after another.
struct MomentChain {
    /// The most moments an asset has for a part: the best alone may stand in the wrong order.
    static let momentsPerAsset = 20
    /// Links of one asset that may stand before the best of another.
    private static let leadingLinks = 3

    /// Longest pause between steps, in seconds; nil for any.
    var withinSeconds: Double?

    /// What answers all parts of some steps.
    struct Link: Equatable {
        /// One a part, in the order of the query.
        var moments: [MomentMerger.Moment]
        /// Of all its steps; nil while all of it is about the asset as a whole.
        var span: TimeSpan?
        /// Of its last step.
        var lastSpan: TimeSpan?

        var asset: AssetID { moments[0].asset }
        var sum: Double { moments.reduce(0) { $0 + $1.score } }
        /// Mean over the parts.
        var score: Double { sum / Double(moments.count) }
    }

    /// - Parameter steps: for every step the moments of each of its parts.
    /// - Returns: the few best of each asset by falling score, then the others.
    func chains(of steps: [[[MomentMerger.Moment]]]) -> [Link] {
        guard let first = steps.first else { return [] }
        let assets = Set(first.first.map { $0.map(\.asset) } ?? [])
        let links = assets.flatMap { asset -> [(link: Link, isFurther: Bool)] in
            let ofAsset = steps.map { step in
                Self.simultaneous(step.map { part in part.filter { $0.asset == asset } })
            }
            return Self.distinct(sequences(ofAsset)).enumerated()
                .map { ($0.element, $0.offset >= Self.leadingLinks) }
        }
        return links.sorted { left, right in
            if left.isFurther != right.isFurther { return right.isFurther }
            return Self.ranks(left.link, before: right.link)
        }
        .map(\.link)
    }

    private static func ranks(_ left: Link, before right: Link) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.asset != right.asset { return left.asset < right.asset }
        return (left.span?.startSeconds ?? 0) < (right.span?.startSeconds ?? 0)
    }

    /// Every choice of one moment a part that share time.
    private static func simultaneous(_ parts: [[MomentMerger.Moment]]) -> [Link] {
        guard let first = parts.first else { return [] }
        var links = first.map { Link(moments: [$0], span: $0.span, lastSpan: $0.span) }
        for part in parts.dropFirst() {
            links = links.flatMap { link in
                part.compactMap { moment in
                    let moments = link.moments + [moment]
                    guard let held = link.span, let span = moment.span else {
                        let known = link.span ?? moment.span
                        return Link(moments: moments, span: known, lastSpan: known)
                    }
                    return held.intersection(span).map {
                        Link(moments: moments, span: $0, lastSpan: $0)
                    }
                }
            }
            // The best few go on: each further part multiplies them.
            links = Array(links.sorted { $0.sum > $1.sum }.prefix(momentsPerAsset))
        }
        return links
    }

    /// For every link of the last step the best way to it.
    private func sequences(_ steps: [[Link]]) -> [Link] {
        guard var reached = steps.first else { return [] }
        for step in steps.dropFirst() {
            reached = step.compactMap { next in
                reached.filter { follows(next, after: $0) }.max { $0.sum < $1.sum }
                    .map { previous in
                        Link(
                            moments: previous.moments + next.moments,
                            span: previous.span.flatMap { start in next.span.map(start.union) },
                            lastSpan: next.lastSpan)
                    }
            }
        }
        return reached
    }

    /// Two shots and two sentences are cut at different times, so what comes next may begin a
    /// little before the end of what came first; but it is another moment, and begins later.
    private func follows(_ next: Link, after previous: Link) -> Bool {
        guard let first = previous.lastSpan, let second = next.span else { return false }
        guard second.startSeconds > first.startSeconds, second.endSeconds > first.endSeconds,
            !second.isSameMoment(as: first)
        else { return false }
        return withinSeconds.map { second.startSeconds - first.endSeconds <= $0 } ?? true
    }

    /// The best first, without those that are the same moment as a better one.
    private static func distinct(_ links: [Link]) -> [Link] {
        var kept: [Link] = []
        for link in links.sorted(by: { $0.sum > $1.sum }) {
            let isKnown = kept.contains { known in
                guard let first = known.span, let second = link.span else { return true }
                return first.isSameMoment(as: second)
            }
            if !isKnown { kept.append(link) }
        }
        return kept
    }
}
