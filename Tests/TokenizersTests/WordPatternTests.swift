import Testing
import UnicodeText

@testable import Tokenizers

@Suite("Scanners equal the regular expressions they stand for")
struct WordPatternTests {
    @Test("over the whole corpus, as ICU reads them", arguments: WordPattern.sources)
    func equalsICU(source: String) throws {
        let pattern = try #require(WordPattern(source))
        let expression = try RegularExpression(RubyPattern.translated(source))
        for line in try WholeGoldens.shared.get().lines where !line.isEmpty {
            let bytes = Array(line.utf8)
            var found: [Range<Int>] = []
            var expected: [Range<Int>] = []
            try bytes.withUnsafeBufferPointer { bytes in
                pattern.findMatches(in: bytes, appendingTo: &found)
                var budget = RegularExpression.Budget(textBytes: bytes.count)
                try expression.findMatches(in: bytes, within: &budget, appendingTo: &expected)
            }
            #expect(found == expected, "\(line.debugDescription)")
        }
    }
}
