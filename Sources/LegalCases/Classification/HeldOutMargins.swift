internal import Tensors

/// What learns charges from some rows and judges others.
protocol FoldLearner: Sendable {
    /// Charges that are learned together.
    static var chargesTogether: Int { get }

    /// - Parameters:
    ///   - charges: at most `chargesTogether`.
    ///   - costs: how many of the taught rows have each charge; those of none or of all are not
    ///     asked about.
    /// - Returns: judged rows × charges; what is said of a charge that was not learned is not used.
    func margins(
        of judged: [Int], for charges: Range<Int>, taughtBy taught: [Int], counts: [Int]
    ) throws -> [Float]
}

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
    ///   - learner: its rows are the cases.
    ///   - labels: of each row.
    ///   - folds: of each row.
    init<Learner: FoldLearner>(
        _ learner: Learner, labels: [[Int]], folds: [Int], foldCount: Int, charges: Int
    ) throws {
        chargeCount = charges
        self.labels = labels
        let groups = stride(from: 0, to: charges, by: Learner.chargesTogether).map {
            $0..<min($0 + Learner.chargesTogether, charges)
        }
        let sets = (0..<foldCount).map { fold in
            (
                taught: folds.indices.filter { folds[$0] != fold },
                judged: folds.indices.filter { folds[$0] == fold }
            )
        }
        let counts = sets.map { set in
            var counts = [Int](repeating: 0, count: charges)
            for row in set.taught { for charge in labels[row] { counts[charge] += 1 } }
            return counts
        }
        let found = try Parallelism.map(foldCount * groups.count) { task in
            let fold = task / groups.count
            let group = groups[task % groups.count]
            return try learner.margins(
                of: sets[fold].judged, for: group, taughtBy: sets[fold].taught,
                counts: Array(counts[fold][group]))
        }
        var values = [Float](repeating: Self.unknown, count: labels.count * charges)
        for (task, margins) in found.enumerated() {
            let fold = task / groups.count
            let group = groups[task % groups.count]
            let learned = group.filter { (1..<sets[fold].taught.count).contains(counts[fold][$0]) }
            for (place, row) in sets[fold].judged.enumerated() {
                for charge in learned {
                    values[row * charges + charge] =
                        margins[place * group.count + charge - group.lowerBound]
                }
            }
        }
        self.values = values
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

    /// How far the margins lie from their mean, as the root of the mean square.
    var spread: Double {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count))
        let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(max(1, values.count))).squareRoot()
    }

    /// Mixes in another classifier's margins of the same cases.
    func mixed(with other: HeldOutMargins, _ mix: HeadMargins.Mix) -> HeldOutMargins {
        var mixed = self
        mixed.values = HeadMargins.mixed(values, other.values, mix)
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
