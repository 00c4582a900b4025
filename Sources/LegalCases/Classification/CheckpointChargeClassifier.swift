package import Embedders

/// A trained network whose labels are charges: an encoder with a score head from a Hugging Face
/// folder, with or without a low-rank adapter.
package struct CheckpointChargeClassifier: ChargeClassifier {
    private let classifier: TextClassifier
    package let charges: [String]

    /// Where the labels share a probability of 1, more than half leaves no other; where they do not,
    /// it is an even chance.
    package var threshold: Double { 0.5 }

    /// - Parameter path: named when the labels are no charges.
    /// - Throws: `noChargeLabels`.
    package init(_ classifier: TextClassifier, path: String) throws {
        let names = classifier.labels.map(ChargeName.canonical)
        let isNamed = !names.contains { $0.isEmpty || $0.hasPrefix("LABEL_") }
        guard names.count >= 2, isNamed, Set(names).count == names.count else {
            throw LegalCaseError.noChargeLabels(path: path)
        }
        self.classifier = classifier
        charges = names
    }

    package func judgement(of fact: String) throws -> ChargeJudgement {
        let probabilities = try classifier.probabilities(of: [FactText.checked(fact)])[0]
        let judged = zip(charges, probabilities).map {
            ChargeJudgement.Charge(name: $0, probability: Double($1))
        }
        return ChargeJudgement(
            charges: judged.sorted { ($1.probability, $0.name) < ($0.probability, $1.name) },
            threshold: threshold)
    }
}
