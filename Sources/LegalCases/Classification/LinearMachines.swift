internal import CKernels

/// Linear support vector machines, each telling one charge from all others: squared hinge loss and
/// a constant, learned by dual coordinate descent (Hsieh et al. 2008), the method of LIBLINEAR.
///
/// Up to sixteen learn side by side: a row is read once for all of them, and a term's sixteen
/// weights lie together. None of them sees the others, so a charge's weights do not depend on which
/// charges learn beside it, nor on how many threads there are.
struct LinearMachines: Sendable {
    /// What an error costs, against the size of the weights.
    struct Costs: Sendable, Equatable {
        /// In a case with the charge.
        var positive = 1.0
        /// In any other.
        var negative = 1.0
    }

    static let lanes = Int(REEL_LANES)
    /// A machine has learned when its gradients lie this close together; as LIBLINEAR's default.
    private static let tolerance: Float = 0.1
    private static let passLimit = 300
    private static let seed: UInt64 = 1

    let charges: Range<Int>
    private let weights: LaneMemory
    private let width: Int

    /// - Parameters:
    ///   - charges: at most `lanes` of them.
    ///   - members: rows to learn from, without repetition.
    ///   - labels: of every row, the numbers of its charges.
    ///   - costs: of each of `charges`; nil for one that is not to be learned.
    /// - Throws: `CancellationError`.
    init(
        _ charges: Range<Int>, rows: SparseRows, members: [Int], labels: [[Int]],
        costs: [Costs?], isCancelled: @Sendable () -> Bool
    ) throws {
        precondition(charges.count <= Self.lanes && costs.count == charges.count)
        self.charges = charges
        width = rows.width
        let weights = LaneMemory(count: rows.width + 1)
        self.weights = weights
        var order = members.map { UInt32($0) }
        var multipliers = [Float](repeating: 0, count: rows.count * Self.lanes)
        let sides = Self.sides(charges, labels)
        func slack(_ cost: (Costs) -> Double) -> [Float] {
            (0..<Self.lanes).map { lane in
                lane < costs.count ? costs[lane].map { Float(0.5 / cost($0)) } ?? 1 : 1
            }
        }
        let positive = slack(\.positive)
        let negative = slack(\.negative)
        var lowest = [Float](repeating: 0, count: Self.lanes)
        var highest = lowest
        var active = costs.enumerated().reduce(UInt32(0)) {
            $0 | ($1.element == nil ? 0 : 1 << UInt32($1.offset))
        }
        var state = Self.seed
        for _ in 0..<Self.passLimit where active != 0 {
            guard !isCancelled() else { throw CancellationError() }
            reel_shuffle(&order, order.count, &state)
            for lane in 0..<Self.lanes {
                lowest[lane] = .infinity
                highest[lane] = -.infinity
            }
            rows.withKernelRows { rows in
                Self.descend(
                    rows, order, weights, &multipliers, sides, positive, negative, active,
                    &lowest, &highest)
            }
            for lane in 0..<Self.lanes where highest[lane] - lowest[lane] <= Self.tolerance {
                active &= ~(1 << UInt32(lane))
            }
        }
    }

    private static func descend(
        _ rows: UnsafePointer<reel_sparse_rows>, _ order: [UInt32], _ weights: LaneMemory,
        _ multipliers: UnsafeMutablePointer<Float>, _ sides: UnsafePointer<Int8>,
        _ positive: UnsafePointer<Float>, _ negative: UnsafePointer<Float>, _ active: UInt32,
        _ lowest: UnsafeMutablePointer<Float>, _ highest: UnsafeMutablePointer<Float>
    ) {
        var problems = reel_lane_problems(
            weights: weights.pointer, multipliers: multipliers, sides: sides,
            positive_slack: positive, negative_slack: negative, active: active, lowest: lowest,
            highest: highest)
        reel_descend(rows, order, order.count, &problems)
    }

    /// Rows × lanes: 1 where a row has the charge, −1 where it does not.
    private static func sides(_ charges: Range<Int>, _ labels: [[Int]]) -> [Int8] {
        var sides = [Int8](repeating: -1, count: labels.count * lanes)
        for (row, own) in labels.enumerated() {
            for charge in own where charges.contains(charge) {
                sides[row * lanes + charge - charges.lowerBound] = 1
            }
        }
        return sides
    }

    /// Of the rows, one after the other, `charges.count` each: above 0 for the charge.
    func margins(of members: [Int], in rows: SparseRows) -> [Float] {
        var margins = [Float](repeating: 0, count: members.count * charges.count)
        var all = [Float](repeating: 0, count: Self.lanes)
        rows.withKernelRows { rows in
            for (place, row) in members.enumerated() {
                reel_lane_margins(rows, row, weights.pointer, &all)
                for lane in 0..<charges.count {
                    margins[place * charges.count + lane] = all[lane]
                }
            }
        }
        return margins
    }

    /// Copies the weights to where a classifier keeps those of all charges.
    /// - Parameters:
    ///   - table: terms × `stride`.
    ///   - constants: `stride`.
    func copy(
        charge: Int, to table: UnsafeMutableBufferPointer<Float>, stride: Int,
        constants: inout [Float]
    ) {
        let lane = charge - charges.lowerBound
        for term in 0..<width {
            table[term * stride + charge] = weights.pointer[term * Self.lanes + lane]
        }
        constants[charge] = weights.pointer[width * Self.lanes + lane]
    }
}

/// Rows of lanes, each in a cache line of its own.
///
/// `@unchecked Sendable`: written by the `LinearMachines.init` that made it, and only read from
/// then on.
private final class LaneMemory: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>

    /// All 0.
    init(count: Int) {
        let floats = count * LinearMachines.lanes
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: floats * MemoryLayout<Float>.stride, alignment: 64)
        pointer = memory.bindMemory(to: Float.self, capacity: floats)
        pointer.initialize(repeating: 0, count: floats)
    }

    deinit { pointer.deallocate() }
}
