internal import Glibc

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

        /// An error's weight in a charge's cases, against one in the others'.
        func linearSettings(cases: Int, total: Int, charges: Int) -> LinearProblem.Settings {
            var settings = LinearProblem.Settings()
            settings.cost = cost
            let rarity = Double(total) / Double(max(1, charges * cases))
            settings.positiveWeight = min(32, max(0.25, pow(rarity, balance)))
            return settings
        }
    }

    static let leastCases = 10
    /// Cases without a charge that are enough to tell it from them.
    private static let othersLimit = 25_000
    /// Numbers of all weights: bounds the file and the memory, 160 MB.
    private static let weightLimit = 40_000_000
    private static let termLimit = 400_000

    let cases: TrainingCases
    let options: Options
    let progress: (Step) -> Void
    let isCancelled: () -> Bool

    /// - Throws: `tooFewCharges`, `tooFewCases`, `CancellationError`.
    init(
        _ cases: TrainingCases, _ options: Options = Options(),
        progress: @escaping (Step) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
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
        func trial(_ recipe: Recipe, _ problem: LinearProblem) throws -> Trial {
            progress(.choosing(done: done, total: total))
            done += 1
            let margins = try HeldOutMargins(
                problem, labels: labels, folds: folds, foldCount: options.folds,
                charges: cases.charges.count,
                settings: {
                    recipe.linearSettings(cases: $1, total: $2, charges: cases.charges.count)
                }, isCancelled: isCancelled)
            return Trial(recipe: recipe, margins: margins, figures: margins.figures())
        }
        var best: (trial: Trial, problem: LinearProblem)?
        for terms in candidates {
            let vocabulary = try vocabulary(of: members, terms)
            let problem = try cases.problem(of: members, vocabulary, terms)
            let found = try trial(Recipe(terms: terms), problem)
            if found.figures.quality > best?.trial.figures.quality ?? -1 {
                best = (found, problem)
            }
        }
        guard let (first, problem) = best else {
            preconditionFailure("There are settings to try.")
        }
        var winner = first
        func consider(_ recipe: Recipe) throws {
            let found = try trial(recipe, problem)
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

    /// - Parameter encoder: what made the cases' embeddings, where they have any.
    func train(
        library: String, encoder: (name: String, fingerprint: String)? = nil
    ) throws -> TrainedClassifier {
        progress(.reading)
        let chosen = cases.sample(options.choosingLimit)
        let trial = try choose(chosen)
        let head = encoder == nil ? nil : try SecondHead(self, members: chosen, beside: trial)
        let margins = head?.mixedMargins ?? trial.margins
        let calibrations = ChargeCalibrations(margins)

        let members = cases.sample(options.caseLimit)
        let vocabulary = try vocabulary(of: members, trial.recipe.terms)
        let problem = try cases.problem(of: members, vocabulary, trial.recipe.terms)
        let (weights, constants) = try learn(
            problem, members, trial.recipe, width: vocabulary.count)
        let description = ClassifierDescription(
            library: library, charges: cases.charges, cases: cases.counts(),
            caseCount: members.count, terms: trial.recipe.terms, termCount: vocabulary.count,
            cost: trial.recipe.cost, balance: trial.recipe.balance,
            calibrations: calibrations.values, threshold: calibrations.threshold,
            figures: calibrations.figures, folds: options.folds,
            encoder: encoder?.name, encoderFingerprint: encoder?.fingerprint,
            headShare: head?.share ?? 0, mixedFigures: head?.mixedFigures,
            headFigures: head?.figures)
        return TrainedClassifier(
            description: description, vocabulary: vocabulary, weights: weights,
            constants: constants, head: head?.weights ?? [])
    }

    private func learn(
        _ problem: LinearProblem, _ members: [Int], _ recipe: Recipe, width: Int
    ) throws -> (weights: [Float], constants: [Float]) {
        let charges = cases.charges.count
        let rows = Array(0..<members.count)
        var weights = [Float](repeating: 0, count: width * charges)
        // A charge that no chosen case has is never said.
        var constants = [Float](repeating: -2, count: charges)
        for charge in 0..<charges {
            progress(.learning(done: charge, total: charges))
            guard !isCancelled() else { throw CancellationError() }
            let isPositive = members.map { cases.labels[$0].contains(charge) }
            let count = isPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
            guard count > 0, count < rows.count else { continue }
            var settings = recipe.linearSettings(
                cases: count, total: rows.count, charges: charges)
            // Of many cases without the charge an even share stands for all, each for several.
            let others = rows.filter { !isPositive[$0] }
            let step = max(1, others.count / Self.othersLimit)
            settings.positiveWeight /= Double(step)
            settings.cost *= Double(step)
            let taught =
                step == 1
                ? rows
                : rows.filter { isPositive[$0] }
                    + stride(from: charge % step, to: others.count, by: step).map { others[$0] }
            let learned = try problem.weights(of: taught, isPositive: isPositive, settings)
            weights.withUnsafeMutableBufferPointer { weights in
                for term in 0..<width { weights[term * charges + charge] = learned[term] }
            }
            constants[charge] = learned[width]
        }
        progress(.learning(done: charges, total: charges))
        return (weights, constants)
    }
}
