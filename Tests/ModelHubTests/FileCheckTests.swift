import Foundation
import ModelHub
import TestSupport
import Testing

struct FileCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ path: String, _ text: String) throws {
        let file = folder.url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func check(_ path: String) throws -> [String: FileCheck.State] {
        let checks = try FileCheck.all(in: folder.path(path), isCancelled: { false })
        return Dictionary(uniqueKeysWithValues: checks.map { ($0.path, $0.state) })
    }

    @Test func aCachesFilesAreComparedWithTheirNames() throws {
        let repository = "models--org--name"
        let right = SampleModel.small("config.json", "{}")
        try write("\(repository)/blobs/\(right.digest)", "{}")
        let wrong = SampleModel.sha256(Array("one".utf8))
        try write("\(repository)/blobs/\(wrong)", "two")
        let snapshot = "\(repository)/snapshots/\(ScriptedHub.commit)"
        try write(snapshot + "/plain.txt", "as without links")
        for (name, target) in [
            ("config.json", right.digest), ("model.safetensors", wrong),
            ("vocab.txt", String(repeating: "0", count: 40)),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(snapshot + "/" + name),
                withDestinationPath: "../../blobs/" + target)
        }
        let states = try check(snapshot)
        #expect(states["config.json"] == .right(.git(right.digest)))
        #expect(
            states["model.safetensors"]
                == .wrong(
                    expected: .sha256(wrong),
                    found: .sha256(SampleModel.sha256(Array("two".utf8)))))
        #expect(states["vocab.txt"] == .missing && states["plain.txt"] == .unrecorded)
        #expect(states.count == 4)
    }

    @Test func aFoldersFilesAreComparedWithItsList() throws {
        let digest = SampleModel.sha256(Array("one".utf8))
        try write("m/config.json", "one")
        try write("m/1_Pooling/config.json", "two")
        try write("m/more.txt", "three")
        try write(
            "m/SHA256SUMS",
            "\(digest)  config.json\n\(digest) *1_Pooling/config.json\n\(digest)  gone.txt\n")
        let states = try check("m")
        #expect(states["config.json"] == .right(.sha256(digest)))
        guard case .wrong = states["1_Pooling/config.json"] else {
            Issue.record("\(states)")
            return
        }
        #expect(states["gone.txt"] == .missing && states["more.txt"] == .unrecorded)
        #expect(states.count == 4)
    }

    private static let lists = ["abc  x\n", "\(String(repeating: "a", count: 64))  ../x\n", "\0"]

    @Test(arguments: lists)
    func aListThatIsNoneIsRefused(text: String) throws {
        try write("m/SHA256SUMS", text)
        #expect(throws: ModelHubError.damagedDigestList(path: folder.path("m/SHA256SUMS"))) {
            try check("m")
        }
    }
}
