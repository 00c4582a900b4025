import Testing

@testable import MediaDecoding

@Suite struct GroupJudgeTests {
    /// A judge that has seen two groups of 250 packets.
    private func experienced() -> GroupJudge {
        var judge = GroupJudge()
        for _ in 0..<2 { _ = judge.judge(evidence(count: 250, difference: 0)) }
        return judge
    }

    /// P packets of 900 bytes among B packets of 200, behind a key packet of 20 000.
    private func evidence(
        count: Int, difference: Double?, isRewritten: Bool = false,
        changing: (inout [Int]) -> Void = { _ in }
    ) -> GroupJudge.Evidence {
        var sizes = (0..<count).map { $0 == 0 ? 20_000 : $0 % 3 == 1 ? 900 : 200 }
        changing(&sizes)
        return .init(
            sizes: sizes,
            next: difference.map {
                .init(keySize: 18_000, difference: $0, isRewritten: isRewritten)
            }, packetsPerWindow: 6)
    }

    /// How many packets of the group are decoded before its rest is judged; nil when none.
    private func looked(_ verdict: GroupJudge.Verdict) -> Int? {
        if case .look(let packets, _) = verdict { packets } else { nil }
    }

    @Test func nothingHappensBetweenLikeEnds() {
        var judge = experienced()
        #expect(judge.judge(evidence(count: 250, difference: 3)) == .quiet)
        #expect(judge.judge(evidence(count: 80, difference: 3)) == .quiet)
    }

    @Test func aGroupThatEndsEarlyBeforeAnotherPictureEndsInACut() {
        var judge = experienced()
        #expect(judge.judge(evidence(count: 80, difference: 40)) == .endsInCut)
        // At the encoder's own length, ends may differ for any reason.
        #expect(looked(judge.judge(evidence(count: 250, difference: 40))) != nil)
        // As they may when nothing is known about the encoder yet.
        var fresh = GroupJudge()
        #expect(looked(fresh.judge(evidence(count: 80, difference: 40))) != nil)
    }

    @Test func anEncoderThatNeverRepeatsALengthEndsGroupsForAReason() {
        var judge = GroupJudge()
        for count in [90, 120, 70] { _ = judge.judge(evidence(count: count, difference: 40)) }
        #expect(judge.judge(evidence(count: 200, difference: 40)) == .endsInCut)
    }

    @Test func otherWordsOnAStillGroundAreLookedForWhereAPacketStandsOut() {
        func verdict(isRewritten: Bool, largest: Int) -> GroupJudge.Verdict {
            var judge = experienced()
            return judge.judge(
                evidence(count: 250, difference: 1.5, isRewritten: isRewritten) { sizes in
                    for index in 1..<250 { sizes[index] = 90 }
                    sizes[100] = largest
                })
        }
        #expect(looked(verdict(isRewritten: true, largest: 1_500)) != nil)
        #expect(verdict(isRewritten: false, largest: 1_500) == .quiet)
        // They came with the key packet.
        #expect(verdict(isRewritten: true, largest: 90) == .quiet)
    }

    @Test func aStillGroupHasTinyPackets() {
        #expect(!GroupJudge.isStill(evidence(count: 250, difference: 0)))
        #expect(
            GroupJudge.isStill(
                evidence(count: 250, difference: 0) { sizes in
                    for index in 1..<250 { sizes[index] = 80 }
                }))
        #expect(!GroupJudge.isStill(evidence(count: 1, difference: 0)))
    }

    @Test func equalLengthsAreTheEncodersOwn() {
        var judge = experienced()
        for _ in 0..<2 { _ = judge.judge(evidence(count: 48, difference: 3)) }
        #expect(looked(judge.judge(evidence(count: 48, difference: 40))) != nil)
    }

    @Test(arguments: [
        // A cut there and back; a dissolve; a fade to black and back.
        ([100: 15_000, 140: 14_000], 140),
        (Dictionary(uniqueKeysWithValues: (90..<115).map { ($0, 3_000) }), 114),
        (Dictionary(uniqueKeysWithValues: (60..<100).map { ($0, 40) }), 99),
    ])
    func packetsOfAnotherSizeAreDecodedAndASecondBehindThem(changed: [Int: Int], last: Int) throws {
        var judge = experienced()
        let verdict = judge.judge(
            evidence(count: 250, difference: 0) { sizes in
                for (index, size) in changed { sizes[index] = size }
            })
        let packets = try #require(looked(verdict))
        #expect((last + 18...last + 36).contains(packets))
    }

    @Test func aChangeNearTheEndIsDecodedToTheEnd() {
        var judge = experienced()
        let verdict = judge.judge(
            evidence(count: 250, difference: 30) { sizes in sizes[215] = 15_000 })
        #expect(looked(verdict) == 250)
    }

    @Test func whereMuchMovesADifferentEndIsNoProof() {
        var judge = experienced()
        let verdict = judge.judge(
            evidence(count: 80, difference: 40) { sizes in
                for index in 1..<80 { sizes[index] = 9_000 }
            })
        #expect(looked(verdict) != nil)
    }

    @Test func withoutAnEndTheFirstPacketsAreDecodedAtLeast() {
        var judge = experienced()
        #expect(looked(judge.judge(evidence(count: 48, difference: nil))) == 19)
        // And nothing is learned of how long the encoder makes its groups.
        for _ in 0..<2 { _ = judge.judge(evidence(count: 48, difference: nil)) }
        #expect(judge.judge(evidence(count: 48, difference: 40)) == .endsInCut)
    }

    @Test(arguments: 1...4)
    func theShortestGroupsAreJudgedWithoutFail(count: Int) {
        var judge = GroupJudge()
        #expect(looked(judge.judge(evidence(count: count, difference: 40))) == count)
        #expect(looked(judge.judge(evidence(count: count, difference: nil))) == count)
        let empty = GroupJudge.Evidence(
            sizes: [Int](repeating: 0, count: count),
            next: .init(keySize: 0, difference: 0), packetsPerWindow: 0)
        #expect(judge.judge(empty) != .endsInCut)
    }

    // MARK: The rest of a group

    private struct Rest: Sendable, CustomStringConvertible {
        var description: String
        var motion: GroupJudge.Motion?
        var next: Double?
        var isEndedEarly = true
        var isRestless = false
        var mayBeWritten = false
        var isRewritten = false
        var verdict: GroupJudge.RestVerdict
    }

    private static let still = GroupJudge.Motion(whole: 1, step: 0.2)
    private static let pan = GroupJudge.Motion(whole: 12, step: 2)
    private static let grain = GroupJudge.Motion(whole: 12, step: 11.5)
    private static let snow = GroupJudge.Motion(whole: 120, step: 125)
    private static let rests: [Rest] = [
        .init(description: "too few pictures", motion: nil, next: 0, verdict: .look),
        .init(description: "still to the end", motion: still, next: 3, verdict: .quiet),
        .init(description: "still, then a cut", motion: still, next: 20, verdict: .endsInCut),
        .init(
            description: "still, and another end of a usual length", motion: still, next: 20,
            isEndedEarly: false, verdict: .look),
        .init(description: "still, and neither", motion: still, next: 12, verdict: .look),
        .init(description: "a pan that explains its end", motion: pan, next: 25, verdict: .look),
        .init(description: "a pan, then a cut", motion: pan, next: 40, verdict: .endsInCut),
        .init(
            description: "a pan over much detail", motion: pan, next: 40, isRestless: true,
            verdict: .look),
        .init(
            description: "grain to the end", motion: grain, next: 13, isRestless: true,
            verdict: .quiet),
        .init(
            description: "grain, then a cut", motion: grain, next: 30, isRestless: true,
            verdict: .endsInCut),
        .init(
            description: "snow hides any other picture", motion: snow, next: 127,
            isRestless: true, verdict: .look),
        .init(description: "no end, and still", motion: still, verdict: .quiet),
        .init(description: "no end, and moving", motion: pan, verdict: .look),
        .init(
            description: "no end, and words may come", motion: still, mayBeWritten: true,
            verdict: .look),
        .init(
            description: "other words at a usual end", motion: still, next: 2,
            isEndedEarly: false, mayBeWritten: true, isRewritten: true, verdict: .look),
        .init(
            description: "other words with the key packet", motion: still, next: 2,
            mayBeWritten: true, isRewritten: true, verdict: .quiet),
    ]

    @Test(arguments: rests)
    private func theRestIsDecodedWhereSomethingMayHappen(rest: Rest) {
        let verdict = GroupJudge.judge(
            .init(
                isEndedEarly: rest.isEndedEarly, isAll: true, isStill: false,
                isRestless: rest.isRestless,
                mayBeWritten: rest.mayBeWritten),
            .init(
                motion: rest.motion,
                next: rest.next.map { .init(difference: $0, isRewritten: rest.isRewritten) }))
        #expect(verdict == rest.verdict)
    }
}
