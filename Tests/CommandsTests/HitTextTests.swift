import Testing

@testable import Commands

@Suite struct HitTextTests {
    @Test(arguments: [
        (7.9, "0:07"), (750, "12:30"), (3723, "1:02:03"), (-1, "0:00"), (.infinity, "0:00"),
    ])
    func timesReadAsOnAPlayer(seconds: Double, expected: String) {
        #expect(clockTime(seconds) == expected)
    }

    @Test func textFromAFileCannotControlTheTerminal() {
        let hostile = "a\u{1B}[2Jb\nc\u{9B}d"
        #expect(printable(hostile.utf8) == "a [2Jb c d")
    }
}
