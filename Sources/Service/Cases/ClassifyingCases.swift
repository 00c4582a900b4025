internal import LegalCases

/// A classifier that was just trained, for people and as JSON.
package struct CaseTrainingReport: Encodable, Sendable {
    package let schemaVersion = 1
    package var charges: Int
    package var cases: Int
    package var terms: Int
    /// `1–2 characters`, with words or without.
    package var features: String
    package var cost: Double
    package var balance: Double
    package var threshold: Double
    /// On cases held out in folds, 0…1.
    package var accuracy: Double
    package var macroF1: Double
    package var folds: Int
    /// How much the encoder's head counts, 0…1; nil without an encoder.
    package var headShare: Double?
    package var headAccuracy: Double?
    package var mixedAccuracy: Double?
    package var digest: String
    package var seconds: Double

    enum CodingKeys: String, CodingKey {
        case charges, cases, terms, features, cost, balance, threshold, accuracy, folds, digest
        case seconds
        case schemaVersion = "schema_version"
        case macroF1 = "held_out_macro_f1"
        case headShare = "head_share"
        case headAccuracy = "head_accuracy"
        case mixedAccuracy = "mixed_accuracy"
    }
}

/// How far a training has come.
package struct CaseTrainingProgress: Sendable, Equatable {
    /// `settings tried`, `charges learned`.
    package var what: String
    package var done: Int
    package var total: Int
}

/// `reel cases classify`.
package struct ClassificationDocument: Encodable, Sendable {
    package struct Charge: Encodable, Sendable, Equatable {
        package var charge: String
        package var probability: Double
    }

    package let schemaVersion = 1
    /// Likeliest first.
    package var charges: [Charge]
    /// Those that reach the threshold, at most three; the likeliest if none does.
    package var chosen: [String]
    package var isSure: Bool
    package var threshold: Double
    package var milliseconds: Double

    enum CodingKeys: String, CodingKey {
        case charges, chosen, threshold, milliseconds
        case schemaVersion = "schema_version"
        case isSure = "sure"
    }
}

extension Application {
    /// UTF-8 bytes of a fact that are read.
    package static let factLimit = FactText.limit

    /// Trains the classifier of the library of cases.
    package func trainCases(
        progress: @escaping (CaseTrainingProgress) -> Void,
        isCancelled: @escaping () -> Bool
    ) throws -> CaseTrainingReport {
        try Failure.translating {
            let clock = ContinuousClock.now
            let library = try CaseLibrary(root: configuration.casesPath)
            let description = try LibraryTraining.train(
                library,
                progress: { step in
                    switch step {
                    case .reading: break
                    case .choosing(let done, let total):
                        progress(.init(what: "settings tried", done: done, total: total))
                    case .learning(let done, let total):
                        progress(.init(what: "charges learned", done: done, total: total))
                    }
                }, isCancelled: isCancelled)
            let terms = description.terms
            return CaseTrainingReport(
                charges: description.charges.count, cases: description.caseCount,
                terms: description.termCount,
                features: "\(terms.shortest)–\(terms.longest) characters"
                    + (terms.usesWords ? " and words" : ""),
                cost: description.cost, balance: description.balance,
                threshold: description.threshold, accuracy: description.figures.accuracy,
                macroF1: description.figures.macroF1, folds: description.folds,
                headShare: description.encoder == nil ? nil : description.headShare,
                headAccuracy: description.headFigures?.accuracy,
                mixedAccuracy: description.mixedFigures?.accuracy,
                digest: description.digest, seconds: clock.duration(to: .now) / .seconds(1))
        }
    }

    /// The likeliest charges of a fact.
    /// - Parameter top: how many are listed, 1 or more.
    package func classifyCase(_ fact: String, top: Int = 5) throws -> ClassificationDocument {
        try Failure.translating {
            let fact = try FactText.checked(fact)
            let classifier = try CaseLibrary(root: configuration.casesPath).classifier()
            let clock = ContinuousClock.now
            let judgement = try classifier.judgement(of: fact)
            return ClassificationDocument(
                judgement, top: top, milliseconds: clock.duration(to: .now) / .milliseconds(1))
        }
    }
}

extension ClassificationDocument {
    init(_ judgement: ChargeJudgement, top: Int, milliseconds: Double) {
        self.init(
            charges: judgement.charges.prefix(top).map {
                Charge(charge: $0.name, probability: rounded($0.probability))
            },
            chosen: judgement.chosen.map(\.name), isSure: judgement.isSure,
            threshold: judgement.threshold, milliseconds: rounded(milliseconds))
    }
}

/// With four decimals, as people read shares.
func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 }
