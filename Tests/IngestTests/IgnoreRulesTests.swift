import TestSupport
import Testing

@testable import Ingest

@Suite struct IgnoreRulesTests {
    private static func names(_ path: String) -> [[UInt8]] {
        path.split(separator: "/").map { Array($0.utf8) }
    }

    private static let patterns: [(pattern: String, path: String, matches: Bool)] = [
        ("*.mp4", "a.mp4", true), ("*.mp4", "a.mp3", false), ("*.mp4", "x/a.mp4", false),
        ("**/*.mp4", "x/y/a.mp4", true), ("**/*.mp4", "a.mp4", true), ("a/**/b", "a/b", true),
        ("a/**/b", "a/x/y/b", true), ("a/**", "a/x/y", true), ("?.txt", "ä.txt", true),
        ("?.txt", "ab.txt", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
        ("[]x]", "]", true), ("[abc", "[abc", true), ("\\*", "*", true), ("\\*", "a", false),
        ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("**", "a/b/c", true),
    ]

    @Test(arguments: patterns)
    func aPatternMatchesAsShellsDo(pattern: String, path: String, matches: Bool) {
        #expect(GlobPattern(pattern.utf8).matches(Self.names(path)) == matches)
    }

    @Test func aPatternOfManyStarsIsNotSlow() {
        let pattern = GlobPattern((String(repeating: "*a", count: 200) + "b").utf8)
        let name = [Array(String(repeating: "a", count: 4_000).utf8)]
        #expect(!pattern.matches(name))
    }

    private static let lines: [(line: String, path: String, isFolder: Bool, ignored: Bool)] = [
        ("drafts/", "drafts", true, true), ("drafts/", "drafts", false, false),
        ("*.tmp.mp4", "deep/in/x.tmp.mp4", false, true), ("/top.mp4", "top.mp4", false, true),
        ("/top.mp4", "deep/top.mp4", false, false), ("a/b", "x/a/b", false, false),
        ("# *.mp4", "x.mp4", false, false), ("*.mp4\n!keep.mp4", "keep.mp4", false, false),
        ("*.mp4\n!keep.mp4", "x.mp4", false, true), ("*.mp4   ", "x.mp4", false, true),
        ("*.mp4\r\n*.mkv", "x.mkv", false, true), ("!", "x", false, false), ("/", "x", true, false),
    ]

    @Test(arguments: lines)
    func aLineLeavesOutWhatGitWould(line: String, path: String, isFolder: Bool, ignored: Bool) {
        var rules = IgnoreRules()
        rules.add(Array(line.utf8), depth: 0)
        #expect(rules.ignores(Self.names(path), isFolder: isFolder) == ignored)
    }

    @Test func aDeeperFileSpeaksForItsFolderAndWins() {
        var rules = IgnoreRules()
        rules.add(Array("*.mp4".utf8), depth: 0)
        rules.add(Array("!/a.mp4".utf8), depth: 1)
        #expect(!rules.ignores(Self.names("talks/a.mp4"), isFolder: false))
        #expect(rules.ignores(Self.names("talks/deep/a.mp4"), isFolder: false))
    }
}
