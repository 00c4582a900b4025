import Checkpoints
import Embedders
import Foundation
import Tensors
import TestSupport
import Testing

@testable import LegalCases

/// Where the committed numbers of scikit-learn lie: training/cases/golden.py makes them.
enum Golden {
    static func path(_ name: String) throws -> String {
        let url = try #require(
            Bundle.module.url(forResource: "Goldens", withExtension: nil))
        return url.appendingPathComponent(name).path
    }

    static func decoded<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static func cases(_ name: String) throws -> [CaseRecord] {
        var records: [CaseRecord] = []
        try CaseFile.forEachCase(inFileAt: path(name)) { records.append($0) }
        return records
    }
}

@Suite struct TermVocabularyTests {
    private struct File: Decodable {
        struct Case: Decodable {
            var sublinear: Bool
            var vectors: [[String: Float]]
        }

        var facts: [String]
        var cases: [Case]
    }

    @Test(arguments: [0, 1]) func vectorsEqualThoseOfScikitLearn(_ number: Int) throws {
        let file = try Golden.decoded("tfidf.json", as: File.self)
        let golden = file.cases[number]
        var settings = TermSettings()
        settings.isSublinear = golden.sublinear
        let terms = try FactTerms(settings)
        let counts = try file.facts.map { try terms.counts(of: $0) }
        var table = CountTable()
        for entries in counts { for entry in entries { table.add(entry.key) } }
        let vocabulary = TermVocabulary(
            caseFrequencies: table, cases: file.facts.count, minimumCases: 1, limit: 1 << 20)
        var largest: Float = 0
        for (entries, expected) in zip(counts, golden.vectors) {
            let vector = vocabulary.vector(of: entries, isSublinear: golden.sublinear)
            let found = Dictionary(
                uniqueKeysWithValues: zip(vector.numbers, vector.values).map {
                    (Self.name(of: vocabulary.keys[Int($0)]), $1)
                })
            #expect(Set(found.keys) == Set(expected.keys))
            for (name, value) in expected {
                largest = max(largest, abs(value - (found[name] ?? 0)))
            }
        }
        #expect(largest < 1e-6, "the largest difference is \(largest)")
    }

    /// The characters of a key.
    private static func name(of key: UInt64) -> String {
        let scalars = [key >> 42 & 0x1F_FFFF, key >> 21 & 0x1F_FFFF, key & 0x1F_FFFF]
            .filter { $0 > 0 }
            .compactMap { Unicode.Scalar(UInt32($0)) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    @Test func aTableOfCountsGrows() {
        var table = CountTable(capacity: 4)
        for round in 0..<3 { for key in 0..<1000 { table.add(UInt64(key), UInt32(round + 1)) } }
        #expect(table.count == 1000)
        #expect(table.entries.allSatisfy { $0.count == 6 })
        table.clear()
        #expect(table.entries.isEmpty)
        table.add(7)
        #expect(table.entries.map(\.key) == [7])
    }
}

@Suite struct ClassifierTests {
    private struct Reference: Decodable {
        var accuracy: Double
        var macroF1: Double

        enum CodingKeys: String, CodingKey {
            case accuracy
            case macroF1 = "macro_f1"
        }
    }

    private static func trained(_ records: [CaseRecord]) throws -> TrainedClassifier {
        let cases = TrainingCases(records.map { ($0.fact, $0.charges) })
        return try ClassifierTrainer(cases).train(library: "a library")
    }

    private static func written(
        _ trained: TrainedClassifier, in folder: TemporaryFolder
    ) throws -> LinearChargeClassifier {
        let path = folder.path("charges.model")
        try trained.write(to: path)
        return try LinearChargeClassifier(path: path, library: trained.description.library)
    }

    @Test func chargesAreToldAtLeastAsWellAsByScikitLearn() throws {
        let reference = try Golden.decoded("linear-svc.json", as: Reference.self)
        let folder = try TemporaryFolder()
        let classifier = try Self.written(Self.trained(Golden.cases("train.jsonl")), in: folder)
        let tests = try Golden.cases("test.jsonl")
        let said = try tests.map { try classifier.judgement(of: $0.fact).charges[0].name }
        let figures = ChargeFigures(said: said, truth: tests.map { $0.charges[0] })
        #expect(figures.accuracy >= reference.accuracy, "\(figures)")
        #expect(figures.macroF1 >= reference.macroF1, "\(figures)")
    }

    private static let small: [CaseRecord] = (0..<40).map { number in
        number % 2 == 0
            ? CaseRecord(fact: "被告人翻墙入室窃取现金\(number)元后逃离", charges: ["盗窃"])
            : CaseRecord(
                fact: "被告人持刀将被害人砍伤致轻伤\(number)级",
                charges: number % 10 == 1 ? ["故意伤害", "盗窃"] : ["故意伤害"])
    }

    @Test func theSameCasesGiveTheSameFile() throws {
        let first = try TemporaryFolder()
        let second = try TemporaryFolder()
        _ = try Self.written(Self.trained(Self.small), in: first)
        _ = try Self.written(Self.trained(Self.small), in: second)
        let files = try [first, second].map {
            try Data(contentsOf: URL(fileURLWithPath: $0.path("charges.model")))
        }
        #expect(files[0] == files[1])
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let records = try Golden.cases("train.jsonl")
        let alone = try TemporaryFolder()
        let together = try TemporaryFolder()
        Parallelism.configure(workers: 3)
        _ = try Parallelism.$limit.withValue(1) {
            try Self.written(Self.trained(records), in: alone)
        }
        _ = try Self.written(Self.trained(records), in: together)
        let files = try [alone, together].map {
            try Data(contentsOf: URL(fileURLWithPath: $0.path("charges.model")))
        }
        #expect(files[0] == files[1])
    }

    @Test func probabilitiesFallAndLieBetweenNoughtAndOne() throws {
        let folder = try TemporaryFolder()
        let classifier = try Self.written(Self.trained(Self.small), in: folder)
        let judgement = try classifier.judgement(of: "被告人翻墙入室窃取现金")
        #expect(judgement.charges.map(\.name) == ["盗窃", "故意伤害"])
        let probabilities = judgement.charges.map(\.probability)
        #expect(probabilities == probabilities.sorted(by: >))
        #expect(probabilities.allSatisfy { (0...1).contains($0) })
    }

    @Test func anotherLibrarysClassifierIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try Self.written(Self.trained(Self.small), in: folder)
        let path = folder.path("charges.model")
        #expect(throws: LegalCaseError.foreignClassifier(path: path)) {
            try LinearChargeClassifier(path: path, library: "another")
        }
    }

    @Test func aDamagedClassifierIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try Self.written(Self.trained(Self.small), in: folder)
        let path = folder.path("charges.model")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 50)) {
            var damaged = whole
            damaged[place] ^= 0x40
            try damaged.write(to: URL(fileURLWithPath: path))
            // A flip in what fills up between sections harms nothing and is not found.
            guard let read = try? LinearChargeClassifier(path: path, library: "a library") else {
                continue
            }
            #expect(read.charges == ["盗窃", "故意伤害"])
        }
        try whole.prefix(whole.count - 1).write(to: URL(fileURLWithPath: path))
        #expect(throws: LegalCaseError.self) {
            try LinearChargeClassifier(path: path, library: "a library")
        }
    }

    @Test func oneChargeIsNothingToTellApart() {
        let records = Self.small.filter { $0.charges == ["盗窃"] }
        #expect(throws: LegalCaseError.tooFewCharges(found: ["盗窃"])) {
            try Self.trained(records)
        }
        #expect(throws: LegalCaseError.tooFewCharges(found: [])) { try Self.trained([]) }
    }

    @Test func factsThatCannotBeJudgedAreRefused() throws {
        let folder = try TemporaryFolder()
        let classifier = try Self.written(Self.trained(Self.small), in: folder)
        #expect(throws: LegalCaseError.emptyFact) { try classifier.judgement(of: " \n") }
        let long = String(repeating: "被", count: 400_000)
        #expect(throws: LegalCaseError.factTooLong(bytes: 1_200_000, limit: FactText.limit)) {
            try classifier.judgement(of: long)
        }
        let error = #expect(throws: LegalCaseError.self) {
            try classifier.judgement(of: "The secret defendant broke into a warehouse.")
        }
        #expect(error.map { "\($0)" }?.contains("secret") == false)
    }

    private static func embeddings(
        _ rows: @escaping (Int) -> [Float]?
    ) -> FactEmbeddings {
        FactEmbeddings(encoder: "counting", fingerprint: "counting-1") { cases in
            let found = cases.map(rows)
            return found.contains { $0 == nil } ? nil : found.compactMap { $0 }
        }
    }

    @Test func aMixIsUsedOnlyWhereItWins() throws {
        // The words of the facts say nothing; the embeddings say all.
        let cases = TrainingCases(
            (0..<60).map { (fact: "被告人某某案\($0 / 2 % 7)", charges: [$0 % 2 == 0 ? "甲" : "乙"]) })
        let telling = try ClassifierTrainer(cases)
            .train(library: "l", embeddings: Self.embeddings { $0 % 2 == 0 ? [1, 0] : [0, 1] })
        let head = try #require(telling.description.head)
        #expect(head.isUsed && head.gain >= SecondHead.leastGain)
        #expect(head.figures.accuracy == 1)
        #expect(head.mixedFigures.accuracy > telling.description.figures.accuracy)
        let noise = TrainingCases(Self.small.map { ($0.fact, $0.charges) })
        let plain = try ClassifierTrainer(noise)
            .train(library: "l", embeddings: Self.embeddings { _ in [1, 0] })
        #expect(plain.description.head?.isUsed == false)
        #expect(plain.head.isEmpty)
        // Half of an import that was stopped: nothing to learn from.
        let half = try ClassifierTrainer(noise)
            .train(library: "l", embeddings: Self.embeddings { $0 < 20 ? [1, 0] : nil })
        #expect(half.description.head == nil)
    }

    /// Tells two kinds of facts apart by a character that no case of the training has.
    private struct MarkEncoder: FactEncoder {
        let name = "mark"
        var fingerprint = "counting-1"
        let dimension = 2
        let window = 100

        func embed(_ texts: [String]) throws -> [[Float]] {
            texts.map { $0.contains("钱") ? [1, 0] : [0, 1] }
        }
    }

    @Test func theMixReadsTheEmbeddingOfTheFact() throws {
        let cases = TrainingCases(
            (0..<60).map { (fact: "被告人某某案\($0 / 2 % 7)", charges: [$0 % 2 == 0 ? "甲" : "乙"]) })
        let trained = try ClassifierTrainer(cases).train(
            library: "a library", embeddings: Self.embeddings { $0 % 2 == 0 ? [1, 0] : [0, 1] })
        let folder = try TemporaryFolder()
        let linear = try Self.written(trained, in: folder)
        let mixed = try #require(try MixedChargeClassifier(linear, encoder: MarkEncoder()))
        #expect(try mixed.judgement(of: "被告人某某案1钱").chosen.map(\.name) == ["甲"])
        #expect(try mixed.judgement(of: "被告人某某案1").chosen.map(\.name) == ["乙"])
        #expect(throws: LegalCaseError.emptyFact) { try mixed.judgement(of: " ") }
        let other = MarkEncoder(fingerprint: "another model's")
        #expect(try MixedChargeClassifier(linear, encoder: other) == nil)
    }
}

@Suite struct CheckpointChargeClassifierTests {
    private struct Expected: Decodable {
        var facts: [String]
        var single: [[Float]]
        var multiple: [[Float]]
    }

    /// The golden folder with other settings.
    private static func model(
        _ folder: TemporaryFolder, _ change: (inout [String: Any]) -> Void
    ) throws -> ModelDirectory {
        let path = folder.path("model")
        try FileManager.default.copyItem(atPath: Golden.path("checkpoint"), toPath: path)
        let file = URL(fileURLWithPath: path + "/config.json")
        var settings = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        change(&settings)
        try JSONSerialization.data(withJSONObject: settings).write(to: file)
        return try ModelDirectory(path: path)
    }

    @Test(arguments: [false, true]) func probabilitiesAreThoseOfTransformers(
        allowsSeveral: Bool
    ) throws {
        let expected = try Golden.decoded("checkpoint/expected.json", as: Expected.self)
        let folder = try TemporaryFolder()
        let directory = try Self.model(folder) {
            if allowsSeveral { $0["problem_type"] = "multi_label_classification" }
        }
        let network = try TextClassifier(model: directory)
        #expect(network.allowsSeveral == allowsSeveral)
        let found = try network.probabilities(of: expected.facts)
        var largest: Float = 0
        for (row, golden) in zip(found, allowsSeveral ? expected.multiple : expected.single) {
            for (value, other) in zip(row, golden) { largest = max(largest, abs(value - other)) }
        }
        #expect(largest < 1e-4, "the largest difference is \(largest)")
        let classifier = try CheckpointChargeClassifier(network, path: directory.path)
        #expect(classifier.charges == ["盗窃", "故意伤害", "抢劫"])
        let judgement = try classifier.judgement(of: expected.facts[0])
        #expect(judgement.charges.map(\.name) == ["盗窃", "抢劫", "故意伤害"])
        #expect(judgement.chosen.map(\.name) == (allowsSeveral ? ["盗窃", "抢劫"] : ["盗窃"]))
    }

    private static let labels: [[String: String]] = [
        [:], ["0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"],
        ["0": "盗窃", "1": "盗窃罪", "2": "抢劫"],
    ]

    @Test(arguments: labels) func labelsThatAreNoChargesAreRefused(
        _ labels: [String: String]
    ) throws {
        let folder = try TemporaryFolder()
        let directory = try Self.model(folder) { $0["id2label"] = labels }
        #expect(throws: LegalCaseError.noChargeLabels(path: directory.path)) {
            try CheckpointChargeClassifier(
                TextClassifier(model: directory), path: directory.path)
        }
    }
}

@Suite struct CalibrationTests {
    @Test func probabilitiesMatchHowOftenItIsTrue() {
        // Of margin +1 three in four are true, of margin −1 one in four.
        let margins = (0..<400).map { Float($0 % 2 == 0 ? 1 : -1) }
        let truth = (0..<400).map { $0 % 8 < 6 ? $0 % 2 == 0 : $0 % 2 == 1 }
        let fitted = Calibration(margins: margins, isPositive: truth)
        #expect(abs(fitted.probability(1) - 0.75) < 0.01)
        #expect(abs(fitted.probability(-1) - 0.25) < 0.01)
        #expect(fitted.probability(1e9) == 1)
        #expect(fitted.probability(-1e9) == 0)
    }
}

@Suite struct ChargeFiguresTests {
    @Test func figuresAreThoseOfTheirDefinition() {
        // By hand: a 2/3 (right 1, said 1, true 2), b 1/2 → f1 a = 2/3, b = 2/3, c = 0.
        let figures = ChargeFigures(said: ["a", "b", "b"], truth: ["a", "a", "b"])
        #expect(abs(figures.accuracy - 2.0 / 3) < 1e-12)
        #expect(abs(figures.macroF1 - 2.0 / 3) < 1e-12)
        #expect(abs(figures.microF1 - 2.0 / 3) < 1e-12)
        let sets = SetFigures(said: [["a", "b"], ["c"]], truth: [["a"], ["c"]])
        #expect(sets.exactShare == 0.5)
        #expect(abs(sets.microF1 - 0.8) < 1e-12)
        #expect(abs(sets.macroF1 - 2.0 / 3) < 1e-12)
    }

    private static let terms: [(said: Sentence, truth: Sentence, score: Double)] = [
        (Sentence(months: 12), Sentence(months: 12), 1),
        (Sentence(months: 12), Sentence(months: 15), 0.8),
        (Sentence(months: 6), Sentence(months: 12), 0.4),
        (Sentence(months: 1), Sentence(months: 12), 0),
        (Sentence(isLife: true), Sentence(isLife: true), 1),
        (Sentence(months: 120), Sentence(isLife: true), 0),
        (Sentence(isDeath: true), Sentence(isLife: true), 0),
    ]

    @Test(arguments: terms)
    func termsScoreByHowManyTimesTooLong(said: Sentence, truth: Sentence, score: Double) {
        #expect(TermScore.score(said: said, truth: truth) == score)
    }
}
