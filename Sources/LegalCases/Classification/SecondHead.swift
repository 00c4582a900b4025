/// Logistic regression on the text encoder's embeddings, and whether mixing it in wins.
///
/// The share is chosen on half of the held-out cases and must win on the other half too.
struct SecondHead: Sendable {
    /// (dimension + 1) × charges.
    let weights: [Float]
    /// 0…1; 0 when the linear classifier alone is better.
    let share: Double
    /// Of the head alone.
    let figures: ChargeFigures
    /// Of the best mix, chosen or not.
    let mixedFigures: ChargeFigures
    /// What probabilities are to be fitted to; nil when nothing is mixed.
    let mixedMargins: HeldOutMargins?

    private static let shares: [Float] = [0.1, 0.2, 0.3, 0.4, 0.5]

    init(
        _ trainer: ClassifierTrainer, members: [Int], beside trial: ClassifierTrainer.Trial
    ) throws {
        let cases = trainer.cases
        let dimension = cases.embeddings.first?.count ?? 0
        let charges = cases.charges.count
        let problem = cases.embeddingProblem(of: members, dimension: dimension)
        var settings = LinearProblem.Settings()
        settings.loss = .logistic
        settings.cost = 10
        let labels = members.map { cases.labels[$0] }
        let margins = try HeldOutMargins(
            problem, labels: labels,
            folds: cases.folds(of: members, count: trainer.options.folds),
            foldCount: trainer.options.folds, charges: charges, settings: { _, _, _ in settings },
            isCancelled: trainer.isCancelled)
        figures = margins.figures()
        let linear = trial.margins
        func quality(_ share: Float, _ keep: (Int) -> Bool) -> Double {
            linear.mixed(with: margins, share: share).subset(keep).figures().quality
        }
        let even: (Int) -> Bool = { $0 % 2 == 0 }
        let odd: (Int) -> Bool = { $0 % 2 == 1 }
        let best = Self.shares.map { (share: $0, quality: quality($0, even)) }
            .max { $0.quality < $1.quality }
        let candidate = best?.share ?? 0
        let mixed = linear.mixed(with: margins, share: candidate)
        mixedFigures = mixed.figures()
        let wins =
            best?.quality ?? 0 > quality(0, even) && quality(candidate, odd) > quality(0, odd)
        share = wins ? Double(candidate) : 0
        mixedMargins = wins ? mixed : nil
        var weights = [Float](repeating: 0, count: (dimension + 1) * charges)
        for charge in 0..<charges where wins {
            let isPositive = labels.map { $0.contains(charge) }
            guard isPositive.contains(true), isPositive.contains(false) else { continue }
            let learned = try problem.weights(
                of: Array(0..<members.count), isPositive: isPositive, settings)
            for (place, weight) in learned.enumerated() {
                weights[place * charges + charge] = weight
            }
        }
        self.weights = wins ? weights : []
    }
}
