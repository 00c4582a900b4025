/// Decides which groups of pictures have to be decoded inside, by the pictures at both ends and the
/// sizes of the packets between.
///
/// A packet that has to describe a new picture is about as large as a key packet; while nothing
/// happens packets stay well below, and like each other. A group that ends before the encoder's
/// longest, with a different picture behind it and nothing inside, ends in a cut: that is why the
/// encoder ended it.
struct GroupJudge {
    enum Verdict: Equatable {
        /// Decode it.
        case look
        /// Nothing happens in it, nor at its end.
        case quiet
        /// Nothing happens in it, and the next group begins a shot.
        case endsInCut
    }

    /// What is known of a group without decoding more than its key packet.
    struct Evidence {
        /// Bytes of its packets in the file's order, the key packet's first.
        var sizes: [Int]
        /// Of the key packet after it.
        var nextKeySize: Int
        /// Mean absolute difference between both key pictures, 0…255.
        var difference: Double
        /// Other words, on the same ground, stand on the next key picture.
        var isRewritten = false
        /// Packets shown in a quarter of a second.
        var packetsPerWindow: Int
    }

    /// Ends differing by less than this show the same, or what moves in it.
    private static let sameThreshold = 8.0
    /// Ends differing by more than this show different shots, if the group is short.
    private static let cutThreshold = 16.0

    /// Packets no larger than this part of a key packet say that nothing moves.
    private static let stillPart = 0.02

    private var longest = 0
    /// How often each length has been seen.
    private var lengths: [Int: Int] = [:]

    mutating func judge(_ evidence: Evidence) -> Verdict {
        let count = evidence.sizes.count
        let isEndedEarly = count < longest - 1 && lengths[count, default: 0] < 2
        longest = max(longest, count)
        if lengths.count < 1_024 { lengths[count, default: 0] += 1 }

        guard count > 3 else { return evidence.difference < Self.sameThreshold ? .quiet : .look }
        let key = Double(min(evidence.sizes[0], evidence.nextKeySize))
        let peaks = Self.peaks(evidence.sizes.dropFirst(), window: evidence.packetsPerWindow)
        let sorted = peaks.sorted()
        let usual = sorted[sorted.count / 2]
        let (lowest, highest) = (sorted[0], sorted[sorted.count - 1])
        let rises = highest >= max(2.2 * usual, 0.1 * key)
        let collapses = lowest <= 0.2 * usual && usual >= 0.03 * key
        if rises || collapses { return .look }
        if evidence.difference < Self.sameThreshold {
            // On a still picture a few words cost no more than a large packet among tiny ones.
            let isWritten = evidence.isRewritten && !isEndedEarly
            let (still, rises) = (usual <= Self.stillPart * key, highest > Self.stillPart * key)
            return isWritten && still && rises ? .look : .quiet
        }
        // Where much moves, ends differ without a cut.
        guard isEndedEarly, usual < 0.3 * key, evidence.difference >= Self.cutThreshold else {
            return .look
        }
        return .endsInCut
    }

    /// Whether nothing moves between the ends of a group that is not decoded.
    static func isStill(_ evidence: Evidence) -> Bool {
        let peaks = peaks(evidence.sizes.dropFirst(), window: evidence.packetsPerWindow).sorted()
        guard !peaks.isEmpty else { return false }
        return peaks[peaks.count / 2] <= stillPart * Double(evidence.sizes[0])
    }

    /// The largest packet of each window: those of one kind, whatever lies between.
    private static func peaks(_ sizes: ArraySlice<Int>, window: Int) -> [Double] {
        let length = max(3, window)
        return stride(from: sizes.startIndex, to: sizes.endIndex, by: length).compactMap { start in
            let end = min(start + length, sizes.endIndex)
            // A rest may hold small packets only.
            guard end - start == length || start == sizes.startIndex else { return nil }
            return sizes[start..<end].max().map(Double.init)
        }
    }
}
