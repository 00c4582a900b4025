import Corpus
import Foundation
import TestSupport
import Testing

@testable import Service

@Suite struct LinklessFileTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.url.resolvingSymlinksInPath().path
        let files = FileManager.default
        try files.createDirectory(
            atPath: root + "/inside/deep", withIntermediateDirectories: true)
        try Data("film".utf8).write(to: URL(fileURLWithPath: root + "/inside/deep/a.mp4"))
        try Data("secret".utf8).write(to: URL(fileURLWithPath: root + "/secret.txt"))
        try files.createSymbolicLink(
            atPath: root + "/inside/link.mp4", withDestinationPath: root + "/secret.txt")
        try files.createSymbolicLink(
            atPath: root + "/folder", withDestinationPath: root + "/inside")
        #expect(mkfifo(root + "/inside/pipe.mp4", 0o600) == 0)
    }

    /// What can be read there; nil when it is not opened.
    private func content(_ path: String) -> String? {
        guard let opened = LinklessFile.open(PathText(path)) else { return nil }
        defer { close(opened.descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(opened.descriptor, &bytes, bytes.count)
        #expect(count == opened.size)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func aRegularFileIsOpened() throws {
        #expect(content(root + "/inside/deep/a.mp4") == "film")
        let opened = try #require(LinklessFile.open(PathText(root + "/inside/deep/a.mp4")))
        close(opened.descriptor)
        #expect(opened.name == "a.mp4")
        #expect(opened.modifiedNanoseconds > 0)
        #expect(opened.inode > 0)
    }

    @Test(arguments: [
        "/inside/link.mp4", "/folder/deep/a.mp4", "/inside/pipe.mp4", "/inside", "/nosuch",
        "/inside/../secret.txt", "/inside/deep/../../secret.txt", "/inside/deep/a.mp4/x", "/",
        "/inside/deep/..", "/inside/deep/.",
    ])
    func linksPipesFoldersAndDotsAreNot(path: String) {
        #expect(content(root + path) == nil)
    }

    @Test(arguments: ["", "a.mp4", "/proc/self/fd/0", "/proc/self/root/etc/passwd", "/a\0b"])
    func norWhatIsNoPlainPath(path: String) {
        #expect(content(path) == nil)
    }

    @Test func namesThatAreNotUTF8AreFound() throws {
        let bytes = Array((root + "/inside/").utf8) + [0xFF, 0xFE]
        let descriptor = open(bytes.map(CChar.init(bitPattern:)) + [0], O_WRONLY | O_CREAT, 0o600)
        #expect(write(descriptor, "odd", 3) == 3)
        close(descriptor)
        #expect(content(PathText(bytes: bytes).text) == "odd")
    }
}
