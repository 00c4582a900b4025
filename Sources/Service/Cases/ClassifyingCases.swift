internal import Checkpoints
internal import Embedders
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
    /// The text encoder whose head was tried; nil when the library has no embeddings.
    package var encoder: String?
    /// What answers from now on: `linear`, or `mixed` where the head beside it won.
    package var classifier: String
    /// How much the encoder's head counts, 0…1; nil without an encoder.
    package var headShare: Double?
    package var headAccuracy: Double?
    package var headMacroF1: Double?
    package var mixedAccuracy: Double?
    package var mixedMacroF1: Double?
    /// By how much the mix was better in the mean of both figures, on cases its share was not
    /// chosen on, and how much it had to be.
    package var mixedGain: Double?
    package var leastGain: Double?
    package var digest: String
    package var seconds: Double

    enum CodingKeys: String, CodingKey {
        case charges, cases, terms, features, cost, balance, threshold, accuracy, folds, digest
        case seconds, encoder, classifier
        case schemaVersion = "schema_version"
        case macroF1 = "held_out_macro_f1"
        case headShare = "head_share"
        case headAccuracy = "head_accuracy"
        case headMacroF1 = "head_macro_f1"
        case mixedAccuracy = "mixed_accuracy"
        case mixedMacroF1 = "mixed_macro_f1"
        case mixedGain = "mixed_gain"
        case leastGain = "least_gain"
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
    /// `linear`; `mixed` where a head on a text encoder's embedding has its say; `checkpoint` for a
    /// network of the user's.
    package var classifier: String
    /// What else to know before believing it.
    package var notes: [String]
    package var milliseconds: Double

    enum CodingKeys: String, CodingKey {
        case charges, chosen, threshold, classifier, notes, milliseconds
        case schemaVersion = "schema_version"
        case isSure = "sure"
    }
}

extension Application {
    /// UTF-8 bytes of a fact that are read.
    package static let factLimit = FactText.limit

    /// The likeliest charges of a fact, by a trained network instead of the library's classifier.
    /// - Parameters:
    ///   - model: name or path of a folder whose labels are charges.
    ///   - top: how many are listed, 1 or more.
    package func classifyCase(
        _ fact: String, model: String, top: Int
    ) throws -> ClassificationDocument {
        try Failure.translating {
            let fact = try FactText.checked(fact)
            let directory = try requireModel(model)
            let classifier = try CheckpointChargeClassifier(
                TextClassifier(model: directory), path: directory.path)
            let clock = ContinuousClock.now
            let judgement = try classifier.judgement(of: fact)
            return ClassificationDocument(
                judgement, by: .checkpoint, top: top,
                milliseconds: clock.duration(to: .now) / .milliseconds(1))
        }
    }

    /// Trains the classifier of the library of cases.
    package func trainCases(
        progress: @escaping (CaseTrainingProgress) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
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
                encoder: description.head?.encoder,
                classifier: description.head?.isUsed ?? false ? "mixed" : "linear",
                headShare: description.head?.share,
                headAccuracy: description.head?.figures.accuracy,
                headMacroF1: description.head?.figures.macroF1,
                mixedAccuracy: description.head?.mixedFigures.accuracy,
                mixedMacroF1: description.head?.mixedFigures.macroF1,
                mixedGain: description.head.map { rounded($0.gain) },
                leastGain: description.head.map { _ in ClassifierDescription.Head.leastGain },
                digest: description.digest, seconds: clock.duration(to: .now) / .seconds(1))
        }
    }
}

extension ClassificationDocument {
    init(
        _ judgement: ChargeJudgement, by method: CaseModels.Method?, top: Int, milliseconds: Double
    ) {
        self.init(
            charges: judgement.charges.prefix(top).map {
                Charge(charge: $0.name, probability: rounded($0.probability))
            },
            chosen: judgement.chosen.map(\.name), isSure: judgement.isSure,
            threshold: judgement.threshold, classifier: method?.name ?? "",
            notes: method?.notes ?? [],
            milliseconds: rounded(milliseconds))
    }
}

extension CaseModels.Method {
    /// As JSON names it.
    var name: String {
        switch self {
        case .linear, .linearWithout: "linear"
        case .mixed: "mixed"
        case .checkpoint: "checkpoint"
        }
    }

    var notes: [String] {
        guard case .linearWithout(let encoder) = self else { return [] }
        return [
            "The classifier's second head reads the embeddings of \(encoder), and that model is not "
                + "installed or is another version now: the linear classifier answers alone. "
                + "Install it, or train again: reel cases train"
        ]
    }
}

/// With four decimals, as people read shares.
func rounded(_ number: Double) -> Double { (number * 1e4).rounded() / 1e4 }
