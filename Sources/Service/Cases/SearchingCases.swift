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
    /// The library of cases with what a question needs, opened for one.
    /// - Parameter searches: reads the index of texts, which takes a while for a large library.
    package func caseSession(searches: Bool = true) throws -> CaseSession {
        try Failure.translating {
            let library = try CaseLibrary(root: configuration.casesPath)
            return CaseSession(
                self, library,
                try CaseModels(of: library, searches: searches, encoder: installedFactEncoder))
        }
    }

    /// Nil where no language model is configured. A prompt in the library's folder goes first.
    fileprivate func outcomePredictor() throws -> OutcomePredictor? {
        guard let model = try languageModel() else { return nil }
        let folders = [configuration.casesPath + "/prompts"] + configuration.promptFolders
        return OutcomePredictor(
            model: model,
            prompt: try PromptFolders(folders).template(OutcomePredictor.promptKind))
    }
}

/// A library of cases that is open for questions. Used by one thread at a time.
package final class CaseSession {
    private let application: Application
    private let search: PrecedentSearch
    private let library: CaseLibrary
    private let models: CaseModels

    init(_ application: Application, _ library: CaseLibrary, _ models: CaseModels) {
        self.application = application
        self.library = library
        self.models = models
        search = PrecedentSearch(library, models)
    }

    /// The nearest decided cases.
    package func search(_ request: PrecedentRequest) throws -> PrecedentsDocument {
        try Failure.translating {
            let clock = ContinuousClock.now
            let answer = try search.search(query(request))
            return PrecedentsDocument(
                answer, by: models.method, milliseconds: clock.duration(to: .now) / .milliseconds(1)
            )
        }
    }

    /// The likeliest charges of a fact.
    /// - Parameter top: how many are listed, 1 or more.
    package func classify(_ fact: String, top: Int) throws -> ClassificationDocument {
        try Failure.translating {
            let fact = try FactText.checked(fact)
            guard let classifier = models.classifier else {
                throw LegalCaseError.noClassifier(path: library.paths.classifier)
            }
            let clock = ContinuousClock.now
            let judgement = try classifier.judgement(of: fact)
            return ClassificationDocument(
                judgement, by: models.method, top: top,
                milliseconds: clock.duration(to: .now) / .milliseconds(1))
        }
    }

    /// What a case may lead to: from its precedents, or from a language model that is shown them.
    package func predict(
        _ request: PrecedentRequest, isCancelled: () -> Bool
    ) throws -> PredictionDocument {
        try Failure.translating {
            let clock = ContinuousClock.now
            let answer = try search.search(query(request))
            let found = PrecedentsDocument(
                answer, by: models.method, milliseconds: clock.duration(to: .now) / .milliseconds(1)
            )
            guard !answer.precedents.isEmpty else {
                throw Failure(
                    .noInput,
                    "No case that passes the filters resembles the fact, so there is nothing to "
                        + "estimate from.")
            }
            if let predictor = try application.outcomePredictor() {
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
    /// The encoder of that name, where it is installed.
    func installedFactEncoder(_ name: String) throws -> (any FactEncoder)? {
        try modelPath(name).map { try factEncoder(named: name, at: $0) }
    }

    func factEncoder(named name: String, at path: String) throws -> any FactEncoder {
        EncodedFacts(try TextEmbedder(model: try requireModel(path)), name: name)
    }
}
