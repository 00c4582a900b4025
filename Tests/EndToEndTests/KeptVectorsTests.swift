import Foundation
import TestSupport
import Testing

/// The vectors of texts that every run embeds alike, kept from one run to the next.
@Suite struct KeptVectorsTests {
    private let folder: TemporaryFolder
    private var cache: String { folder.path("cache") }

    init() throws { folder = try TemporaryFolder() }

    /// What a new library of one film says of it, and what a search finds.
    private func indexed(_ library: String, cache: String) throws -> (tags: [String], hits: String)
    {
        let environment = ["REEL_CACHE": cache]
        let global = ["--index", folder.path(library)]
        let run = try BuiltProgram.run(
            global + ["index", "--transcribe", "off", BuiltProgram.media + "/winter-animals.mp4"],
            environment: environment)
        #expect(run.exitCode == 0, "\(run.messages)")
        let shown = try BuiltProgram.run(global + ["--json", "show", "winter-animals.mp4"])
        let passages = try #require(try shown.objects().first?["passages"] as? [[String: Any]])
        let search = try BuiltProgram.run(
            global + ["search", "--channels", "frames", "a penguin"])
        #expect(search.exitCode == 0)
        return (
            passages.filter { $0["source"] as? String == "tag" }.compactMap {
                $0["text"] as? String
            }, search.output
        )
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache + "/vectors")
    }

    @Test func theNextLibraryIsTheSame() throws {
        let without = try indexed("without", cache: "")
        #expect(!without.tags.isEmpty)
        let first = try indexed("first", cache: cache)
        // Tags, and the queries of the calibration for one model or two.
        #expect(try files().count == (BuiltProgram.hasTextEncoder ? 3 : 2))
        let second = try indexed("second", cache: cache)
        #expect(first == without && second == without)
    }

    @Test func damagedFilesAreMadeAgain() throws {
        let first = try indexed("first", cache: cache)
        let before = try files()
        for name in before {
            try Data("reelvec1 and nothing else".utf8)
                .write(to: URL(fileURLWithPath: "\(cache)/vectors/\(name)"))
        }
        #expect(try indexed("second", cache: cache) == first)
        #expect(try files().sorted() == before.sorted())
        for name in before {
            let path = "\(cache)/vectors/\(name)"
            #expect(
                try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0 > 999)
        }
    }
}
