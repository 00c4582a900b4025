internal import Tensors

/// What a text encoder made of a library's facts, for those who learn from it.
package struct FactEmbeddings {
    package var encoder: String
    package var fingerprint: String
    /// Unit vectors of some cases, by their place among the cases; nil when one of them has none.
    let rows: (_ cases: [Int]) throws -> [[Float]]?
}

/// Logistic regression on the text encoder's embeddings, and whether mixing it in wins.
///
/// The share is chosen on half of the held-out cases, and the mix must be better than the linear
/// classifier alone by `leastGain` on the other half too.
struct SecondHead: Sendable {
    var description: ClassifierDescription.Head
    /// (dimension + 1) × charges; empty when the mix did not win.
    let weights: [Float]

    /// Of the mean of accuracy and macro-F1: less may be chance, and the encoder takes time.
    static let leastGain = 0.005
    private static let shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    /// Cases the head learns from, at most: it has a few hundred numbers a charge to find.
    private static let caseLimit = 10_000

    /// - Returns: nil when not all cases have embeddings.
    init?(
        _ trainer: ClassifierTrainer, members: [Int], beside linear: HeldOutMargins,
        _ embeddings: FactEmbeddings
    ) throws {
        let cases = trainer.cases
        let charges = cases.charges.count
        guard let rows = try embeddings.rows(members) else { return nil }
        let labels = members.map { cases.labels[$0] }
        let margins = try HeldOutMargins(
            HeadLearner(rows: LogisticRegression(rows), labels: labels), labels: labels,
            folds: cases.folds(of: members, count: trainer.options.folds),
            foldCount: trainer.options.folds, charges: charges)
        // Margins of the two are of different sizes.
        let scale = margins.spread > 0 ? linear.spread / margins.spread : 1
        let (choosing, judging) =
            ({ $0 % 2 == 0 }, { $0 % 2 == 1 }) as ((Int) -> Bool, (Int) -> Bool)
        func quality(_ share: Double, _ keep: (Int) -> Bool) -> Double {
            linear.mixed(with: margins, .init(share: share, scale: scale)).subset(keep).figures()
                .quality
        }
        var best = (share: 0.0, quality: quality(0, choosing))
        for share in Self.shares {
            let found = quality(share, choosing)
            if found > best.quality { best = (share, found) }
        }
        let candidate = best.share > 0 ? best.share : Self.shares[0]
        let gain = quality(candidate, judging) - quality(0, judging)
        let wins = best.share > 0 && gain >= Self.leastGain
        let mixed = linear.mixed(with: margins, .init(share: candidate, scale: scale))
        let calibrations = ChargeCalibrations(mixed)
        description = ClassifierDescription.Head(
            encoder: embeddings.encoder, fingerprint: embeddings.fingerprint,
            share: wins ? candidate : 0, scale: scale,
            calibrations: wins ? calibrations.values : [], threshold: calibrations.threshold,
            figures: margins.figures(), mixedFigures: mixed.figures(), gain: gain)
        weights =
            wins
            ? try Self.learned(trainer, embeddings, charges: charges) : []
    }

    /// (dimension + 1) × charges.
    private static func learned(
        _ trainer: ClassifierTrainer, _ embeddings: FactEmbeddings, charges: Int
    ) throws -> [Float] {
        let members = trainer.cases.sample(caseLimit)
        guard let rows = try embeddings.rows(members) else { return [] }
        let labels = members.map { trainer.cases.labels[$0] }
        let problem = LogisticRegression(rows)
        let all = Array(0..<members.count)
        let learned = try Parallelism.map(charges) { charge -> [Float]? in
            let isPositive = labels.map { $0.contains(charge) }
            guard isPositive.contains(true), isPositive.contains(false) else { return nil }
            return try problem.weights(of: all, isPositive: isPositive)
        }
        var weights = [Float](repeating: 0, count: (problem.dimension + 1) * charges)
        for (charge, column) in learned.enumerated() {
            for (place, weight) in (column ?? []).enumerated() {
                weights[place * charges + charge] = weight
            }
        }
        return weights
    }
}

/// Learns the head's charges one by one.
private struct HeadLearner: FoldLearner {
    static let chargesTogether = 1

    let rows: LogisticRegression
    let labels: [[Int]]

    func margins(
        of judged: [Int], for charges: Range<Int>, taughtBy taught: [Int], counts: [Int]
    ) throws -> [Float] {
        guard counts[0] > 0, counts[0] < taught.count else {
            return [Float](repeating: 0, count: judged.count)
        }
        let isPositive = labels.map { $0.contains(charges.lowerBound) }
        let weights = try rows.weights(of: taught, isPositive: isPositive)
        return judged.map { rows.margin($0, weights) }
    }
}
