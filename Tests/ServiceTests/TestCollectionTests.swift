import Foundation
import TestSupport
import Testing

@testable import Service

/// Folders in BEIR's layout, whole and damaged.
@Suite struct TestCollectionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try write(#"{"_id":"d1","title":"Wings","text":"lift"}"# + "\n\n", to: "corpus.jsonl")
        try write(#"{"_id":"q1","text":"what lifts"}"# + "\n", to: "queries.jsonl")
        try write("query-id\tcorpus-id\tscore\nq1\td1\t1\n", to: "qrels/test.tsv")
    }

    private func write(_ text: String, to name: String) throws {
        let url = folder.url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func read(judgements: String? = nil) throws -> TestCollection {
        try TestCollection(folder: folder.url.path, judgements: judgements)
    }

    @Test func titleAndTextAreOnePassage() throws {
        let collection = try read()
        #expect(collection.documents.map(\.passage) == ["Wings lift"])
        #expect(collection.queries.map(\.text) == ["what lifts"])
        #expect(collection.corpusPath.hasSuffix("/corpus.jsonl"))
    }

    @Test func onlyJudgedQueriesAreAsked() throws {
        try write(
            #"{"_id":"q0","text":"of the training set"}"# + "\n" + #"{"_id":"q1","text":"x"}"#,
            to: "queries.jsonl")
        #expect(try read().queries.map(\.id) == ["q1"])
    }

    @Test func aDocumentThatChangesIsAnotherAsset() {
        func digest(_ id: String, _ title: String?, _ text: String) -> [UInt8] {
            TestCollection.Document(id: id, title: title, text: text).digest
        }
        let digests = [
            digest("1", "a", "b"), digest("2", "a", "b"), digest("1", "b", "b"),
            digest("1", "a", "c"),
        ]
        #expect(Set(digests).count == 4)
        #expect(digest("1", nil, "b") == digest("1", "", "b"))
    }

    @Test(arguments: [
        ("corpus.jsonl", "{}", "Line 1 of "),
        ("corpus.jsonl", "\n\n[1]", "Line 3 of "),
        ("corpus.jsonl", #"{"_id":7,"text":"x"}"#, "Line 1 of "),
        (
            "corpus.jsonl", #"{"_id":"1","text":"x"}"# + "\n" + #"{"_id":"1","text":"y"}"#,
            "is a document with the same _id as line 1"
        ),
        ("queries.jsonl", #"{"_id":"q1"}"#, "is not a query. Expected {"),
        ("queries.jsonl", #"{"_id":"q2","text":"x"}"#, "judges the query q1, which "),
        ("qrels/test.tsv", "q1 d1 1", "has 3 fields. Expected: query 0 document level."),
    ])
    func damageIsNamed(name: String, text: String, message: String) throws {
        try write(text, to: name)
        do {
            _ = try read()
            Issue.record("It was read.")
        } catch {
            let failure = Failure(error)
            #expect(failure.cause == .badData)
            #expect(failure.description.contains(message), "\(failure)")
            #expect(failure.description.contains(folder.url.path))
        }
    }

    @Test func judgementsAreTakenFromTheOnlyTableOrNamed() throws {
        let tables = folder.url.appendingPathComponent("qrels")
        try FileManager.default.moveItem(
            at: tables.appendingPathComponent("test.tsv"),
            to: tables.appendingPathComponent("dev.tsv"))
        #expect(try read().queries.count == 1)
        try write("q1 0 d1 1", to: "qrels/train.tsv")
        let failure = #expect(throws: Failure.self) { try read() }
        #expect(failure?.description.contains("dev.tsv, train.tsv: choose one") == true)
        #expect(try read(judgements: folder.path("qrels/train.tsv")).queries.count == 1)
        try FileManager.default.removeItem(at: tables)
        #expect(throws: Failure.self) { try read() }
    }
}
