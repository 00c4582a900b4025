import Foundation
import SQLite
import TestSupport
import Testing

@testable import LegalCases

@Suite struct CaseImporterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func line(_ fact: String, charge: String = "盗窃") -> String {
        #"{"fact": "\#(fact)", "meta": {"accusation": ["\#(charge)"]}}"#
    }

    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = folder.path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func run(_ path: String) throws -> CaseImporter.Report {
        let writer = try CaseLibraryWriter(root: folder.path("library"))
        var importer = CaseImporter(into: writer)
        try importer.importFile(at: path, progress: { _ in }, isCancelled: { false })
        return importer.report
    }

    @Test func theSameFactIsOneCase() throws {
        let lines = [Self.line("甲"), Self.line("乙"), Self.line("甲", charge: "抢劫")]
        let path = try write(Array(lines.joined(separator: "\n").utf8), "a.jsonl")
        let first = try run(path)
        #expect(first.added == 2)
        #expect(first.known == 1)
        let again = try run(path)
        #expect(again.added == 0)
        #expect(again.known == 3)
        let library = try CaseLibrary(root: folder.path("library"))
        #expect(try library.count() == 2)
        var facts: [String] = []
        try library.forEachCase { facts.append($0.record.fact + $0.record.charges.joined()) }
        #expect(facts == ["甲盗窃", "乙盗窃"])
    }

    @Test func badLinesAreNamedAndTheOthersStay() throws {
        let lines = [Self.line("甲"), "", "nonsense", Self.line("乙"), #"{"fact": 3}"#]
        let report = try run(
            try write(Array(lines.joined(separator: "\r\n").utf8), "a.jsonl"))
        #expect(report.added == 2)
        #expect(report.bad == 2)
        #expect(report.faults.map(\.line) == [3, 5])
    }

    private static func gb18030(_ text: String) throws -> [UInt8] {
        let encoding = String.Encoding(rawValue: 0x8000_0632)
        return Array(try #require(text.data(using: encoding)))
    }

    @Test func chinasEncodingIsRecognisedAfterAnyAmountOfASCII() throws {
        let plain = (0..<2000).map { Self.line("fact \($0)", charge: "theft") }
        let text = (plain + [Self.line("被告人盗窃"), Self.line("被告人抢劫")])
            .joined(separator: "\n")
        let report = try run(try write(try Self.gb18030(text), "a.jsonl"))
        #expect(report.added == 2002)
        var last = ""
        try CaseLibrary(root: folder.path("library")).forEachCase { last = $0.record.fact }
        #expect(last == "被告人抢劫")
    }

    @Test func oneDamagedLineDoesNotChangeTheEncoding() throws {
        var bytes = Array((Self.line("被告人盗窃") + "\n").utf8)
        bytes += Array(#"{"fact": ""#.utf8) + [0xB1, 0xBB] + Array(#""}"#.utf8) + [0x0A]
        bytes += Array(Self.line("被告人抢劫").utf8)
        let report = try run(try write(bytes, "a.jsonl"))
        #expect(report.added == 2)
        #expect(report.faults.map(\.reason) == [.wrongEncoding("UTF-8")])
    }

    @Test func lettersOutsideTheBasicPlaneSurviveTheEncoding() throws {
        let fact = "𠮷某与㐂某"
        let report = try run(
            try write(
                try Self.gb18030([Self.line(fact), Self.line("被告")].joined(separator: "\n")),
                "a.jsonl"))
        #expect(report.added == 2)
        let stored = try CaseLibrary(root: folder.path("library")).cases([1])
        #expect(stored.first?.record.fact == fact)
    }

    @Test func aLineWithoutEndIsPassedOver() throws {
        let long = String(repeating: "x", count: LineReader.lineLimit + 1)
        let report = try run(try write(Array((long + "\n" + Self.line("甲")).utf8), "a.jsonl"))
        #expect(report.added == 1)
        #expect(report.faults.map(\.reason) == [.tooLong(limit: LineReader.lineLimit)])
    }

    @Test func aFolderIsNoFileOfCases() throws {
        #expect(throws: LegalCaseError.self) { try run(folder.url.path) }
    }

    @Test func damageInARowIsFound() throws {
        _ = try run(try write(Array(Self.line("甲").utf8), "a.jsonl"))
        let paths = CasePaths(root: folder.path("library"))
        try Connection(path: paths.catalog, mode: .readWriteCreate)
            .execute("UPDATE cases SET months = 99")
        let library = try CaseLibrary(root: folder.path("library"))
        #expect(throws: LegalCaseError.damagedRow(id: 1)) { try library.cases([1]) }
    }

    @Test func aNewerLibraryIsRefused() throws {
        _ = try run(try write(Array(Self.line("甲").utf8), "a.jsonl"))
        let root = folder.path("library")
        try Connection(path: CasePaths(root: root).catalog, mode: .readWriteCreate)
            .setUserVersion(99)
        let expected = LegalCaseError.unknownFormat(path: root, found: 99, known: 1)
        #expect(throws: expected) { try CaseLibrary(root: root) }
        #expect(throws: expected) { try CaseLibraryWriter(root: root) }
    }
}
