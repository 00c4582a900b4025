/// Who says which charges a fact may lead to: a linear model today, a Hugging Face encoder or a
/// language model with a score head tomorrow.
package protocol ChargeClassifier: Sendable {
    /// Canonical names; probabilities come in their order.
    var charges: [String] { get }
    /// A charge whose probability reaches it belongs to the answer, 0…1.
    var threshold: Double { get }

    /// - Throws: `foreignFact` when the fact is not in the language of the cases it was trained on.
    func judgement(of fact: String) throws -> ChargeJudgement
}

/// How likely each charge is. Charges do not exclude one another: the sum may pass 1.
package struct ChargeJudgement: Sendable, Equatable {
    package struct Charge: Sendable, Equatable {
        package var name: String
        /// 0…1, calibrated on cases that were held out.
        package var probability: Double

        package init(name: String, probability: Double) {
            self.name = name
            self.probability = probability
        }
    }

    /// All charges, likeliest first; at least two.
    package var charges: [Charge]
    package var threshold: Double

    package init(charges: [Charge], threshold: Double) {
        self.charges = charges
        self.threshold = threshold
    }

    /// The answer: charges that reach the threshold, at most three; the likeliest if none does.
    package var chosen: [Charge] {
        let likely = charges.prefix(Self.chosenLimit).filter { $0.probability >= threshold }
        return likely.isEmpty ? Array(charges.prefix(1)) : likely
    }

    /// Whether any charge reaches the threshold.
    package var isSure: Bool { charges.first.map { $0.probability >= threshold } ?? false }

    package static let chosenLimit = 3
}

/// Checks that hold for every fact, whoever reads it.
package enum FactText {
    /// UTF-8 bytes.
    package static let limit = 256 << 10

    /// - Returns: the fact without white space at its ends.
    package static func checked(_ fact: String) throws(LegalCaseError) -> String {
        let text = fact.trimmedWhitespace
        guard !text.isEmpty else { throw .emptyFact }
        guard text.utf8.count <= limit else {
            throw .factTooLong(bytes: text.utf8.count, limit: limit)
        }
        return text
    }
}
