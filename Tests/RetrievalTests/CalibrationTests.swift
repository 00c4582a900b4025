import Corpus
import Foundation
import Storage
import TestSupport
import Testing

@testable import Retrieval

@Suite struct CalibrationTests {
    @Test func theFitRecoversTheDistributionThatItsSampleIsDrawnFrom() throws {
        var random = SeededRandom(seed: 3)
        let (location, scale) = (0.3, 0.05)
        let maxima = (0..<20_000).map { _ in
            location - scale * log(-log(Double.random(in: 1e-9..<1, using: &random)))
        }
        let null = try #require(NullDistribution(fittedTo: maxima))
        #expect(abs(null.location - location) < 0.002)
        #expect(abs(null.scale - scale) < 0.002)
        for rate in [0.5, 0.05, 0.01] {
            let score = location - scale * log(-log(1 - rate))
            #expect(abs(null.falseAlarmRate(of: score) - rate) < 0.15 * rate)
        }
    }

    @Test func aFewRelatedQueriesAtTheTopDoNotPassForChance() throws {
        var random = SeededRandom(seed: 4)
        var maxima = (0..<200).map { _ in
            0.3 - 0.05 * log(-log(Double.random(in: 1e-9..<1, using: &random)))
        }
        let clean = try #require(NullDistribution(fittedTo: maxima)).falseAlarmRate(of: 0.5)
        for index in 0..<10 { maxima[index] = 0.9 }
        let mixed = try #require(NullDistribution(fittedTo: maxima)).falseAlarmRate(of: 0.5)
        #expect(mixed < 2 * clean)
    }

    @Test func equalMaximaStillGiveADistribution() throws {
        let null = try #require(NullDistribution(fittedTo: [0, 0, 0, 0], minimumScale: 0.25))
        #expect(null.scale == 0.25)
        #expect(null.falseAlarmRate(of: 5) < 0.001)
        #expect(NullDistribution(fittedTo: [1, 2, .nan]) == nil)
    }

    @Test func centredCosinesAreThoseOfTheCentredVectors() {
        var random = SeededRandom(seed: 5)
        func vector(unit: Bool) -> [Float] {
            let values = (0..<16).map { _ in Float.random(in: -1...1, using: &random) }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return unit ? values.map { $0 / length } : values.map { $0 * 0.05 }
        }
        func product(_ left: [Float], _ right: [Float]) -> Float {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let centring = Centring(query: vector(unit: false), row: vector(unit: false), rowCount: 90)
        let query = vector(unit: true)
        let rows = (0..<20).map { _ in vector(unit: true) }
        let cosines = centring.cosines(
            of: query, raw: rows.map { product(query, $0) },
            with: rows.map {
                RowMeans.Products(
                    withQueryMean: product(centring.query, $0),
                    withRowMean: product(centring.row, $0))
            })
        for (row, cosine) in zip(rows, cosines) {
            let left = zip(query, centring.query).map { $0 - $1 }
            let right = zip(row, centring.row).map { $0 - $1 }
            let direct =
                product(left, right)
                / (product(left, left).squareRoot() * product(right, right).squareRoot())
            #expect(abs(cosine - Double(direct)) < 1e-5)
        }
    }

    @Test func theMeanOfOneVectorDoesNotTakeAllOfIt() {
        let centring = Centring(query: [0, 0], row: [1, 0], rowCount: 1)
        #expect(centring.row[0] < 0.1)
        let cosine = centring.cosines(
            of: [1, 0], raw: [1],
            with: [RowMeans.Products(withQueryMean: 0, withRowMean: centring.row[0])])
        #expect(abs(cosine[0] - 1) < 1e-6)
    }

    @Test(
        arguments: [
            (1.0, 1, 0.01), (0.5, 2, 0.5), (0.9, 2, 0.1), (0.5, 9, 0.5),
        ] as [(Double, Int, Double)])
    func wordsAreComparedWithAsManyWords(share: Double, terms: Int, rate: Double) throws {
        let null = KeywordNull(shares: [[0, 0, 1, 1], [0, 0.2, 0.5, 0.5]])
        #expect(abs(try #require(null.falseAlarmRate(of: share, termCount: terms)) - rate) < 1e-12)
    }

    @Test func whatWasMeasuredIsReadBackAndNothingElse() throws {
        var calibration = Calibration()
        calibration.keywords = KeywordNull(shares: [[0, 0.5]])
        calibration.spaces["meaning"] = Calibration.Space(
            fingerprint: "abc", centring: Centring(query: [1], row: [0.5], rowCount: 10),
            null: try #require(NullDistribution(fittedTo: [0.1, 0.2, 0.3, 0.4])))
        let stored = try calibration.stored(generation: 7)
        #expect(Calibration(stored, fingerprints: [.meaning: "abc"]) == calibration)
        #expect(Calibration(stored, fingerprints: [.meaning: "other"]) == nil)
        let damaged = StoredCalibration(generation: 7, data: "{\"version\": 1")
        #expect(Calibration(damaged, fingerprints: [:]) == nil)
        var newer = calibration
        newer.version += 1
        #expect(
            Calibration(try newer.stored(generation: 7), fingerprints: [.meaning: "abc"]) == nil)
    }

    @Test func nullQueriesAreAlwaysTheSameAndNotEmpty() {
        #expect(NullQueries.phrases(50) == NullQueries.phrases(50))
        #expect(NullQueries.phrases(200).allSatisfy { !$0.isEmpty })
        for count in 1...8 {
            let queries = NullQueries.words(30, each: count)
            #expect(queries.allSatisfy { Set($0.split(separator: " ")).count == count })
        }
    }
}
