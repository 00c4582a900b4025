import Corpus
import Testing

@Suite struct AssetTests {
    @Test func anIdIsTheFirst63BitsOfADigestAndReadsBack() {
        var digest = [UInt8](repeating: 0, count: 32)
        digest[0] = 0xff
        digest[7] = 0x03
        let id = AssetID(digest: digest)
        #expect(id.description == "7f80000000000001")
        #expect(AssetID("7f80000000000001") == id)
    }

    @Test(arguments: ["", "7f", "7f8000000000000g", "ff80000000000001", "7f800000000000012"])
    func whatIsNotAnIdIsRefused(_ text: String) {
        #expect(AssetID(text) == nil)
    }
}

@Suite struct TimeSpanTests {
    @Test func aSpanNeverEndsBeforeItStarts() {
        #expect(TimeSpan(startSeconds: 3, endSeconds: 1).durationSeconds == 0)
    }

    @Test(arguments: [(0.0, 1.0, true), (2.0, 3.0, true), (2.5, 3.0, false), (1.2, 1.3, true)])
    func spansThatShareAnInstantOverlap(start: Double, end: Double, expected: Bool) {
        let span = TimeSpan(startSeconds: 1, endSeconds: 2)
        #expect(span.overlaps(TimeSpan(startSeconds: start, endSeconds: end)) == expected)
    }
}
