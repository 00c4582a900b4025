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
        count: Int, difference: Double, changing: (inout [Int]) -> Void = { _ in }
    ) -> GroupJudge.Evidence {
        var sizes = (0..<count).map { $0 == 0 ? 20_000 : $0 % 3 == 1 ? 900 : 200 }
        changing(&sizes)
        return .init(
            sizes: sizes, nextKeySize: 18_000, difference: difference, packetsPerWindow: 6)
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
        #expect(judge.judge(evidence(count: 250, difference: 40)) == .look)
        // As they may when nothing is known about the encoder yet.
        var fresh = GroupJudge()
        #expect(fresh.judge(evidence(count: 80, difference: 40)) == .look)
    }

    @Test func otherWordsOnAStillGroundAreLookedForWhereAPacketStandsOut() {
        func verdict(isRewritten: Bool, largest: Int) -> GroupJudge.Verdict {
            var judge = experienced()
            var sizes = [Int](repeating: 90, count: 250)
            (sizes[0], sizes[100]) = (20_000, largest)
            return judge.judge(
                .init(
                    sizes: sizes, nextKeySize: 20_000, difference: 1.5, isRewritten: isRewritten,
                    packetsPerWindow: 6))
        }
        #expect(verdict(isRewritten: true, largest: 1_500) == .look)
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
        #expect(judge.judge(evidence(count: 48, difference: 40)) == .look)
    }

    @Test(arguments: [
        // A cut there and back; a dissolve; a fade to black and back.
        ([100: 15_000, 140: 14_000], 0.0),
        (Dictionary(uniqueKeysWithValues: (90..<115).map { ($0, 3_000) }), 5),
        (Dictionary(uniqueKeysWithValues: (60..<100).map { ($0, 40) }), 5),
    ])
    func packetsOfAnotherSizeAreLookedAt(changed: [Int: Int], difference: Double) {
        var judge = experienced()
        let verdict = judge.judge(
            evidence(count: 250, difference: difference) { sizes in
                for (index, size) in changed { sizes[index] = size }
            })
        #expect(verdict == .look)
    }

    @Test func whereMuchMovesADifferentEndIsNoProof() {
        var judge = experienced()
        let verdict = judge.judge(
            evidence(count: 80, difference: 40) { sizes in
                for index in 1..<80 { sizes[index] = 9_000 }
            })
        #expect(verdict == .look)
    }

    @Test(arguments: 1...4)
    func theShortestGroupsAreJudgedWithoutFail(count: Int) {
        var judge = GroupJudge()
        #expect(judge.judge(evidence(count: count, difference: 40)) == .look)
        #expect(
            judge.judge(
                .init(
                    sizes: [Int](repeating: 0, count: count), nextKeySize: 0, difference: 0,
                    packetsPerWindow: 0)) != .endsInCut)
    }
}
