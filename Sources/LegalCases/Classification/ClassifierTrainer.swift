internal import Glibc
internal import Tensors

/// Makes a library's classifier: chooses its settings on folds that are held out, calibrates on the
/// same folds, then learns from every case.
package struct ClassifierTrainer {
    package struct Options: Sendable {
        /// Cases that settings are chosen and probabilities calibrated on, at most.
        package var choosingLimit = 4000
        /// Cases that are learned from, at most.
        package var caseLimit = 200_000
        package var folds = 3

        package init() {}
    }

    /// What training is doing, for people who wait.
    package enum Step: Sendable, Equatable {
        case reading
        case choosing(done: Int, total: Int)
        case learning(done: Int, total: Int)
    }

    /// One way to make a classifier.
    struct Recipe: Sendable, Equatable {
        var terms = TermSettings()
        var cost = 1.0
        var balance = 0.5

        /// What errors cost when `count` of `total` cases have the charge; nil when there is
        /// nothing to tell apart.
        func costs(count: Int, total: Int, charges: Int) -> LinearMachines.Costs? {
            guard count > 0, count < total else { return nil }
            let rarity = Double(total) / Double(max(1, charges * count))
            return LinearMachines.Costs(
                positive: cost * min(32, max(0.25, pow(rarity, balance))), negative: cost)
        }
    }

    static let leastCases = 10
    /// Numbers of all weights: bounds the file and the memory, 160 MB.
    private static let weightLimit = 40_000_000
    private static let termLimit = 400_000

    let cases: TrainingCases
    let options: Options
    let progress: (Step) -> Void
    let isCancelled: @Sendable () -> Bool

    /// - Throws: `tooFewCharges`, `tooFewCases`, `CancellationError`.
    init(
        _ cases: TrainingCases, _ options: Options = Options(),
        progress: @escaping (Step) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        guard cases.charges.count >= 2 else {
            throw LegalCaseError.tooFewCharges(found: cases.charges)
        }
        guard cases.count >= Self.leastCases else {
            throw LegalCaseError.tooFewCases(found: cases.count, needed: Self.leastCases)
        }
        self.cases = cases
        self.options = options
        self.progress = progress
        self.isCancelled = isCancelled
    }

    // MARK: Choosing

    /// Term settings worth trying: sequences of one and two characters always.
    static func termCandidates(cases: Int) -> [TermSettings] {
        var base = TermSettings()
        // What one case in thousands has teaches nothing and fills the memory.
        base.minimumCases = cases > 20_000 ? 4 : cases > 2000 ? 2 : 1
        var triples = base
        triples.longest = 3
        var words = base
        words.usesWords = true
        return [base, triples, words]
    }

    private static let costs = [0.3, 1, 3]
    private static let balances = [0, 0.5, 1]

    /// A recipe with what it did on held-out folds.
    struct Trial {
        var recipe: Recipe
        var margins: HeldOutMargins
        var figures: ChargeFigures
    }

    /// Tries settings one kind after the other, each with the best of those before it.
    func choose(_ members: [Int]) throws -> Trial {
        let folds = cases.folds(of: members, count: options.folds)
        let labels = members.map { cases.labels[$0] }
        let candidates = Self.termCandidates(cases: cases.count)
        let total = candidates.count + Self.costs.count + Self.balances.count - 2
        var done = 0
        func trial(_ recipe: Recipe, _ rows: SparseRows) throws -> Trial {
            progress(.choosing(done: done, total: total))
            done += 1
            let learner = RecipeLearner(
                recipe: recipe, rows: rows, labels: labels, charges: cases.charges.count,
                isCancelled: isCancelled)
            let margins = try HeldOutMargins(
                learner, labels: labels, folds: folds, foldCount: options.folds,
                charges: cases.charges.count)
            return Trial(recipe: recipe, margins: margins, figures: margins.figures())
        }
        var best: (trial: Trial, rows: SparseRows)?
        for terms in candidates {
            let vocabulary = try vocabulary(of: members, terms)
            let rows = try cases.rows(of: members, vocabulary, terms)
            let found = try trial(Recipe(terms: terms), rows)
            if found.figures.quality > best?.trial.figures.quality ?? -1 {
                best = (found, rows)
            }
        }
        guard let (first, rows) = best else {
            preconditionFailure("There are settings to try.")
        }
        var winner = first
        func consider(_ recipe: Recipe) throws {
            let found = try trial(recipe, rows)
            if found.figures.quality > winner.figures.quality { winner = found }
        }
        for cost in Self.costs where cost != Recipe().cost {
            var recipe = winner.recipe
            recipe.cost = cost
            try consider(recipe)
        }
        for balance in Self.balances where balance != Recipe().balance {
            var recipe = winner.recipe
            recipe.balance = balance
            try consider(recipe)
        }
        return winner
    }

    private func vocabulary(of members: [Int], _ terms: TermSettings) throws -> TermVocabulary {
        TermVocabulary(
            caseFrequencies: try cases.frequencies(of: members, terms), cases: members.count,
            minimumCases: terms.minimumCases,
            limit: min(Self.termLimit, Self.weightLimit / cases.charges.count))
    }

    // MARK: Learning

    /// - Parameter embeddings: of the cases, where they have any.
    func train(
        library: String, embeddings: FactEmbeddings? = nil
    ) throws -> TrainedClassifier {
        progress(.reading)
        let chosen = cases.sample(options.choosingLimit)
        let trial = try choose(chosen)
        let head = try embeddings.flatMap {
            try SecondHead(self, members: chosen, beside: trial.margins, $0)
        }
        let calibrations = ChargeCalibrations(trial.margins)

        let members = cases.sample(options.caseLimit)
        let vocabulary = try vocabulary(of: members, trial.recipe.terms)
        let rows = try cases.rows(of: members, vocabulary, trial.recipe.terms)
        let (weights, constants) = try learn(rows, members, trial.recipe)
        let description = ClassifierDescription(
            library: library, charges: cases.charges, cases: cases.counts(),
            caseCount: members.count, terms: trial.recipe.terms, termCount: vocabulary.count,
            cost: trial.recipe.cost, balance: trial.recipe.balance,
            calibrations: calibrations.values, threshold: calibrations.threshold,
            figures: calibrations.figures, folds: options.folds, head: head?.description)
        return TrainedClassifier(
            description: description, vocabulary: vocabulary, weights: weights,
            constants: constants, head: head?.weights ?? [])
    }

    private func learn(
        _ rows: SparseRows, _ members: [Int], _ recipe: Recipe
    ) throws -> (weights: [Float], constants: [Float]) {
        let charges = cases.charges.count
        let labels = members.map { cases.labels[$0] }
        var counts = [Int](repeating: 0, count: charges)
        for label in labels { for charge in label { counts[charge] += 1 } }
        let costs = counts.map {
            recipe.costs(count: $0, total: members.count, charges: charges)
        }
        let groups = stride(from: 0, to: charges, by: LinearMachines.lanes).map {
            $0..<min($0 + LinearMachines.lanes, charges)
        }
        var weights = [Float](repeating: 0, count: rows.width * charges)
        // A charge that no chosen case has is never said.
        var constants = [Float](repeating: -2, count: charges)
        // As many groups at a time as there are workers: who waits sees it go on.
        for start in stride(from: 0, to: groups.count, by: Parallelism.workers) {
            progress(.learning(done: groups[start].lowerBound, total: charges))
            let round = groups[start..<min(start + Parallelism.workers, groups.count)]
            let learned = try Parallelism.map(round.count) { [isCancelled] number in
                let group = groups[start + number]
                return try LinearMachines(
                    group, rows: rows, members: Array(0..<members.count), labels: labels,
                    costs: Array(costs[group]), isCancelled: isCancelled)
            }
            weights.withUnsafeMutableBufferPointer { weights in
                for machines in learned {
                    for charge in machines.charges where costs[charge] != nil {
                        machines.copy(
                            charge: charge, to: weights, stride: charges, constants: &constants)
                    }
                }
            }
        }
        progress(.learning(done: charges, total: charges))
        return (weights, constants)
    }
}

/// Learns by a recipe from some of the rows, to judge the others.
private struct RecipeLearner: FoldLearner {
    static var chargesTogether: Int { LinearMachines.lanes }

    let recipe: ClassifierTrainer.Recipe
    let rows: SparseRows
    let labels: [[Int]]
    /// How many there are in all.
    let charges: Int
    let isCancelled: @Sendable () -> Bool

    func margins(
        of judged: [Int], for group: Range<Int>, taughtBy taught: [Int], counts: [Int]
    ) throws -> [Float] {
        let costs = counts.map {
            recipe.costs(count: $0, total: taught.count, charges: charges)
        }
        return try LinearMachines(
            group, rows: rows, members: taught, labels: labels, costs: costs,
            isCancelled: isCancelled
        ).margins(of: judged, in: rows)
    }
}
