import Foundation
import TestSupport
import Testing

@testable import Ingest

@Suite struct FolderWatchTests {
    private func isSeen(
        in folder: TemporaryFolder, after change: () throws -> Void
    ) rethrows -> Bool {
        let watch = FolderWatch([folder.url.path], settleSeconds: 0.05)
        #expect(watch.pollingReason == nil)
        try change()
        let deadline = Date(timeIntervalSinceNow: 1)
        return watch.wait { Date() > deadline } == .changed
    }

    @Test func newChangedAndRemovedFilesAreSeen() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("a.mp4")
        #expect(try isSeen(in: folder) { try Data("a".utf8).write(to: url) })
        #expect(try isSeen(in: folder) { try Data("b".utf8).write(to: url) })
        #expect(try isSeen(in: folder) { try FileManager.default.removeItem(at: url) })
    }

    @Test func aFileInAFolderThatCameLaterIsSeen() throws {
        let folder = try TemporaryFolder()
        let watch = FolderWatch([folder.url.path], settleSeconds: 0.05)
        let inner = folder.url.appendingPathComponent("new")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
        var deadline = Date(timeIntervalSinceNow: 5)
        #expect(watch.wait { Date() > deadline } == .changed)
        try Data("a".utf8).write(to: inner.appendingPathComponent("a.mp4"))
        deadline = Date(timeIntervalSinceNow: 5)
        #expect(watch.wait { Date() > deadline } == .changed)
    }

    @Test func aHiddenFileIsNobodysBusinessButRulesAre() throws {
        let folder = try TemporaryFolder()
        #expect(
            try !isSeen(in: folder) {
                try Data("a".utf8).write(
                    to: folder.url.appendingPathComponent(".part"), options: [])
            })
        #expect(
            try isSeen(in: folder) {
                let url = folder.url.appendingPathComponent(".reelignore")
                try Data("a".utf8).write(to: url, options: [])
            })
    }
}
