/// Margins of cases that the classifier did not learn from: each fold is judged by what the others
/// taught.
struct HeldOutMargins: Sendable {
    let chargeCount: Int
    /// Cases × charges.
    var values: [Float]
    /// Of each case, its charges' numbers.
    let labels: [[Int]]

    /// What a fold's classifier says of a charge it has met no case of.
    private static let unknown: Float = -2

    /// - Parameters:
    ///   - problem: a row a case.
    ///   - labels: of each row.
    ///   - folds: of each row.
    init(
        _ problem: LinearProblem, labels: [[Int]], folds: [Int], foldCount: Int, charges: Int,
        settings: (_ charge: Int, _ cases: Int, _ total: Int) -> LinearProblem.Settings,
        isCancelled: () -> Bool
    ) throws {
        chargeCount = charges
        self.labels = labels
        values = [Float](repeating: Self.unknown, count: labels.count * charges)
        let sides = (0..<charges).map { charge in labels.map { $0.contains(charge) } }
        for fold in 0..<foldCount {
            let taught = folds.indices.filter { folds[$0] != fold }
            let judged = folds.indices.filter { folds[$0] == fold }
            for charge in 0..<charges {
                guard !isCancelled() else { throw CancellationError() }
                let cases = taught.reduce(0) { $0 + (sides[charge][$1] ? 1 : 0) }
                guard cases > 0, cases < taught.count else { continue }
                let weights = try problem.weights(
                    of: taught, isPositive: sides[charge], settings(charge, cases, taught.count))
                weights.withUnsafeBufferPointer { weights in
                    for row in judged {
                        values[row * charges + charge] = problem.margin(row, weights)
                    }
                }
            }
        }
    }

    var count: Int { labels.count }

    func margins(of charge: Int) -> [Float] {
        (0..<count).map { values[$0 * chargeCount + charge] }
    }

    func row(_ index: Int) -> ArraySlice<Float> {
        values[index * chargeCount..<(index + 1) * chargeCount]
    }

    /// How well the largest margin tells the first charge.
    func figures() -> ChargeFigures { figures { _, margin in Double(margin) } }

    /// How well the largest of some measure of the margins does.
    func figures(by measure: (_ charge: Int, _ margin: Float) -> Double) -> ChargeFigures {
        let said = (0..<count).map { index in
            row(index).enumerated().map { (charge: $0, value: measure($0, $1)) }
                .max { $0.value < $1.value }?.charge ?? 0
        }
        return ChargeFigures(said: said, truth: labels.map { $0[0] })
    }

    /// Mixes in another classifier's margins of the same cases.
    func mixed(with other: HeldOutMargins, share: Float) -> HeldOutMargins {
        var mixed = self
        mixed.values = HeadMargins.mixed(values, other.values, share: share)
        return mixed
    }

    /// Some of the cases.
    func subset(_ keep: (Int) -> Bool) -> HeldOutMargins {
        let kept = (0..<count).filter(keep)
        return HeldOutMargins(
            chargeCount: chargeCount, values: kept.flatMap { row($0) },
            labels: kept.map { labels[$0] })
    }

    private init(chargeCount: Int, values: [Float], labels: [[Int]]) {
        self.chargeCount = chargeCount
        self.values = values
        self.labels = labels
    }
}
