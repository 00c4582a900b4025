/// Decides how far groups of pictures have to be decoded, by the pictures at both ends and the sizes
/// of the packets between.
///
/// A packet that has to describe a new picture is about as large as a key packet; while nothing
/// happens packets stay well below, and like each other. A group that ends before the encoder's
/// longest, with a different picture behind it and nothing inside, ends in a cut: that is why the
/// encoder ended it. Where the packets are uneven at first and even from then on, the group is
/// decoded until they have been even for a second, and `judgeRest` then says whether to go on.
struct GroupJudge {
    enum Verdict: Equatable {
        /// Decode this many of its packets, then judge the rest.
        case look(packets: Int, Rest)
        /// Nothing happens in it, nor at its end.
        case quiet
        /// Nothing happens in it, and the next group begins a shot.
        case endsInCut
    }

    /// What is known of a group without decoding more than its key packet.
    struct Evidence {
        /// Bytes of its packets in the file's order, the key packet's first.
        var sizes: [Int]
        /// Of the picture behind the group; nil where there is none, or it is not yet known.
        var next: Next?
        /// Packets shown in a quarter of a second.
        var packetsPerWindow: Int

        struct Next {
            /// Bytes of its packet.
            var keySize: Int
            /// Mean absolute difference to the group's key picture, 0…255.
            var difference: Double
            /// Other words, on the same ground, stand on it.
            var isRewritten = false
        }
    }

    /// What the packets say about the rest of a group that is decoded at first.
    struct Rest: Equatable {
        /// The encoder ended the group before its longest.
        var isEndedEarly: Bool
        /// The packets before it are as even as its own.
        var isAll: Bool
        /// The packets say that nothing moves.
        var isStill: Bool
        /// Packets nearly as large as a key packet: where so much moves, ends differ without a cut.
        var isRestless: Bool
        /// Words may come to stand in it: one of its packets stands out among tiny ones.
        var mayBeWritten: Bool
    }

    /// What is known behind the packets that were decoded.
    struct RestEvidence {
        /// How much moved at last; nil where there are not enough pictures.
        var motion: Motion?
        /// The picture behind the group; nil where there is none, or it is not yet known.
        var next: Next?

        struct Next {
            /// To the last picture that was decoded, 0…255.
            var difference: Double
            var isRewritten: Bool
        }
    }

    /// What moves in the last half second of the pictures that were decoded.
    struct Motion: Equatable {
        /// Between its ends, 0…255.
        var whole: Double
        /// Between one picture and the next, mean, 0…255.
        var step: Double

        /// Nothing moves much, or all trembles on the spot: no picture will be far from these.
        fileprivate var isStationary: Bool { whole < restThreshold || whole <= 1.25 * step }
        /// Below this a later picture shows the same.
        fileprivate var sameLimit: Double {
            isStationary ? min(max(sameThreshold, 1.25 * whole), cutThreshold) : sameThreshold
        }
        /// From this on a later picture shows something else.
        fileprivate var otherLimit: Double {
            max(cutThreshold, (isStationary ? 1.5 : 2.5) * whole)
        }

        /// Whether a picture after a rest without events shows the same.
        /// - Parameter difference: to the last picture before the rest, 0…255.
        func isKept(by difference: Double) -> Bool { difference < sameLimit }

        /// Whether a picture after a rest without events shows something else.
        /// - Parameter difference: to the last picture before the rest, 0…255.
        func isLeft(by difference: Double) -> Bool { difference >= otherLimit }
    }

    enum RestVerdict {
        case look, quiet, endsInCut
    }

    /// Ends differing by less than this show the same, or what moves in it.
    private static let sameThreshold = 8.0
    /// Ends differing by more than this show different shots, if the group is short.
    private static let cutThreshold = 16.0
    /// Pictures half a second apart that differ by less stand as good as still.
    private static let restThreshold = 4.0
    /// Packets no larger than this part of a key packet say that nothing moves.
    private static let stillPart = 0.02
    /// Windows of a quarter of a second that are decoded behind the last uneven one: what
    /// `ShotDetector` wants to see behind a cut.
    private static let marginWindows = 4
    /// The same where all are even: enough to see what moves.
    private static let leastWindows = 3

    private var groupCount = 0
    private var longest = 0
    /// How often each length has been seen.
    private var lengths: [Int: Int] = [:]
    private var hasRepeatedLength = false

    mutating func judge(_ evidence: Evidence) -> Verdict {
        let count = evidence.sizes.count
        let isEndedEarly = isShort(count)
        if evidence.next != nil { learn(count) }

        let whole = Rest(
            isEndedEarly: isEndedEarly, isAll: false, isStill: false, isRestless: true,
            mayBeWritten: true)
        let difference = evidence.next?.difference
        guard count > 3 else {
            return difference ?? .infinity < Self.sameThreshold
                ? .quiet : .look(packets: count, whole)
        }
        let key = Double(min(evidence.sizes[0], evidence.next?.keySize ?? .max))
        let windows = Windows(of: evidence.sizes, length: evidence.packetsPerWindow)
        let even = windows.evenEnd(key: key)
        let usual = Windows.median(windows.peaks[even...])
        let isStill = usual <= Self.stillPart * key
        let highest = windows.peaks[even...].max() ?? 0
        let mayBeWritten = isStill && highest > Self.stillPart * key
        let isRestless = usual >= 0.3 * key
        if even == 0, let next = evidence.next {
            if next.difference < Self.sameThreshold {
                // On a still picture a few words cost no more than a large packet among tiny ones.
                if !(next.isRewritten && !isEndedEarly && mayBeWritten) { return .quiet }
            } else if isEndedEarly, !isRestless, next.difference >= Self.cutThreshold {
                return .endsInCut
            }
        }
        let first = even > 0 ? even + Self.marginWindows : Self.leastWindows
        let packets = 1 + first * windows.length
        // A short rest is decoded sooner than judged; behind an open end much may follow.
        let shortest = evidence.next == nil ? 0 : Self.marginWindows * windows.length
        guard packets + shortest < count else { return .look(packets: count, whole) }
        return .look(
            packets: packets,
            Rest(
                isEndedEarly: isEndedEarly, isAll: even == 0, isStill: isStill,
                isRestless: isRestless,
                mayBeWritten: mayBeWritten))
    }

    /// Whether the even rest of a group has to be decoded too.
    static func judge(_ rest: Rest, _ evidence: RestEvidence) -> RestVerdict {
        guard let motion = evidence.motion else { return .look }
        guard let next = evidence.next else {
            return rest.mayBeWritten || !motion.isStationary ? .look : .quiet
        }
        if next.difference < motion.sameLimit {
            let isWritten = next.isRewritten && !rest.isEndedEarly
            return isWritten && rest.mayBeWritten ? .look : .quiet
        }
        let isTrusted = rest.isEndedEarly && (!rest.isRestless || motion.isStationary)
        return isTrusted && motion.isLeft(by: next.difference) ? .endsInCut : .look
    }

    /// Whether nothing moves between the ends of a group that is not decoded.
    static func isStill(_ evidence: Evidence) -> Bool {
        guard evidence.sizes.count > 1 else { return false }
        let windows = Windows(of: evidence.sizes, length: evidence.packetsPerWindow)
        return Windows.median(windows.peaks[...]) <= stillPart * Double(evidence.sizes[0])
    }

    /// Whether something in the picture must have made the encoder end a group of this length.
    private func isShort(_ count: Int) -> Bool {
        // Lengths that come again and again are the encoder's own.
        guard lengths[count, default: 0] < 2 else { return false }
        return count < longest - 1 || groupCount >= 3 && !hasRepeatedLength
    }

    private mutating func learn(_ count: Int) {
        groupCount += 1
        longest = max(longest, count)
        guard lengths.count < 1_024 else { return }
        if lengths[count] != nil { hasRepeatedLength = true }
        lengths[count, default: 0] += 1
    }
}

/// The largest packets of each quarter of a second, the key packet left out: those of one kind,
/// whatever lies between.
private struct Windows {
    /// Packets of each.
    let length: Int
    /// Bytes; at least one.
    let peaks: [Double]

    /// - Parameter sizes: two at least.
    init(of sizes: [Int], length wanted: Int) {
        let length = max(3, wanted)
        self.length = length
        peaks = stride(from: 1, to: sizes.count, by: length).compactMap { start in
            let end = min(start + length, sizes.count)
            // A rest may hold small packets only.
            guard end - start == length || start == 1 else { return nil }
            return sizes[start..<end].max().map(Double.init)
        }
    }

    static func median(_ peaks: ArraySlice<Double>) -> Double {
        let sorted = peaks.sorted()
        return sorted[sorted.count / 2]
    }

    /// Where the longest even end begins; 0 where all are even.
    /// - Parameter key: bytes of the smaller key packet.
    func evenEnd(key: Double) -> Int {
        var start = peaks.count - 1
        while start > 0, Self.isEven(peaks[(start - 1)...], key: key) { start -= 1 }
        return start
    }

    private static func isEven(_ peaks: ArraySlice<Double>, key: Double) -> Bool {
        let usual = median(peaks)
        guard let lowest = peaks.min(), let highest = peaks.max() else { return true }
        let rises = highest >= max(2.2 * usual, 0.1 * key)
        let collapses = lowest <= 0.2 * usual && usual >= 0.03 * key
        return !rises && !collapses
    }
}
