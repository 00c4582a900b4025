internal import Corpus
internal import Foundation

/// What a classifier's file says about itself, in its section `about`: JSON with sorted keys.
package struct ClassifierDescription: Sendable, Equatable, Codable {
    /// Of the library it was trained on.
    package var library: String
    /// SHA-256 of the sections of numbers, in hexadecimal.
    package var digest = ""
    package var charges: [String]
    /// Cases of each charge that it learned from.
    package var cases: [Int]
    package var caseCount: Int
    package var terms: TermSettings
    package var termCount: Int
    /// Of an error, against the size of the weights.
    package var cost: Double
    /// How much rare charges are favoured: errors in a charge's cases count
    /// (average cases a charge / its cases)^balance.
    package var balance: Double
    /// One for each charge.
    package var calibrations: [Calibration]
    package var threshold: Double
    /// On cases held out while settings were chosen.
    package var figures: ChargeFigures
    /// Folds of those, and cases.
    package var folds: Int
    /// Nil when the library had no embeddings to learn from.
    package var head: Head?

    enum CodingKeys: String, CodingKey {
        case library, digest, charges, cases, terms, cost, balance, calibrations, threshold,
            figures, folds, head
        case caseCount = "case_count"
        case termCount = "term_count"
    }

    /// The second head, and how it did beside the linear classifier.
    package struct Head: Sendable, Equatable, Codable {
        /// The text encoder whose embeddings it reads.
        package var encoder: String
        package var fingerprint: String
        /// How much the head counts in a charge's margin, 0…1; 0 when the mix did not win.
        package var share: Double
        /// Brings the head's margins to the size of the linear ones.
        var scale: Double
        /// Of the mix, one for each charge; empty when it did not win.
        var calibrations: [Calibration]
        var threshold: Double
        /// On the held-out cases: of the head alone, and of the best mix, used or not.
        package var figures: ChargeFigures
        package var mixedFigures: ChargeFigures
        /// By how much the mix was better, in the mean of accuracy and macro-F1, on the held-out
        /// cases that its share was not chosen on.
        package var gain: Double

        package var isUsed: Bool { share > 0 }

        /// What the gain has to be for the mix to be used.
        package static var leastGain: Double { SecondHead.leastGain }

        enum CodingKeys: String, CodingKey {
            case encoder, fingerprint, share, scale, calibrations, threshold, figures, gain
            case mixedFigures = "mixed_figures"
        }
    }
}

/// A trained classifier before it is a file.
struct TrainedClassifier: Sendable {
    var description: ClassifierDescription
    var vocabulary: TermVocabulary
    /// Terms × charges.
    var weights: [Float]
    /// One a charge.
    var constants: [Float]
    /// Encoder's dimension × charges, then one constant a charge; empty without a head.
    var head: [Float]

    /// The file `charges.model`, a `CheckedFile`: `about` (JSON), `keys` (UInt64, ascending),
    /// `frequencies` (Float32, inverse document frequency of each key), `weights` (Float32, terms ×
    /// charges: what a fact needs lies together), `constants` (Float32) and, with an encoder,
    /// `head` (Float32, (dimension + 1) × charges).
    static let kind = CheckedFile.Kind(magic: "REELCHRG", version: 1)

    func write(to path: String) throws {
        var sections = [
            CheckedFile.Section("keys", numbers: vocabulary.keys),
            CheckedFile.Section("frequencies", numbers: vocabulary.inverseFrequencies),
            CheckedFile.Section("weights", numbers: weights),
            CheckedFile.Section("constants", numbers: constants),
        ]
        if !head.isEmpty { sections.append(CheckedFile.Section("head", numbers: head)) }
        var hash = SHA256()
        for section in sections { section.bytes.withUnsafeBytes { hash.update($0) } }
        var description = description
        description.digest = hexadecimal(hash.finalize())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        sections.insert(
            CheckedFile.Section("about", Array(try encoder.encode(description))), at: 0)
        try CheckedFile.write(Self.kind, sections, to: path)
    }
}

/// The linear classifier of a library, read from its file.
package final class LinearChargeClassifier: ChargeClassifier {
    package let description: ClassifierDescription
    private let vocabulary: TermVocabulary
    private let file: CheckedFile

    /// Below this share of known terms a text is in another language than the cases.
    static let leastKnownShare = 0.3

    package var charges: [String] { description.charges }
    package var threshold: Double { description.threshold }

    /// - Parameter library: identity of the library that it must have been trained on.
    package init(path: String, library: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LegalCaseError.noClassifier(path: path)
        }
        let file = try CheckedFile(path: path, kind: TrainedClassifier.kind)
        let about = try file.section("about")
        guard
            let description = try? JSONDecoder().decode(
                ClassifierDescription.self, from: Data(about))
        else {
            throw LegalCaseError.damagedFile(path: path, problem: "it does not describe itself")
        }
        guard description.library == library else {
            throw LegalCaseError.foreignClassifier(path: path)
        }
        let keys = try file.numbers("keys", of: UInt64.self, count: description.termCount)
        let frequencies = try file.numbers(
            "frequencies", of: Float.self, count: description.termCount)
        let charges = description.charges.count
        _ = try file.numbers(
            "weights", of: Float.self, count: description.termCount * charges)
        _ = try file.numbers("constants", of: Float.self, count: charges)
        guard charges >= 2, description.calibrations.count == charges,
            zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }),
            description.head.map({ !$0.isUsed || $0.calibrations.count == charges }) ?? true
        else { throw LegalCaseError.damagedFile(path: path, problem: "its parts do not agree") }
        vocabulary = TermVocabulary(
            keys: Array(keys), inverseFrequencies: Array(frequencies))
        self.description = description
        self.file = file
    }

    package func judgement(of fact: String) throws -> ChargeJudgement {
        judgement(margins: try knownMargins(of: fact))
    }

    /// - Throws: `foreignFact`.
    func knownMargins(of fact: String) throws -> [Float] {
        let vector = try vector(of: fact)
        guard vector.knownShare >= Self.leastKnownShare else {
            throw LegalCaseError.foreignFact(knownShare: vector.knownShare)
        }
        return try margins(of: vector)
    }

    /// TF-IDF of the fact's known terms, of unit length.
    func vector(of fact: String) throws -> FactVector {
        let fact = try FactText.checked(fact)
        let counts = try FactTerms(description.terms).counts(of: fact)
        return vocabulary.vector(of: counts, isSublinear: description.terms.isSublinear)
    }

    /// One a charge: above 0 the linear model takes the fact for one of the charge's.
    func margins(of vector: FactVector) throws -> [Float] {
        let charges = charges.count
        let weights = try file.numbers("weights", of: Float.self)
        var margins = Array(try file.numbers("constants", of: Float.self))
        margins.withUnsafeMutableBufferPointer { margins in
            for (number, value) in zip(vector.numbers, vector.values) {
                let row = UnsafeBufferPointer(
                    rebasing: weights[Int(number) * charges..<(Int(number) + 1) * charges])
                for charge in 0..<charges { margins[charge] += row[charge] * value }
            }
        }
        return margins
    }

    func judgement(margins: [Float]) -> ChargeJudgement {
        ChargeJudgement(
            margins: margins, charges: charges, calibrations: description.calibrations,
            threshold: threshold)
    }

    /// The head's numbers: (dimension + 1) × charges, the constants last.
    func headWeights(dimension: Int) throws -> UnsafeBufferPointer<Float> {
        try file.numbers("head", of: Float.self, count: (dimension + 1) * charges.count)
    }
}

extension ChargeJudgement {
    /// - Parameters:
    ///   - margins: one a charge.
    ///   - calibrations: one a charge.
    init(
        margins: [Float], charges: [String], calibrations: [Calibration], threshold: Double
    ) {
        let judged = zip(charges.indices, margins).map { index, margin in
            (
                margin: margin,
                charge: Charge(
                    name: charges[index],
                    probability: calibrations[index].probability(Double(margin)))
            )
        }
        // Equal probabilities, as far from 0 and 1 as numbers go, stay in the order of margins.
        let sorted = judged.sorted {
            ($0.charge.probability, $0.margin) > ($1.charge.probability, $1.margin)
        }
        self.init(charges: sorted.map(\.charge), threshold: threshold)
    }
}
