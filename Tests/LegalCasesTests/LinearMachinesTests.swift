import CKernels
import Foundation
import TestSupport
import Testing

@testable import LegalCases

@Suite struct LinearMachinesTests {
    /// 90 rows over 40 terms in 18 classes, two blocks of lanes; every third row has two.
    private static func problem() -> (rows: SparseRows, labels: [[Int]]) {
        var random = SeededRandom(seed: 5)
        var rows = SparseRows(width: 40)
        var labels: [[Int]] = []
        for row in 0..<90 {
            let charge = row % 18
            labels.append(row % 3 == 0 ? [charge, (charge + 5) % 18] : [charge])
            var numbers: Set<UInt32> = [UInt32(charge), UInt32(charge + 18)]
            for _ in 0..<6 { numbers.insert(UInt32.random(in: 0..<40, using: &random)) }
            let sorted = numbers.sorted()
            let share = 1 / Float(sorted.count).squareRoot()
            rows.append([
                FactVector(
                    numbers: sorted, values: sorted.map { _ in share }, knownShare: 1)
            ])
        }
        return (rows, labels)
    }

    private static func trained(_ charges: Range<Int>) throws -> [Float] {
        let (rows, labels) = problem()
        let machines = try LinearMachines(
            charges, rows: rows, members: Array(0..<90), labels: labels,
            costs: charges.map { _ in .init(positive: 2, negative: 1) }, isCancelled: { false })
        return machines.margins(of: Array(0..<90), in: rows)
    }

    @Test func aChargeLearnsTheSameWhoeverLearnsBesideIt() throws {
        let together = try Self.trained(0..<16)
        for charge in [0, 7, 15] {
            let alone = try Self.trained(charge..<charge + 1)
            #expect(alone == (0..<90).map { together[$0 * 16 + charge] })
        }
    }

    /// The minimum is known by its conditions: a row's multiplier, 2 · cost · max(0, 1 − margin),
    /// makes the weights again.
    @Test func theWeightsAreThoseOfTheMinimum() throws {
        let (rows, labels) = Self.problem()
        let costs = LinearMachines.Costs(positive: 2, negative: 1)
        let machines = try LinearMachines(
            3..<4, rows: rows, members: Array(0..<90), labels: labels, costs: [costs],
            isCancelled: { false })
        var weights = [Float](repeating: 0, count: 40 * 4)
        var constants = [Float](repeating: 0, count: 4)
        weights.withUnsafeMutableBufferPointer {
            machines.copy(charge: 3, to: $0, stride: 4, constants: &constants)
        }
        let margins = machines.margins(of: Array(0..<90), in: rows)
        var sum = 0.0
        var total = 0.0
        for row in 0..<90 {
            let side: Double = labels[row].contains(3) ? 1 : -1
            let cost = side > 0 ? costs.positive : costs.negative
            let multiplier = 2 * cost * max(0, 1 - side * Double(margins[row]))
            sum += side * multiplier
            total += multiplier
        }
        #expect(abs(sum - Double(constants[3])) < 0.02 * total, "\(constants[3]) of \(total)")
        // Training leaves no row of the class on the other side here.
        #expect((0..<90).allSatisfy { !labels[$0].contains(3) || margins[$0] > 0 })
        #expect(weights[3 * 4 + 3] > 0)
    }

    @Test func whatIsNotAskedForIsNotLearned() throws {
        let (rows, labels) = Self.problem()
        let machines = try LinearMachines(
            0..<2, rows: rows, members: Array(0..<90), labels: labels,
            costs: [nil, .init()], isCancelled: { false })
        let margins = machines.margins(of: Array(0..<90), in: rows)
        #expect((0..<90).allSatisfy { margins[$0 * 2] == 0 })
        #expect((0..<90).contains { margins[$0 * 2 + 1] != 0 })
    }

    @Test func whoIsWaitedForNoMoreStops() throws {
        let (rows, labels) = Self.problem()
        #expect(throws: CancellationError.self) {
            try LinearMachines(
                0..<2, rows: rows, members: Array(0..<90), labels: labels,
                costs: [.init(), .init()], isCancelled: { true })
        }
    }

    @Test func bothKernelsComputeTheSameBits() {
        let (rows, labels) = Self.problem()
        func run(_ descend: Descend) -> [Float] {
            let lanes = Int(REEL_LANES)
            let floats = 41 * lanes
            let memory = UnsafeMutableRawPointer.allocate(
                byteCount: floats * 4, alignment: 64)
            defer { memory.deallocate() }
            let weights = memory.bindMemory(to: Float.self, capacity: floats)
            weights.initialize(repeating: 0, count: floats)
            var multipliers = [Float](repeating: 0, count: 90 * lanes)
            let sides = (0..<90 * lanes).map { place -> Int8 in
                labels[place / lanes].contains(place % lanes) ? 1 : -1
            }
            let slack = [Float](repeating: 0.4, count: lanes)
            var lowest = [Float](repeating: .infinity, count: lanes)
            var highest = [Float](repeating: -.infinity, count: lanes)
            var order = (0..<90).map { UInt32($0) }
            var state: UInt64 = 3
            for _ in 0..<5 {
                reel_shuffle(&order, order.count, &state)
                lowest.withUnsafeMutableBufferPointer { lowest in
                    highest.withUnsafeMutableBufferPointer { highest in
                        multipliers.withUnsafeMutableBufferPointer { multipliers in
                            sides.withUnsafeBufferPointer { sides in
                                slack.withUnsafeBufferPointer { slack in
                                    var problems = reel_lane_problems(
                                        weights: weights, multipliers: multipliers.baseAddress,
                                        sides: sides.baseAddress,
                                        positive_slack: slack.baseAddress,
                                        negative_slack: slack.baseAddress, active: 0xFFFF,
                                        lowest: lowest.baseAddress,
                                        highest: highest.baseAddress)
                                    rows.withKernelRows {
                                        descend($0, order, order.count, &problems)
                                    }
                                }
                            }
                        }
                    }
                }
            }
            return Array(UnsafeBufferPointer(start: weights, count: floats)) + multipliers
                + lowest + highest
        }
        let fast = run(reel_descend)
        #expect(fast == run(reel_descend_scalar))
        #expect(fast.contains { $0 != 0 })
    }

    private typealias Descend = (
        UnsafePointer<reel_sparse_rows>, UnsafePointer<UInt32>, Int,
        UnsafeMutablePointer<reel_lane_problems>
    ) -> Void
}
