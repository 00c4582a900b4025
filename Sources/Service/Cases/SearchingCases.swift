internal import Embedders
internal import LanguageModels
internal import LegalCases

/// What `reel cases search` and `predict` are told.
package struct PrecedentRequest: Sendable {
    package var fact: String
    /// Charges named by the user: they take the place of the classifier's.
    package var charges: [String] = []
    package var articles: [Int] = []
    package var months: ClosedRange<Int>?
    package var years: ClosedRange<Int>?
    /// 1 or more.
    package var top = 5

    package init(fact: String) { self.fact = fact }
}

extension Application {
    /// The nearest decided cases.
    package func searchCases(_ request: PrecedentRequest) throws -> PrecedentsDocument {
        try Failure.translating { try caseSession().search(request) }
    }

    /// What a case may lead to: from its precedents, or from a language model that is shown them.
    package func predictCase(
        _ request: PrecedentRequest, isCancelled: () -> Bool
    ) throws -> PredictionDocument {
        try Failure.translating {
            try CaseSession(self, predictor: try outcomePredictor())
                .predict(request, isCancelled: isCancelled)
        }
    }

    /// Nil where no language model is configured. A prompt in the library's folder goes first.
    private func outcomePredictor() throws -> OutcomePredictor? {
        guard let model = try languageModel() else { return nil }
        let folders = [configuration.casesPath + "/prompts"] + configuration.promptFolders
        return OutcomePredictor(
            model: model,
            prompt: try PromptFolders(folders).template(OutcomePredictor.promptKind))
    }

    /// The library of cases with its models, opened once for many questions.
    package func caseSession() throws -> CaseSession {
        try Failure.translating { try CaseSession(self) }
    }
}

/// A library of cases that is open for questions. Used by one thread at a time.
package final class CaseSession {
    private let search: PrecedentSearch
    private let library: CaseLibrary
    private let classifier: LinearChargeClassifier?
    private let predictor: OutcomePredictor?

    init(_ application: Application, predictor: OutcomePredictor? = nil) throws {
        library = try CaseLibrary(root: application.configuration.casesPath)
        do {
            classifier = try library.classifier()
        } catch LegalCaseError.noClassifier {
            // Searched whole then, and the answer says so.
            classifier = nil
        }
        search = try PrecedentSearch(
            library, classifier: classifier, encoder: try application.factEncoder(for: library))
        self.predictor = predictor
    }

    package func search(_ request: PrecedentRequest) throws -> PrecedentsDocument {
        try Failure.translating {
            let clock = ContinuousClock.now
            let answer = try search.search(query(request))
            return PrecedentsDocument(
                answer, milliseconds: clock.duration(to: .now) / .milliseconds(1))
        }
    }

    package func classify(_ fact: String, top: Int) throws -> ClassificationDocument {
        try Failure.translating {
            guard let classifier else {
                throw LegalCaseError.noClassifier(path: library.paths.classifier)
            }
            let clock = ContinuousClock.now
            let judgement = try classifier.judgement(of: try FactText.checked(fact))
            return ClassificationDocument(
                judgement, top: top, milliseconds: clock.duration(to: .now) / .milliseconds(1))
        }
    }

    package func predict(
        _ request: PrecedentRequest, isCancelled: () -> Bool
    ) throws -> PredictionDocument {
        try Failure.translating {
            let clock = ContinuousClock.now
            let answer = try search.search(query(request))
            let found = PrecedentsDocument(
                answer, milliseconds: clock.duration(to: .now) / .milliseconds(1))
            guard !answer.precedents.isEmpty else {
                throw Failure(
                    .noInput,
                    "No case that passes the filters resembles the fact, so there is nothing to "
                        + "estimate from.")
            }
            if let predictor {
                return try predicted(by: predictor, request, answer, found, isCancelled)
            }
            return try estimated(request, answer, found)
        }
    }

    private func query(_ request: PrecedentRequest) -> PrecedentQuery {
        var query = PrecedentQuery(fact: request.fact)
        query.filter.charges = request.charges
        query.filter.articles = request.articles
        query.filter.months = request.months
        query.filter.years = request.years
        query.top = request.top
        return query
    }

    private func estimated(
        _ request: PrecedentRequest, _ answer: PrecedentAnswer, _ found: PrecedentsDocument
    ) throws -> PredictionDocument {
        let likeliest =
            found.searchedCharges.count == 1
            ? found.searchedCharges[0] : answer.judgement?.chosen.first?.name
        guard
            let estimate = PrecedentEstimate.estimate(
                from: answer.precedents, likeliestCharge: likeliest, fact: request.fact)
        else { preconditionFailure("There are precedents.") }
        return PredictionDocument(
            source: estimate.source.rawValue,
            note: "An estimate from \(answer.precedents.count) precedents, not a judgement.",
            outcome: OutcomeDocument(estimate.outcome, isChinese: true),
            outcomeInEnglish: OutcomeDocument(estimate.outcome, isChinese: false),
            monthsRange: [estimate.monthsRange.lowerBound, estimate.monthsRange.upperBound],
            fineRange: [estimate.fineRange.lowerBound, estimate.fineRange.upperBound],
            agreement: [:], votes: [], precedents: found)
    }

    private func predicted(
        by predictor: OutcomePredictor, _ request: PrecedentRequest, _ answer: PrecedentAnswer,
        _ found: PrecedentsDocument, _ isCancelled: () -> Bool
    ) throws -> PredictionDocument {
        let prediction = try predictor.predict(
            fact: request.fact, charges: answer.judgement?.chosen.map(\.name) ?? [],
            precedents: answer.precedents, isCancelled: isCancelled)
        let merged = prediction.merged
        let valid = prediction.votes.count { $0.outcome != nil }
        return PredictionDocument(
            source: OutcomeEstimate.Source.languageModel.rawValue,
            note: "Merged from \(valid) of \(prediction.votes.count) answers of a language model "
                + "that saw \(answer.precedents.count) precedents; not a judgement.",
            outcome: OutcomeDocument(merged.outcome, isChinese: true),
            outcomeInEnglish: OutcomeDocument(merged.outcome, isChinese: false),
            monthsRange: [merged.monthsRange.lowerBound, merged.monthsRange.upperBound],
            fineRange: [merged.fineRange.lowerBound, merged.fineRange.upperBound],
            agreement: Dictionary(
                uniqueKeysWithValues: merged.agreement.map { ($0.english, rounded($1)) }),
            votes: prediction.votes.map { vote in
                PredictionDocument.Vote(
                    temperature: vote.temperature,
                    outcome: vote.outcome.map { OutcomeDocument($0, isChinese: true) },
                    fault: vote.fault,
                    dissents: OutcomeKey.allCases.filter { key in
                        vote.outcome.map { !key.agrees($0, merged.outcome) } ?? false
                    }.map(\.rawValue))
            }, precedents: found)
    }
}

extension Application {
    /// The encoder that the library's vectors were made with, where it is installed.
    func factEncoder(for library: CaseLibrary) throws -> (any FactEncoder)? {
        guard let name = try library.encoder()?.name, let path = try modelPath(name) else {
            return nil
        }
        return try factEncoder(named: name, at: path)
    }

    func factEncoder(named name: String, at path: String) throws -> any FactEncoder {
        EncodedFacts(try TextEmbedder(model: try requireModel(path)), name: name)
    }
}
