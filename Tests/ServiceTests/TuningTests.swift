import Corpus
import Foundation
import TestSupport
import Testing

@testable import Service

/// Fitting weights, apart from any library.
@Suite struct TuningTests {
    private let all: [Channel] = [.keywords, .frames, .meaning]

    @Test func theGridHoldsEveryProportionOnce() {
        let points = WeightSearch.grid(dimensions: 3, steps: 4)
        #expect(points.count == 15)
        #expect(Set(points).count == 15)
        #expect(points.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 && $0.allSatisfy { $0 >= 0 } })
        #expect(WeightSearch.grid(dimensions: 1, steps: 4) == [[1]])
    }

    @Test(arguments: [[0.625, 0.25, 0.125], [0, 0, 1], [0.5, 0.5, 0], [0.1, 0.6, 0.3]])
    func aHillIsClimbed(top: [Double]) throws {
        var asked = 0
        let best = try WeightSearch(channels: all).best(
            startingAt: [.keywords: 1, .frames: 1, .meaning: 1]
        ) { weights in
            asked += 1
            let total = weights.values.reduce(0, +)
            return -zip(all, top).reduce(0) { $0 + abs((weights[$1.0] ?? 0) / total - $1.1) }
        }
        let total = best.values.reduce(0, +)
        for (channel, share) in zip(all, top) {
            #expect(abs((best[channel] ?? 0) / total - share) < 0.07)
        }
        #expect(best.values.max() == 1)
        #expect(asked < 80)
    }

    @Test func withoutAnyGainTheWeightsStayAsTheyAre() throws {
        let current: [Channel: Double] = [.keywords: 3, .frames: 0.7, .meaning: 0]
        let best = try WeightSearch(channels: all).best(startingAt: current) { _ in 0.5 }
        #expect(best == current)
    }

    @Test func halvesAreTheSameInEveryRunAndShareOutEachKind() throws {
        var queries = (0..<21).map { GoldenQuery(query: "query \($0)", relevant: [], kind: "said") }
        for index in 0..<10 { queries[index].kind = "seen" }
        let halves = try QueryHalves(queries, path: "q.jsonl")
        let shuffled = try QueryHalves(queries.reversed(), path: "q.jsonl")
        #expect(halves.training.map(\.query) == shuffled.training.map(\.query))
        #expect(halves.heldOut.map(\.query) == shuffled.heldOut.map(\.query))
        #expect(Set((halves.training + halves.heldOut).map(\.query)).count == 21)
        #expect(abs(halves.training.count - halves.heldOut.count) <= 1)
        #expect([5].contains(halves.training.count { $0.kind == "seen" }))
    }

    @Test func tooFewQueriesAreRefused() {
        let queries = (0..<20).map { GoldenQuery(query: "query \($0 % 7)", relevant: []) }
        let failure = #expect(throws: Failure.self) { try QueryHalves(queries, path: "q.jsonl") }
        #expect(failure?.description.hasPrefix("q.jsonl has 7 different queries.") == true)
    }
}

@Suite struct OutcomeComparisonTests {
    private func outcome(_ query: String, _ rank: Int?) -> LibraryEvaluation.Outcome {
        LibraryEvaluation.Outcome(query: query, rank: rank, isRightFile: false)
    }

    @Test func eachQueryIsAWinALossOrATie() {
        let comparison = OutcomeComparison(
            before: [
                outcome("up", 4), outcome("found", nil), outcome("down", 1), outcome("lost", 2),
                outcome("same", 3), outcome("never", nil), outcome("old", 1),
            ],
            after: [
                outcome("up", 2), outcome("found", 10), outcome("down", 2), outcome("lost", nil),
                outcome("same", 3), outcome("never", nil), outcome("new", 1),
            ])
        #expect(comparison.wins.map(\.query) == ["up", "found"])
        #expect(comparison.losses.map(\.query) == ["down", "lost"])
        #expect(comparison.ties.map(\.query) == ["same", "never"])
        #expect(comparison.unmatched == 2)
        #expect(comparison.wins.first == .init(query: "up", before: 4, after: 2))
        #expect(abs(comparison.mrrBefore - (0.25 + 1 + 0.5 + 1.0 / 3) / 6) < 1e-12)
        #expect(abs(comparison.mrrAfter - (0.5 + 0.1 + 0.5 + 1.0 / 3) / 6) < 1e-12)
    }
}

@Suite struct WeightSettingsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func load(_ text: String) throws -> Configuration {
        let path = folder.path("reel.json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try load(at: path)
    }

    private func load(at path: String) throws -> Configuration {
        var flags = Configuration.Flags()
        flags.configurationFile = path
        return try Configuration.load(flags: flags, environment: [:])
    }

    @Test func weightsInTheSettingsReplaceTheStandardOnes() throws {
        #expect(try load("{}").weights == SearchRequest.defaultWeights)
        let found = try load(#"{"weights":{"keywords":0.25,"frames":0}}"#).weights
        #expect(found == [.keywords: 0.25, .frames: 0])
    }

    @Test(arguments: [
        #"{"weights":{}}"#, #"{"weights":{"frames":0}}"#, #"{"weights":{"sounds":1}}"#,
        #"{"weights":{"frames":-1}}"#, #"{"weights":{"frames":1e9}}"#, #"{"weights":[1]}"#,
        #"{"weights":{"frames":"1"}}"#,
    ])
    func wrongWeightsAreNamed(text: String) throws {
        let failure = #expect(throws: Failure.self) { try load(text) }
        #expect(failure?.cause == .badConfiguration)
        #expect(failure?.description.contains("weights") == true)
    }

    @Test func weightsAreWrittenAndTheOtherKeysStay() throws {
        let before = try load(#"{"index":"here/now","weights":{"frames":1}}"#)
        try before.writeWeights([.keywords: 1, .frames: 0.143, .meaning: 0])
        let after = try load(at: before.projectFile)
        #expect(after.indexPath == "here/now")
        #expect(after.weights == [.keywords: 1, .frames: 0.143, .meaning: 0])
        let text = try String(contentsOfFile: before.projectFile, encoding: .utf8)
        #expect(text.contains(#""frames" : 0.143,"#))
    }

    @Test func aFileThatIsNotThereIsMadeAndADamagedOneIsLeftAlone() throws {
        var configuration = try load("{}")
        configuration.projectFile = folder.path("new.json")
        try configuration.writeWeights([.keywords: 1])
        #expect(try load(at: configuration.projectFile).weights == [.keywords: 1])
        try Data("not JSON".utf8).write(to: URL(fileURLWithPath: configuration.projectFile))
        #expect(throws: Failure.self) { try configuration.writeWeights([.keywords: 1]) }
        #expect(
            try String(contentsOfFile: configuration.projectFile, encoding: .utf8) == "not JSON")
    }
}
