internal import LegalCases

/// How well charges and terms are told, with baselines beside them.
package struct CaseEvaluationReport: Encodable, Sendable {
    package let schemaVersion = 1
    package var cases: Int
    /// Lines of the file that are no cases, or whose fact cannot be judged.
    package var bad: Int
    /// The likeliest charge against the case's first, 0…1.
    package var accuracy: Double
    package var macroF1: Double
    package var microF1: Double
    /// Sets of charges: all of the case's and no other.
    package var exactShare: Double
    /// CAIL2018's scores, 0…1.
    package var cailChargeScore: Double
    package var cailTermScore: Double?
    package var majorityAccuracy: Double
    package var majorityMacroF1: Double
    package var nearestAccuracy: Double?
    package var nearestMacroF1: Double?
    package var termMonthsMedianError: Double?
    /// CAIL2018's term score of the charge's median term, and of the nearest case's.
    package var medianTermScore: Double?
    package var nearestTermScore: Double?
    package var millisecondsPerFact: Double

    enum CodingKeys: String, CodingKey {
        case cases, bad, accuracy
        case schemaVersion = "schema_version"
        case macroF1 = "macro_f1"
        case microF1 = "micro_f1"
        case exactShare = "exact_share"
        case cailChargeScore = "cail_charge_score"
        case cailTermScore = "cail_term_score"
        case majorityAccuracy = "majority_accuracy"
        case majorityMacroF1 = "majority_macro_f1"
        case nearestAccuracy = "nearest_accuracy"
        case nearestMacroF1 = "nearest_macro_f1"
        case termMonthsMedianError = "term_months_median_error"
        case medianTermScore = "median_term_score"
        case nearestTermScore = "nearest_term_score"
        case millisecondsPerFact = "milliseconds_per_fact"
    }
}

extension Application {
    /// Judges every case of a file whose outcome is known. Cases whose fact is also in the library
    /// are never their own precedents.
    /// - Parameter findsPrecedents: terms and nearest cases too, which takes a search a case.
    package func evaluateCases(
        _ path: String, findsPrecedents: Bool = true,
        progress: (_ done: Int) -> Void, isCancelled: () -> Bool
    ) throws -> CaseEvaluationReport {
        try Failure.translating {
            let library = try CaseLibrary(root: configuration.casesPath)
            let models = try CaseModels(
                of: library, searches: findsPrecedents, encoder: installedFactEncoder)
            guard let classifier = models.classifier else {
                throw LegalCaseError.noClassifier(path: library.paths.classifier)
            }
            var evaluation = CaseEvaluation(
                library: library, classifier: classifier,
                search: findsPrecedents ? PrecedentSearch(library, models) : nil)
            let bad = try CaseFile.forEachCase(inFileAt: path) { record in
                guard !isCancelled() else { throw CancellationError() }
                try evaluation.add(record)
                progress(evaluation.count)
            }
            guard evaluation.count > 0 else {
                throw Failure(.badData, "\(path) has no case that can be judged.")
            }
            return try evaluation.report(bad: bad)
        }
    }
}

extension CaseEvaluation {
    fileprivate func report(bad: Int) throws -> CaseEvaluationReport {
        let figures = figures
        let sets = setFigures
        let majority = try majorityFigures()
        return CaseEvaluationReport(
            cases: count, bad: bad + foreign, accuracy: rounded(figures.accuracy),
            macroF1: rounded(figures.macroF1), microF1: rounded(figures.microF1),
            exactShare: rounded(sets.exactShare), cailChargeScore: rounded(sets.cailScore),
            cailTermScore: termScore.map(rounded), majorityAccuracy: rounded(majority.accuracy),
            majorityMacroF1: rounded(majority.macroF1),
            nearestAccuracy: nearestFigures.map { rounded($0.accuracy) },
            nearestMacroF1: nearestFigures.map { rounded($0.macroF1) },
            termMonthsMedianError: medianMonthsError.map(rounded),
            medianTermScore: medianTermScore.map(rounded),
            nearestTermScore: nearestTermScore.map(rounded),
            millisecondsPerFact: rounded(classifySeconds * 1000 / Double(count)))
    }
}
