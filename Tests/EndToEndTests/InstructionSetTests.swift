import Foundation
import Testing

/// `REEL_INSTRUCTIONS` makes the program do with what an older processor has.
@Suite struct InstructionSetTests {
    private static let texts = [
        "a red car", "a green boat on the sea", "the red car is fast", "two dogs beside a house",
        "a slide with text", "snow at night", "a blue ball and a red ball", "a person walks",
    ]
    private static let levels = ["plain", "avx2", "avx512"]

    private struct Case: Sendable, CustomTestStringConvertible {
        let level: String
        let precision: String
        /// The least cosine with single precision on the best this processor has.
        let bound: Double
        var testDescription: String { "\(level), \(precision)" }
    }

    private static let cases: [Case] = levels.flatMap { level in
        [
            Case(level: level, precision: "fp32", bound: 0.999_999),
            Case(level: level, precision: "int16", bound: 0.999),
            Case(level: level, precision: "int8", bound: 0.99),
        ]
    }

    /// A row of unit length for each text.
    private static func rows(level: String?, precision: String) throws -> [[Double]] {
        let run = try BuiltProgram.run(
            ["embed", "--model", "reel-clip-tiny", "--precision", precision, "--text"] + texts,
            environment: level.map { ["REEL_INSTRUCTIONS": $0] } ?? [:])
        #expect(run.exitCode == 0, "\(run.messages)")
        return try run.objects().map { try #require($0["embedding"] as? [Double]) }
    }

    private static func cosine(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The places of all texts, the nearest to the first text first.
    private static func ranking(_ rows: [[Double]]) -> [Int] {
        let scores = rows.map { cosine($0, rows[0]) }
        return rows.indices.sorted { scores[$0] > scores[$1] }
    }

    @Test(arguments: cases) private func everyLevelGivesTheSameRows(example: Case) throws {
        let best = try Self.rows(level: nil, precision: "fp32")
        let rows = try Self.rows(level: example.level, precision: example.precision)
        #expect(rows.count == Self.texts.count && best.count == rows.count)
        let least = zip(rows, best).map(Self.cosine).min() ?? 0
        #expect(least >= example.bound)
        if example.precision == "fp32" {
            #expect(Self.ranking(rows) == Self.ranking(best))
        } else {
            #expect(Self.ranking(rows).prefix(2) == Self.ranking(best).prefix(2))
        }
    }

    @Test(arguments: levels) func theDoctorSaysWhatIsUsed(level: String) throws {
        let run = try BuiltProgram.run(["doctor"], environment: ["REEL_INSTRUCTIONS": level])
        let line = run.output.split(separator: "\n").first { $0.contains("our own for") }
        let used = try #require(line?.split(separator: "our own for ").last).prefix { $0 != " " }
        // At most what is allowed: this machine may have less.
        let place = try #require(Self.levels.firstIndex(of: String(used)))
        #expect(place <= Self.levels.firstIndex(of: level) ?? 0)
    }

    @Test func anUnknownLevelIsRefused() throws {
        let run = try BuiltProgram.run(["doctor"], environment: ["REEL_INSTRUCTIONS": "mmx"])
        #expect(run.exitCode == 78)
        #expect(run.messages.contains("plain, avx2, avx512"))
    }
}
