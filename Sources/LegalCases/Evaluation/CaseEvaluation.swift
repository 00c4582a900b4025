internal import SQLite

/// Judges cases whose outcome is known, and counts.
package struct CaseEvaluation {
    private let library: CaseLibrary
    private let classifier: any ChargeClassifier
    private let search: PrecedentSearch?

    private var truth: [[String]] = []
    private var said: [String] = []
    private var saidSets: [[String]] = []
    private var nearest: [String] = []
    private var termScores: [Double] = []
    private var nearestTermScores: [Double] = []
    private var medianTermScores: [Double] = []
    private var monthsErrors: [Int] = []
    private var medians: [String: Int] = [:]
    /// Facts that are not in the language of the library.
    package private(set) var foreign = 0
    package private(set) var classifySeconds = 0.0

    /// - Parameter search: nil to leave out terms and the nearest case.
    package init(
        library: CaseLibrary, classifier: any ChargeClassifier, search: PrecedentSearch?
    ) {
        self.library = library
        self.classifier = classifier
        self.search = search
    }

    package var count: Int { truth.count }

    /// A fact that cannot be judged counts as foreign and no further.
    package mutating func add(_ record: CaseRecord) throws {
        let clock = ContinuousClock.now
        let judgement: ChargeJudgement
        do {
            judgement = try classifier.judgement(of: record.fact)
        } catch LegalCaseError.foreignFact {
            foreign += 1
            return
        }
        classifySeconds += clock.duration(to: .now) / .seconds(1)
        truth.append(record.charges)
        said.append(judgement.charges[0].name)
        saidSets.append(judgement.chosen.map(\.name))
        guard let search else { return }
        try addPrecedents(record, judgement, search)
    }

    private mutating func addPrecedents(
        _ record: CaseRecord, _ judgement: ChargeJudgement, _ search: PrecedentSearch
    ) throws {
        var query = PrecedentQuery(fact: record.fact)
        if let own = try library.id(of: record.digest) { query.excluded = [own] }
        let answer = try search.search(query)
        let charge = judgement.charges[0].name
        let median = try medians[charge] ?? library.medianMonths(ofCharge: charge) ?? 0
        medians[charge] = median
        medianTermScores.append(
            TermScore.score(said: Sentence(months: median), truth: record.sentence))
        // The nearest case of the whole library, by words alone: no classifier helps it.
        let alone = try search.nearest(record.fact, excluding: query.excluded)
        nearest.append(alone?.record.charges[0] ?? "")
        nearestTermScores.append(
            TermScore.score(
                said: alone?.record.sentence ?? Sentence(), truth: record.sentence))
        guard
            let estimate = PrecedentEstimate.estimate(
                from: answer.precedents, likeliestCharge: charge, fact: record.fact)
        else {
            termScores.append(0)
            return
        }
        termScores.append(
            TermScore.score(said: estimate.outcome.sentence, truth: record.sentence))
        if !record.sentence.isLife, !record.sentence.isDeath {
            monthsErrors.append(abs(estimate.outcome.months - record.sentence.months))
        }
    }

    // MARK: Figures

    package var figures: ChargeFigures {
        ChargeFigures(said: said, truth: truth.map { $0[0] })
    }

    package var setFigures: SetFigures { SetFigures(said: saidSets, truth: truth) }

    /// Always the library's commonest charge.
    package func majorityFigures() throws -> ChargeFigures {
        let commonest = try library.charges().first?.name ?? ""
        return ChargeFigures(
            said: [String](repeating: commonest, count: count), truth: truth.map { $0[0] })
    }

    /// Nil when no precedents were looked for.
    package var nearestFigures: ChargeFigures? {
        nearest.isEmpty ? nil : ChargeFigures(said: nearest, truth: truth.map { $0[0] })
    }

    package var termScore: Double? { Self.mean(termScores) }
    package var nearestTermScore: Double? { Self.mean(nearestTermScores) }
    package var medianTermScore: Double? { Self.mean(medianTermScores) }

    package var medianMonthsError: Double? {
        monthsErrors.isEmpty
            ? nil
            : WeightedMedian.quantile(0.5, of: monthsErrors.map { (Double($0), 1) })
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

extension PrecedentSearch {
    /// The one case of the whole library whose words are nearest.
    func nearest(_ fact: String, excluding excluded: Set<Int64>) throws -> StoredCase? {
        let found = try index.search(try FactText.checked(fact), top: 1 + excluded.count)
        guard let best = found.first(where: { !excluded.contains($0.id) }) else { return nil }
        return try library.cases([best.id]).first
    }
}

extension CaseLibrary {
    /// The case with a fact of this digest.
    func id(of digest: [UInt8]) throws -> Int64? {
        try connection.statement("SELECT id FROM cases WHERE digest = ?1")
            .first(digest) { $0.int(0) }
    }
}
