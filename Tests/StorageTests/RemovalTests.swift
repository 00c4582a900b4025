import Corpus
import Foundation
import TestSupport
import Testing
import TextSearch

@testable import Storage

@Suite struct RemovalTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
    }

    private func write(_ records: [AssetRecord]) throws {
        let writer = try LibraryWriter(root: root)
        try writer.use(frameSpace)
        for record in records { try writer.commit(record, from: file(record)) }
        try writer.finish()
    }

    private func remove(_ ids: [AssetID]) throws {
        let writer = try LibraryWriter(root: root, mustExist: true)
        try writer.remove(ids)
        try writer.finish(purging: true)
    }

    @Test func nothingOfARemovedAssetIsLeftAndNothingElseIsTouched() throws {
        let kept = record("kept")
        let gone = record("gone")
        try write([kept, gone])
        try remove([gone.asset.id])
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets().map(\.asset.id) == [kept.asset.id])
        #expect(try reader.passages(of: gone.asset.id).isEmpty)
        #expect(try reader.keyFrames(of: gone.asset.id).isEmpty)
        #expect(try reader.vectors(of: .frames)?.count == 2)
        let pictures = try FileManager.default.subpathsOfDirectory(atPath: reader.paths.thumbnails)
        #expect(pictures.filter { $0.hasSuffix(".jpg") }.count == 2)
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
    }

    @Test func noByteOfItsWordsIsLeftInTheCatalogue() throws {
        var gone = record("gone")
        gone.passages = [Passage(text: "zanzibarquixotic whisper", source: .transcript)]
        try write([record("kept"), gone])
        let catalog = LibraryPaths(root: root).catalog
        func holdsTheWord() -> Bool {
            ["", "-wal"].contains { suffix in
                guard let bytes = FileManager.default.contents(atPath: catalog + suffix) else {
                    return false
                }
                return bytes.range(of: Data("zanzibarquixotic".utf8)) != nil
            }
        }
        #expect(holdsTheWord())
        try remove([gone.asset.id])
        #expect(!holdsTheWord())
    }

    @Test func aLongSegmentGivesUpItsDeadRowsOnlyWhenPurged() throws {
        let assets = [30, 2100, 2101].map { record("long \($0)", frames: $0) }
        try write(assets)
        let paths = LibraryPaths(root: root)
        func rows() throws -> (all: Int, live: Int) {
            let segments = try LibraryReader(root: root).spaceStatistics()[0].segments
            return segments.reduce((0, 0)) { ($0.0 + $1.rows, $0.1 + $1.liveRows) }
        }
        #expect(try rows() == (4231, 4231))
        do {
            let writer = try LibraryWriter(root: root)
            try writer.remove([assets[0].asset.id])
            try writer.finish()
        }
        #expect(try rows() == (4231, 4201))
        try remove([assets[1].asset.id])
        #expect(try rows() == (2101, 2101))
        #expect(try FileManager.default.contentsOfDirectory(atPath: paths.vectors).count == 1)
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
    }

    @Test func itsFilesStayNotedAsRemoved() throws {
        let gone = record("gone")
        try write([gone])
        let writer = try LibraryWriter(root: root)
        var copy = file(gone)
        copy.path = "/videos/copy.mp4"
        try writer.note(copy)
        try writer.remove([gone.asset.id])
        try writer.finish(purging: true)
        let reader = try LibraryReader(root: root)
        let files = try reader.knownFiles()
        for path in [gone.asset.path, copy.path] {
            #expect(files[path]?.record.isRemoved == true)
        }
        #expect(try reader.fileCounts() == FileCounts(used: 0, unusable: 0, removed: 2))
    }

    @Test func ofAnAssetThatIsNotThereNothingIsRemoved() throws {
        let kept = record("kept")
        try write([kept])
        let writer = try LibraryWriter(root: root)
        let unknown = record("unknown").asset.id
        #expect(throws: StorageError.noSuchAsset(unknown.description)) {
            try writer.remove([kept.asset.id, unknown])
        }
        try writer.finish()
        #expect(try LibraryReader(root: root).assets().count == 1)
    }

    @Test func noLibraryIsMadeToRemoveFrom() throws {
        #expect(throws: StorageError.noLibrary(path: root)) {
            try LibraryWriter(root: root, mustExist: true)
        }
        #expect(!FileManager.default.fileExists(atPath: root))
    }

    // MARK: Pages and figures

    @Test func pagesFollowOneAnotherInOrderOfPathEachAssetOnce() throws {
        let assets = ["b", "d", "a", "c"].map { record($0, path: "/videos/\($0).mp4") }
        try write(assets)
        let writer = try LibraryWriter(root: root)
        var copy = file(assets[0])
        copy.path = "/videos/z.mp4"
        try writer.note(copy)
        try writer.finish()
        let reader = try LibraryReader(root: root)
        var paths: [String] = []
        var pages = 0
        while true {
            let page = try reader.assets(after: paths.last, limit: 2, passing: AssetFilter())
            guard !page.isEmpty else { break }
            pages += 1
            paths += page.map(\.asset.path)
        }
        #expect(paths == ["a", "b", "c", "d"].map { "/videos/\($0).mp4" })
        #expect(pages == 2)
        var filter = AssetFilter()
        filter.pathPattern = "*/[bd].mp4"
        let some = try reader.assets(after: nil, limit: 10, passing: filter)
        #expect(some.map(\.asset.path) == ["/videos/b.mp4", "/videos/d.mp4"])
        #expect(try reader.paths(of: assets[0].asset.id) == ["/videos/b.mp4", "/videos/z.mp4"])
    }

    @Test func figuresAreThoseOfWhatWasWritten() throws {
        try write([record("a"), record("b", frames: 3)])
        let reader = try LibraryReader(root: root)
        let counts = try reader.counts()
        #expect(counts.assets == 2)
        #expect(counts.kinds[.video]?.assets == 2)
        #expect(counts.keyFrames == 5)
        #expect(counts.passages == 2)
        #expect(try reader.passagesBySource().values.reduce(0, +) == 2)
        let space = try #require(try reader.spaceStatistics().first)
        #expect(space.liveRows == 5)
        #expect(space.dimension == frameSpace.dimension)
        let sizes = reader.storeSizes()
        #expect(sizes.vectors == space.bytes)
        #expect(sizes.vectors > 0 && sizes.pictures > 0 && sizes.catalog > 0)
    }
}
