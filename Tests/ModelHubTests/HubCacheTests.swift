import Foundation
import ModelHub
import TestSupport
import Testing

struct HubCacheTests {
    private let folder: TemporaryFolder
    private let cache: HubCache
    private static let first = String(repeating: "1", count: 40)
    private static let second = String(repeating: "2", count: 40)

    /// A cache as Hugging Face's own tools leave it, with two commits of one model.
    init() throws {
        folder = try TemporaryFolder()
        cache = HubCache(root: folder.url.path)
        for commit in [Self.first, Self.second] {
            try write("models--org--name/snapshots/\(commit)/config.json", "{}")
        }
        try write("models--org--name/refs/main", Self.second)
        try write("models--org--name/refs/v1", Self.first + "\n")
        try write("models--org--name/refs/refs/pr/7", Self.first)
        try write("models--gpt2/snapshots/\(Self.first)/config.json", "{}")
        try write("models--gpt2/refs/main", Self.first)
        try write("datasets--org--name/refs/main", Self.first)
    }

    private func write(_ path: String, _ text: String) throws {
        let file = folder.url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private static let found: [(name: String, place: String)] = [
        ("org/name", "models--org--name/snapshots/" + second),
        ("org/name@main", "models--org--name/snapshots/" + second),
        ("org/name@v1", "models--org--name/snapshots/" + first),
        ("org/name@refs/pr/7", "models--org--name/snapshots/" + first),
        ("org/name@" + first, "models--org--name/snapshots/" + first),
        ("gpt2", "models--gpt2/snapshots/" + first),
    ]

    @Test(arguments: found)
    func aRevisionLeadsToItsSnapshot(name: String, place: String) throws {
        #expect(try cache.snapshot(of: ModelName(name)) == "\(folder.url.path)/\(place)")
    }

    @Test func aModelThatWasNeverFetchedIsNoError() throws {
        #expect(try cache.snapshot(of: ModelName("org/other")) == nil)
        #expect(try HubCache(root: "/nowhere").snapshot(of: ModelName("org/name")) == nil)
    }

    @Test func aRevisionThatWasNotFetchedIsNamedWithThoseThatWere() throws {
        #expect(
            throws: ModelHubError.unknownRevision(
                name: "org/name", revision: "v2", known: ["main", "refs/pr/7", "v1"])
        ) { try cache.snapshot(of: ModelName("org/name@v2")) }
        let commit = String(repeating: "3", count: 40)
        let error = #expect(throws: ModelHubError.self) {
            try cache.snapshot(of: ModelName("org/name@" + commit))
        }
        #expect(error?.description.contains("reel models pull org/name@\(commit)") == true)
    }

    private static let references = ["", "main", "../../etc", String(repeating: "g", count: 40)]

    @Test(arguments: references)
    func aReferenceThatNamesNoCommitIsRefused(text: String) throws {
        try write("models--org--name/refs/main", text)
        #expect(
            throws: ModelHubError.damagedReference(
                path: folder.path("models--org--name/refs/main"))
        ) { try cache.snapshot(of: ModelName("org/name")) }
    }

    @Test func aSnapshotThatIsGoneIsNamed() throws {
        try FileManager.default.removeItem(
            atPath: folder.path("models--org--name/snapshots/" + Self.second))
        let error = #expect(throws: ModelHubError.self) {
            try cache.snapshot(of: ModelName("org/name"))
        }
        #expect(error?.description.contains("reel models pull org/name") == true)
    }

    @Test func everyCommitIsListedWithItsRevisions() {
        let snapshots = cache.snapshots()
        #expect(snapshots.map(\.name) == ["gpt2", "org/name", "org/name"])
        #expect(snapshots.map(\.commit) == [Self.first, Self.first, Self.second])
        #expect(snapshots.map(\.revisions) == [["main"], ["refs/pr/7", "v1"], ["main"]])
    }
}
