import Foundation
import SQLite
import TestSupport
import Testing

@testable import LegalCases

/// An encoder whose vectors count a few characters: enough to tell meanings apart in tests.
struct CountingEncoder: FactEncoder {
    let name = "counting"
    let fingerprint = "counting-1"
    let dimension = 4
    let window = 20

    func embed(_ texts: [String]) throws -> [[Float]] {
        texts.map { text in
            let counts = ["钱", "伤", "车", "毒"].map { mark in
                Float(text.count(where: { String($0) == mark })) + 0.01
            }
            let length = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return counts.map { $0 / length }
        }
    }
}

/// A classifier that says what it is told to.
private struct FixedClassifier: ChargeClassifier {
    var charges: [String]
    var probabilities: [Double]
    let threshold = 0.5

    func judgement(of fact: String) throws -> ChargeJudgement {
        ChargeJudgement(
            charges: zip(charges, probabilities).map { .init(name: $0, probability: $1) },
            threshold: threshold)
    }
}

@Suite struct PrecedentSearchTests {
    private let folder: TemporaryFolder
    private let root: String

    private static let records: [CaseRecord] = [
        CaseRecord(
            fact: "2015年3月，被告人甲某窃得现金3000元，系累犯。", charges: ["盗窃"], articles: [264],
            fineYuan: 2000, sentence: Sentence(months: 10)),
        CaseRecord(
            fact: "2016年4月，被告人乙某窃得手机一部，价值3500元，主动投案。", charges: ["盗窃"],
            articles: [264], fineYuan: 1000, sentence: Sentence(months: 6)),
        CaseRecord(
            fact: "2016年5月，被告人丙某用刀将人砍伤，构成轻伤二级。", charges: ["故意伤害"],
            articles: [234], sentence: Sentence(months: 12)),
        CaseRecord(
            fact: "2017年6月，被告人丁某持刀抢得手机一部，致人轻伤二级。", charges: ["抢劫", "故意伤害"],
            articles: [263, 234], fineYuan: 5000, sentence: Sentence(months: 48)),
        CaseRecord(
            fact: "被告人戊某杀害一人。", charges: ["故意杀人"], articles: [232],
            sentence: Sentence(isLife: true)),
    ]

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
        let writer = try CaseLibraryWriter(root: root)
        _ = try writer.add(
            Self.records.map { ($0, ElementReader.elements(of: $0.fact)) })
        try writer.indexTexts(progress: { _, _ in }, isCancelled: { false })
    }

    private func search(
        _ query: PrecedentQuery, classifier: (any ChargeClassifier)? = nil
    ) throws -> PrecedentAnswer {
        let library = try CaseLibrary(root: root)
        return try PrecedentSearch(
            library: library, index: library.textIndex(), classifier: classifier, meaning: nil
        ).search(query)
    }

    private static let fact = "被告人己某窃得手机一部，价值3200元，主动投案。"

    @Test func theNearestCaseComesFirst() throws {
        let answer = try search(PrecedentQuery(fact: Self.fact))
        #expect(answer.precedents.first?.stored.id == 2)
        #expect(answer.scope == .whole(.noClassifier))
        let scores = answer.precedents.map(\.score)
        #expect(scores == scores.sorted(by: >))
        #expect(scores.allSatisfy { (0...1).contains($0) })
    }

    @Test func theLikelyChargesNarrowTheSearch() throws {
        let sure = FixedClassifier(charges: ["盗窃", "抢劫"], probabilities: [0.9, 0.1])
        let narrow = try search(PrecedentQuery(fact: Self.fact), classifier: sure)
        #expect(narrow.scope == .predicted(["盗窃"]))
        #expect(Set(narrow.precedents.map(\.stored.id)) == [1, 2])
        let several = FixedClassifier(
            charges: ["盗窃", "抢劫", "故意伤害", "故意杀人"], probabilities: [0.9, 0.8, 0.7, 0.6])
        let wide = try search(PrecedentQuery(fact: Self.fact), classifier: several)
        #expect(wide.scope == .predicted(["盗窃", "抢劫", "故意伤害"]))
    }

    @Test func aDoubtfulClassHidesNothing() throws {
        let unsure = FixedClassifier(charges: ["故意杀人", "盗窃"], probabilities: [0.4, 0.3])
        let answer = try search(PrecedentQuery(fact: Self.fact), classifier: unsure)
        #expect(answer.scope == .whole(.unsure))
        #expect(answer.precedents.first?.stored.id == 2)
    }

    private struct Filtered: Sendable {
        var filter: @Sendable () -> CaseFilter
        var ids: Set<Int64>
    }

    private static func filter(_ change: (inout CaseFilter) -> Void) -> CaseFilter {
        var filter = CaseFilter()
        change(&filter)
        return filter
    }

    private static let filters: [Filtered] = [
        Filtered(filter: { filter { $0.charges = ["故意伤害"] } }, ids: [3, 4]),
        Filtered(filter: { filter { $0.charges = ["[盗窃]罪", "抢劫"] } }, ids: [1, 2, 4]),
        Filtered(filter: { filter { $0.articles = [234] } }, ids: [3, 4]),
        Filtered(filter: { filter { $0.months = 7...20 } }, ids: [1, 3]),
        // Life has no months.
        Filtered(filter: { filter { $0.months = 0...1200 } }, ids: [1, 2, 3, 4]),
        Filtered(filter: { filter { $0.years = 2016...2016 } }, ids: [2, 3]),
        Filtered(
            filter: {
                filter {
                    $0.charges = ["故意伤害"]
                    $0.years = 2017...2100
                }
            }, ids: [4]),
    ]

    @Test(arguments: filters.indices) func filtersHoldTogether(_ index: Int) throws {
        let library = try CaseLibrary(root: root)
        #expect(
            try library.ids(Self.filters[index].filter()) == Self.filters[index].ids.sorted())
    }

    @Test func anUnknownChargeNamesTheNearest() throws {
        var query = PrecedentQuery(fact: Self.fact)
        query.filter.charges = ["伤害"]
        #expect(throws: LegalCaseError.unknownCharge("伤害", closest: ["故意伤害"])) {
            try search(query)
        }
    }

    @Test func everySegmentIsMadeAgainOnlyWhereItLacksCases() throws {
        let first = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        #expect(first.contains("text-0-1"))
        let writer = try CaseLibraryWriter(root: root)
        try writer.indexTexts(progress: { _, _ in }, isCancelled: { false })
        #expect(try FileManager.default.contentsOfDirectory(atPath: root).contains("text-0-1"))
        let record = CaseRecord(fact: "被告人庚某贩卖毒品。", charges: ["贩卖毒品"])
        _ = try writer.add([(record, CaseElements())])
        try writer.indexTexts(progress: { _, _ in }, isCancelled: { false })
        let names = try FileManager.default.contentsOfDirectory(atPath: root)
        #expect(names.contains("text-0-2") && !names.contains("text-0-1"))
        #expect(try CaseLibrary(root: root).textIndex().count == 6)
    }

    @Test func bm25IsItsFormula() throws {
        let texts = ["盗窃手机", "盗窃现金现金", "抢劫手机"]
        let ranking = try CandidateRanking(texts, folder: folder.url.path)
        let found = try ranking.ranking(of: "现金", among: nil, by: .bm25)
        // One text of three has the pair 现金, twice, among its five pairs; 11 / 3 on average.
        let inverse = log(1 + (3 - 1 + 0.5) / (1 + 0.5))
        let norm = 1.5 * (0.25 + 0.75 * 5 / (11.0 / 3))
        let expected = inverse * 2 * 2.5 / (2 + norm)
        #expect(found.map(\.number) == [1])
        #expect(abs((found.first?.score ?? 0) - expected) < 1e-6)
        let all = try ranking.ranking(of: "现金", among: [2, 1], by: .bm25)
        #expect(all.map(\.number) == [1, 2])
    }

    @Test func meaningFindsWhatSharesNoWord() throws {
        let writer = try CaseLibraryWriter(root: root)
        let records = [
            CaseRecord(fact: "车车车车", charges: ["交通肇事"]),
            CaseRecord(
                fact: String(repeating: "某", count: 60) + "毒毒毒毒", charges: ["贩卖毒品"]),
        ]
        _ = try writer.add(records.map { ($0, CaseElements()) })
        try writer.indexTexts(progress: { _, _ in }, isCancelled: { false })
        try writer.indexMeaning(
            by: CountingEncoder(), progress: { _, _ in }, isCancelled: { false })
        // Again, as after a crash between the vectors and the catalogue.
        try writer.connection.execute("UPDATE library SET embedded_case = 3")
        try writer.indexMeaning(
            by: CountingEncoder(), progress: { _, _ in }, isCancelled: { false })
        let library = try CaseLibrary(root: root)
        let search = PrecedentSearch(
            library, try CaseModels(of: library) { _ in CountingEncoder() })
        let near = try search.search(PrecedentQuery(fact: "涉毒"))
        #expect(near.precedents.contains { $0.stored.id == 7 && ($0.meaning ?? 0) > 0.9 })
        let car = try search.search(PrecedentQuery(fact: "汽车"))
        #expect(car.precedents.contains { $0.stored.id == 6 && $0.meaning == 1 })
    }

    @Test func longFactsAreCutIntoOverlappingWindows() {
        let fact = String((0..<50).map { Character(Unicode.Scalar(0x4E00 + $0)!) })
        let pieces = FactWindows.cut(fact, length: 20, limit: 10)
        #expect(pieces.map(\.count) == [20, 20, 18])
        #expect(pieces[0].suffix(4) == pieces[1].prefix(4))
        #expect(FactWindows.cut(fact, length: 20, limit: 2).count == 2)
        #expect(FactWindows.cut("短", length: 20, limit: 2) == ["短"])
    }
}
