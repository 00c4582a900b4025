import Checkpoints
import Corpus
import Foundation
import JSONText
import Tensors
import Testing

@testable import Embedders

struct ZeroShotTaggerTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private let tagger: ZeroShotTagger
    private let golden: JSONValue

    init() throws {
        let model = try ModelDirectory(path: Self.root.path + "/models/reel-clip-tiny")
        let vocabulary = try TagVocabulary(folder: Self.root.path + "/prompts")
        tagger = try ZeroShotTagger(
            model: model, vocabulary: vocabulary,
            vectors: vocabulary.vectors(by: ImageTextEmbedder(model: model)))
        golden = try JSONValue(
            parsing: [UInt8](
                Data(contentsOf: EmbedderGoldens.folder.appending(path: "tags.json"))))
    }

    private var vectors: Matrix {
        let rows = (golden["vectors"]?.array ?? []).map { row in
            (row.array ?? []).map { Float($0.number ?? .nan) }
        }
        return Matrix(
            rows: rows.count, columns: rows.first?.count ?? 0, elements: rows.flatMap { $0 })
    }

    /// training/tags/calibrate.py, in double precision.
    @Test func tagsAreThoseOfTheReference() throws {
        let expected = (golden["tags"]?.array ?? []).map { $0.object ?? [:] }
        let found = tagger.tags(for: vectors)
        #expect(found.count == expected.count && found.count == 28)
        #expect(expected.contains { !$0.isEmpty })
        var largest = 0.0
        for (row, (found, expected)) in zip(found, expected).enumerated() {
            // Those on the very threshold may be given or not.
            #expect(
                Set(found.filter { $0.confidence > 0.51 }.map(\.name))
                    == Set(expected.filter { ($0.value.number ?? 0) > 0.51 }.keys), "row \(row)")
            for tag in found {
                guard let confidence = expected[tag.name]?.number else { continue }
                largest = max(largest, abs(tag.confidence - confidence))
            }
        }
        #expect(largest < 2e-3)
        print("tags: largest difference of confidence \(largest)")
    }

    @Test func vectorsOfNoKnownSortGetNoTags() {
        // The golden's last four are noise.
        let ofNoise = tagger.tags(for: vectors).suffix(4)
        #expect(Array(ofNoise) == [[], [], [], []])
        #expect(tagger.tags(for: Matrix(rows: 0, columns: 192)).isEmpty)
    }

    @Test func successiveFramesWithOneTagAreOnePassage() throws {
        let vectors = vectors
        let found = tagger.tags(for: vectors)
        let (row, tags) = try #require(found.enumerated().first { !$0.element.isEmpty })
        let frame = Array(vectors[row])
        let noise = Array(vectors[vectors.rows - 1])
        let frames = Matrix(
            rows: 4, columns: vectors.columns, elements: frame + frame + noise + frame)
        let spans = (0..<4).map {
            TimeSpan(startSeconds: Double($0) * 5, endSeconds: Double($0 + 1) * 5)
        }
        let passages = tagger.passages(for: frames, spans: spans)
        let text = tags.map(\.name).joined(separator: ", ")
        #expect(passages.map(\.text) == [text, text])
        #expect(passages.map(\.source) == [.tag, .tag])
        #expect(
            passages.map(\.span) == [
                TimeSpan(startSeconds: 0, endSeconds: 10),
                TimeSpan(startSeconds: 15, endSeconds: 20),
            ])
        #expect(passages.allSatisfy { (0.5...1).contains($0.confidence ?? -1) })
    }

    @Test func aModelWithoutCalibrationGivesOnlyWhatOutweighsAllElse() throws {
        let model = try ModelDirectory(path: EmbedderGoldens.directory("clip"))
        let embedder = try ImageTextEmbedder(model: model)
        let vocabulary = try TagVocabulary(
            tags: "dog\ncat", templates: "{}", background: "a picture", source: "test")
        let tagger = try ZeroShotTagger(
            model: model, vocabulary: vocabulary, vectors: vocabulary.vectors(by: embedder))
        let texts = try embedder.embed(["a dog", "a picture"])
        for (text, tags) in zip(["a dog", "a picture"], tagger.tags(for: texts)) {
            #expect(tags.count <= 1, "\(text)")
            #expect(tags.allSatisfy { $0.confidence > 0.5 })
        }
    }
}

struct TagVocabularyTests {
    @Test func linesAreTagsWithTheirPhrases() throws {
        let vocabulary = try TagVocabulary(
            tags: "# places\n\nbeach: a beach , the seaside\napple\nowl:\nbeach\n",
            templates: "{}\na photo of {}", background: "something", source: "test")
        #expect(
            vocabulary.tags == [
                .init(name: "beach", phrases: ["a beach", "the seaside"]),
                .init(name: "apple", phrases: ["an apple"]),
                .init(name: "owl", phrases: ["an owl"]),
            ])
        #expect(
            vocabulary.texts(for: vocabulary.tags[1]) == ["an apple", "a photo of an apple"])
    }

    @Test(
        arguments: [
            ("", "{}", "x", "tags.txt names 0 tags; expected 1 to 4096"),
            ("a", "no place", "x", "tag-templates.txt needs lines, each with {} where"),
            ("a", "{}", "# nothing", "tag-background.txt is empty"),
        ] as [(String, String, String, String)])
    func emptyFilesAreRefused(tags: String, templates: String, background: String, says: String) {
        let error = #expect(throws: EmbedderError.self) {
            try TagVocabulary(
                tags: tags, templates: templates, background: background, source: "test")
        }
        #expect(error?.description.contains(says) == true)
    }

    @Test func aFolderWithoutFilesIsRefused() {
        #expect(
            throws: EmbedderError.badVocabulary(
                path: "/nowhere/tags.txt", problem: "it cannot be read")
        ) { try TagVocabulary(folder: "/nowhere") }
    }
}
