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
    /// Moments of one asset that may stand before the best of another: a long video must not crowd
    /// out the rest.
    var momentsPerAsset = 3

    struct Moment: Equatable {
        var asset: AssetID
        /// Nil when all the evidence is about the asset as a whole.
        var span: TimeSpan?
        var evidence: [Channel: Finding]
        /// Weighted mean over the channels that ran.
        var score: Double
    }

    /// At most `momentsPerAsset` of each asset by falling score; equal scores in order of asset and
    /// time, so that runs agree.
    func moments(from found: [Channel: ChannelFindings]) -> [Moment] {
        let (findings, outliner) = outliner(of: found)
        return outliner.outlines(of: findings).map { moment(of: $0, findings) }
    }

    /// The same, and behind them what else there is of each asset. Each is made when it is asked for:
    /// of some hundred mostly ten are looked at.
    func allMoments(from found: [Channel: ChannelFindings]) -> some Sequence<Moment> {
        let (findings, outliner) = outliner(of: found)
        return OutlinesInTwoGoes(outliner: outliner, findings: findings).lazy
            .map { moment(of: $0, findings) }
    }

    private func outliner(
        of found: [Channel: ChannelFindings]
    ) -> (findings: [[Finding]], MomentOutliner) {
        let outliner = MomentOutliner(
            weights: Channel.allCases.map { weights[$0] ?? 0 },
            absent: Channel.allCases.map { found[$0]?.absent ?? 0 },
            narrowingShare: Self.narrowingShare, places: 0..<momentsPerAsset)
        return (Channel.allCases.map { found[$0]?.findings ?? [] }, outliner)
    }

    private func moment(
        of outline: MomentOutliner.Outline, _ findings: [[Finding]]
    ) -> Moment {
        var evidence: [Channel: Finding] = [:]
        for (index, channel) in Channel.allCases.enumerated() where outline.evidence[index] >= 0 {
            evidence[channel] = findings[index][Int(outline.evidence[index])]
        }
        return Moment(
            asset: outline.asset, span: outline.span, evidence: evidence, score: outline.score)
    }
}

/// The few best outlines of every asset, then, when these are not enough, the others.
private struct OutlinesInTwoGoes: Sequence, IteratorProtocol {
    /// No search shows more.
    private static let mostOfAsset = 100

    private let findings: [[Finding]]
    private let others: MomentOutliner
    private var ranked: MomentOutliner.Ranked
    private var hasBegunOthers = false

    init(outliner: MomentOutliner, findings: [[Finding]]) {
        self.findings = findings
        var others = outliner
        let first = outliner.places.upperBound
        others.places = first..<Swift.max(first, Self.mostOfAsset)
        self.others = others
        ranked = outliner.outlines(of: findings)
    }

    mutating func next() -> MomentOutliner.Outline? {
        if let outline = ranked.next() { return outline }
        guard !hasBegunOthers else { return nil }
        hasBegunOthers = true
        ranked = others.outlines(of: findings)
        return ranked.next()
    }
}

/// Moments without what they are made of: places in the lists of findings stand for the findings,
/// which are large, and would be copied many times.
private struct MomentOutliner {
    // By channel, in the order of all of them.
    let weights: [Double]
    let absent: [Double]
    let narrowingShare: Double
    /// Which of an asset's distinct moments are wanted, the best of which has place 0.
    var places: Range<Int>

    struct Outline {
        var asset: AssetID
        var span: TimeSpan?
        /// By channel the place of its finding; −1 where there is none.
        var evidence: SIMD4<Int32>
        var score: Double

        /// Whether it stands before another one.
        func ranks(before other: Outline) -> Bool {
            if score != other.score { return score > other.score }
            if asset != other.asset { return asset < other.asset }
            return (span?.startSeconds ?? -1) < (other.span?.startSeconds ?? -1)
        }

        func isSame(as other: Outline) -> Bool {
            guard let span, let second = other.span else { return true }
            return span.isSameMoment(as: second)
        }
    }

    /// What matters of a finding.
    private struct Entry {
        var asset: AssetID
        var channel: Int
        var place: Int32
        var span: TimeSpan?
        var score: Double
        var ordinal: Int
    }

    /// Best first; put in order as they are asked for, since few of some hundred are.
    func outlines(of findings: [[Finding]]) -> Ranked {
        var all: [Entry] = []
        all.reserveCapacity(findings.reduce(0) { $0 + $1.count })
        for (channel, list) in findings.enumerated() {
            for (place, finding) in list.enumerated() {
                all.append(
                    Entry(
                        asset: finding.asset, channel: channel, place: Int32(place),
                        span: finding.span, score: finding.score, ordinal: finding.ordinal))
            }
        }
        // An asset's entries stand together, by channel and place. Numbers are compared: an asset's own
        // comparison is a call into another module, and there would be ten thousand.
        var order = all.indices.map { (asset: all[$0].asset.value, index: $0) }
        order.sort { ($0.asset, $0.index) < ($1.asset, $1.index) }
        let entries = order.map { all[$0.index] }
        var outlines: [Outline] = []
        outlines.reserveCapacity(entries.count)
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, order[end].asset == order[start].asset { end += 1 }
            append(entries[start..<end], to: &outlines)
            start = end
        }
        return Ranked(outlines)
    }

    /// Outlines by falling rank: a heap of their places.
    struct Ranked: Sequence, IteratorProtocol {
        private let outlines: [Outline]
        private var heap: [(score: Double, place: Int)]

        init(_ outlines: [Outline]) {
            self.outlines = outlines
            heap = outlines.indices.map { (outlines[$0].score, $0) }
            for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: place) }
        }

        mutating func next() -> Outline? {
            guard let best = heap.first, let last = heap.popLast() else { return nil }
            if !heap.isEmpty {
                heap[0] = last
                sink(from: 0)
            }
            return outlines[best.place]
        }

        private func ranks(_ left: Int, before right: Int) -> Bool {
            let (left, right) = (heap[left], heap[right])
            if left.score != right.score { return left.score > right.score }
            if outlines[left.place].ranks(before: outlines[right.place]) { return true }
            if outlines[right.place].ranks(before: outlines[left.place]) { return false }
            return left.place < right.place
        }

        private mutating func sink(from start: Int) {
            var place = start
            while true {
                var best = place
                let child = 2 * place + 1
                if child < heap.count, ranks(child, before: best) { best = child }
                if child + 1 < heap.count, ranks(child + 1, before: best) { best = child + 1 }
                guard best != place else { return }
                heap.swapAt(place, best)
                place = best
            }
        }
    }

    /// Adds the wanted ones of the distinct moments of one asset.
    private func append(_ entries: ArraySlice<Entry>, to outlines: inout [Outline]) {
        // There are no more moments than findings; most assets are found once.
        guard entries.count > places.lowerBound else { return }
        if entries.count == 1, let entry = entries.first {
            outlines.append(outline(around: entry, entries))
            return
        }
        let isTimed = entries.contains { $0.span != nil }
        var candidates: [Outline] = []
        candidates.reserveCapacity(entries.count)
        for entry in entries where entry.span != nil || !isTimed {
            candidates.append(outline(around: entry, entries))
            // All of an asset without times is one moment.
            if !isTimed { break }
        }
        if candidates.count > 1 { candidates.sort { $0.ranks(before: $1) } }
        let first = outlines.count
        for candidate in candidates {
            guard outlines.count - first < places.upperBound else { break }
            if !outlines[first...].contains(where: { $0.isSame(as: candidate) }) {
                outlines.append(candidate)
            }
        }
        outlines.removeSubrange(first..<Swift.min(first + places.lowerBound, outlines.count))
    }

    private func outline(around anchor: Entry, _ entries: ArraySlice<Entry>) -> Outline {
        // The best of each channel at that time: by its index among the entries.
        var best = SIMD4<Int32>(repeating: -1)
        for index in entries.indices where Self.coincide(entries[index].span, anchor.span) {
            let channel = entries[index].channel
            guard best[channel] >= 0 else {
                best[channel] = Int32(index)
                continue
            }
            let known = entries[Int(best[channel])]
            if (known.score, -known.ordinal) < (entries[index].score, -entries[index].ordinal) {
                best[channel] = Int32(index)
            }
        }
        var sum = 0.0
        var total = 0.0
        var evidence = SIMD4<Int32>(repeating: -1)
        for channel in weights.indices {
            total += weights[channel]
            let index = Int(best[channel])
            sum += weights[channel] * (index >= 0 ? entries[index].score : absent[channel])
            if index >= 0 { evidence[channel] = entries[index].place }
        }
        return Outline(
            asset: anchor.asset, span: span(of: best, entries) ?? anchor.span, evidence: evidence,
            score: total > 0 ? sum / total : 0)
    }

    /// What the leading channels' findings share, from the one that says most downwards.
    private func span(of best: SIMD4<Int32>, _ entries: ArraySlice<Entry>) -> TimeSpan? {
        guard let least = leader(of: best, entries).map({ $0.value * narrowingShare }) else {
            return nil
        }
        var left = best
        var span: TimeSpan?
        // The one that says most of those that are left, until none is: of equals the first.
        while let (channel, value) = leader(of: left, entries), value >= least {
            if let other = entries[Int(left[channel])].span {
                span = span.map { $0.intersection(other) ?? $0 } ?? other
            }
            left[channel] = -1
        }
        return span
    }

    private func leader(
        of best: SIMD4<Int32>, _ entries: ArraySlice<Entry>
    ) -> (channel: Int, value: Double)? {
        var leader: (channel: Int, value: Double)?
        for channel in weights.indices where best[channel] >= 0 {
            let value = entries[Int(best[channel])].score * weights[channel]
            if leader.map({ value > $0.value }) ?? true { leader = (channel, value) }
        }
        return leader
    }

    /// Text about the whole asset goes with every moment; spans must share time, not an edge.
    private static func coincide(_ left: TimeSpan?, _ right: TimeSpan?) -> Bool {
        guard let left, let right else { return true }
        return left == right || left.intersection(right) != nil
    }
}
