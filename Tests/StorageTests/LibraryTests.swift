import Corpus
import Foundation
import SQLite
import TestSupport
import Testing
import TextSearch

@testable import Storage

@Suite struct LibraryTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
    }

    private func write(_ records: [AssetRecord], in space: VectorSpace = frameSpace) throws {
        let writer = try LibraryWriter(root: root)
        try writer.use(space)
        for record in records { try writer.commit(record, from: file(record)) }
        try writer.finish()
    }

    @Test func whatIsCommittedIsRead() throws {
        let written = record("beach")
        try write([written])
        let reader = try LibraryReader(root: root)
        let summary = try #require(try reader.assets().first)
        #expect(summary.asset == written.asset)
        #expect(summary.keyFrameCount == 2)
        let frames = try reader.keyFrames(of: written.asset.id)
        #expect(frames.map(\.keyFrame) == written.keyFrames)
        #expect(frames.map(\.span.endSeconds) == [1, 2])
        #expect(try reader.passages(of: written.asset.id).map(\.passage) == written.passages)
        for (frame, picture) in zip(frames, written.thumbnails) {
            let path = reader.paths.thumbnail(frame.thumbnail)
            #expect(FileManager.default.contents(atPath: path).map(Array.init) == picture)
        }
    }

    @Test func vectorsLeadBackToTheirKeyFrames() throws {
        let assets = ["a", "b", "c"].map { record($0) }
        try write(assets)
        let vectors = try #require(try LibraryReader(root: root).vectors(of: .frames))
        let matches = try vectors.nearest(10, to: [0, 1, 0, 0], workers: 1) { _ in true }
        #expect(matches.count == 6)
        #expect(Set(matches.prefix(3).map(\.asset)) == Set(assets.map(\.asset.id)))
        #expect(matches.prefix(3).allSatisfy { $0.ordinal == 1 && $0.score == 1 })
        let only = try vectors.nearest(10, to: [1, 0, 0, 0], workers: 1) {
            $0 == assets[1].asset.id
        }
        #expect(only.map(\.asset) == [assets[1].asset.id, assets[1].asset.id])
    }

    @Test func aReaderSeesTheCommitItWasOpenedAt() throws {
        try write([record("first")])
        let before = try LibraryReader(root: root)
        try write([record("second")])
        #expect(try before.assets().count == 1)
        let after = try LibraryReader(root: root)
        #expect(try after.assets().count == 2)
        #expect(after.generation > before.generation)
    }

    @Test func aFileThatIsGoneTakesItsAssetWithItUnlessThereIsACopy() throws {
        let once = record("once")
        let twice = record("twice")
        try write([once, twice])
        let writer = try LibraryWriter(root: root)
        var copy = file(twice)
        copy.path = "/videos/copy.mp4"
        try writer.note(copy)
        try writer.forget([once.asset.path, twice.asset.path])
        try writer.finish()
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets().map(\.asset.path) == ["/videos/copy.mp4"])
        #expect(try reader.vectors(of: .frames)?.count == 2)
        #expect(try reader.passages(of: once.asset.id).isEmpty)
        let pictures = try FileManager.default.subpathsOfDirectory(atPath: reader.paths.thumbnails)
        #expect(pictures.filter { $0.hasSuffix(".jpg") }.count == 2)
    }

    @Test func aChangedFileReplacesItsAsset() throws {
        let old = record("old", path: "/videos/x.mp4")
        let new = record("new", frames: 3, path: "/videos/x.mp4")
        try write([old])
        try write([new])
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets().map(\.asset.id) == [new.asset.id])
        #expect(try reader.vectors(of: .frames)?.count == 3)
    }

    @Test func anAssetReadAgainKeepsOneCopyOfItsRows() throws {
        let asset = record("again")
        try write([asset, asset])
        try write([asset])
        let reader = try LibraryReader(root: root)
        #expect(try reader.vectors(of: .frames)?.count == 2)
        #expect(try reader.passages(of: asset.asset.id).count == 1)
        let frames = try reader.keyFrames(of: asset.asset.id)
        let pictures = frames.map { reader.paths.thumbnail($0.thumbnail) }
        #expect(pictures.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    }

    @Test func manySmallSegmentsAreJoinedAndTheirVectorsStay() throws {
        let assets = (0..<20).map { record("asset \($0)") }
        try write(assets)
        let reader = try LibraryReader(root: root)
        let segments = try FileManager.default.contentsOfDirectory(atPath: reader.paths.vectors)
        #expect(segments.count == 1)
        let vectors = try #require(try reader.vectors(of: .frames))
        let matches = try vectors.nearest(20, to: [1, 0, 0, 0], workers: 2) { _ in true }
        #expect(Set(matches.map(\.asset)) == Set(assets.map(\.asset.id)))
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
    }

    @Test(arguments: [
        (rows: 1, dimension: 384, expected: false), (15_000, 384, false), (16_000, 384, true),
        (12_000, 512, true), (200_000, 128, false), (0, 512, false),
    ])
    func onlyLongSegmentsOfLongRowsAreSketched(rows: Int, dimension: Int, expected: Bool) {
        #expect(LibraryWriter.shouldSketch(rows: rows, dimension: dimension) == expected)
    }

    @Test func segmentsThatHaveGrownLongAreSketchedAndSearchedTheSame() throws {
        let wide = VectorSpace(
            name: .frames, model: "wide", fingerprint: "abcdef0123", dimension: 65_536)
        let assets = (0..<2).map { number in
            var asset = record("wide \(number)", frames: 50)
            var rows = [Float](repeating: 0, count: 50 * wide.dimension)
            for row in 0..<50 { rows[row * wide.dimension + 2 * row + number] = 1 }
            asset.vectors[.frames] = rows
            return asset
        }
        try write(assets, in: wide)
        let reader = try LibraryReader(root: root)
        let names = try FileManager.default.contentsOfDirectory(atPath: reader.paths.vectors)
        #expect(names.count == 1)
        let size = try names.map { name in
            try FileManager.default.attributesOfItem(atPath: reader.paths.segment(name))[.size]
                as? Int ?? 0
        }
        #expect(size[0] > 3 * 100 * wide.dimension)  // two bytes a number, and one for the sketch
        var query = [Float](repeating: 0, count: wide.dimension)
        query[2 * 31 + 1] = 0.8
        query[2 * 7] = 0.6
        let vectors = try #require(try reader.vectors(of: .frames))
        let found = try vectors.nearest(2, to: query, workers: 2) { _ in true }
        #expect(found.map(\.asset) == [assets[1].asset.id, assets[0].asset.id])
        #expect(found.map(\.ordinal) == [31, 7])
        #expect(found.map(\.score) == [0.8, 0.6])
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
    }

    @Test func filesThatNothingNamesAreSweptAfterARunThatWasCutShort() throws {
        // A writer that never finishes is what a killed run leaves behind.
        do {
            let writer = try LibraryWriter(root: root)
            try writer.use(frameSpace)
            let kept = record("kept")
            try writer.commit(kept, from: file(kept))
        }
        let paths = LibraryPaths(root: root)
        let rubbish = [
            paths.segment("frames-99.segment"), paths.segment("frames-100.segment.new"),
            paths.thumbnail(ThumbnailName(asset: record("x").asset.id, milliseconds: 7)),
        ]
        for path in rubbish {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("rubbish".utf8).write(to: URL(fileURLWithPath: path))
        }
        _ = try LibraryWriter(root: root)
        #expect(rubbish.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
        #expect(try LibraryReader(root: root).vectors(of: .frames)?.count == 2)
    }

    @Test func aSecondWriterIsToldWhoHasTheLibrary() throws {
        let writer = try LibraryWriter(root: root)
        let holder = "process \(ProcessInfo.processInfo.processIdentifier)"
        #expect(throws: StorageError.locked(path: root, holder: holder)) {
            try LibraryWriter(root: root)
        }
        withExtendedLifetime(writer) {}
    }

    @Test func vectorsOfAnotherModelAreNotMixedIn() throws {
        try write([record("a")])
        let writer = try LibraryWriter(root: root)
        var other = frameSpace
        other.fingerprint = "0123456789"
        #expect(throws: StorageError.self) { try writer.use(other) }
    }

    @Test func startingAnewForgetsEverything() throws {
        try write([record("a")])
        let writer = try LibraryWriter(root: root, startingAnew: true)
        try writer.finish()
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets().isEmpty)
        #expect(try reader.spaces().isEmpty)
        let left = try FileManager.default.subpathsOfDirectory(atPath: root)
        #expect(!left.contains { $0.hasSuffix(".jpg") || $0.hasSuffix(".segment") })
    }
}

@Suite struct LibraryFaultTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
        let writer = try LibraryWriter(root: root)
        try writer.use(frameSpace)
        let asset = record("a")
        try writer.commit(asset, from: file(asset))
        try writer.finish()
    }

    @Test func aFolderWithOtherFilesIsNotOverwritten() throws {
        let home = folder.path("home")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: home + "/letter.txt"))
        #expect(throws: StorageError.self) { try LibraryWriter(root: home, startingAnew: true) }
        #expect(FileManager.default.fileExists(atPath: home + "/letter.txt"))
    }

    @Test func aMissingLibrarySaysHowToMakeOne() {
        #expect(throws: StorageError.noLibrary(path: "nowhere")) {
            try LibraryReader(root: "nowhere")
        }
    }

    @Test(arguments: [
        (
            #"{"format_version":2,"anything":[]}"#,
            StorageError.unknownFormat(path: "", found: 2, known: 1)
        ),
        (#"{"format_version":0}"#, .unknownFormat(path: "", found: 0, known: 1)),
    ])
    func anotherFormatIsRefusedByItsVersion(manifest: String, expected: StorageError) throws {
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: root + "/manifest.json"))
        let error = #expect(throws: StorageError.self) { try LibraryReader(root: root) }
        guard case .unknownFormat(_, let found, let known) = error,
            case .unknownFormat(_, let wantedFound, let wantedKnown) = expected
        else {
            Issue.record("The error is \(String(describing: error)).")
            return
        }
        #expect((found, known) == (wantedFound, wantedKnown))
    }

    @Test(arguments: ["", "not JSON", "[]", #"{"format_version":1}"#])
    func aDamagedManifestIsNamed(_ manifest: String) throws {
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: root + "/manifest.json"))
        #expect(throws: StorageError.self) { try LibraryReader(root: root) }
    }

    @Test func aCatalogueOfAnotherLibraryIsRefused() throws {
        let manifest = Manifest(libraryID: "another", icuVersion: "72.1")
        try manifest.write(to: LibraryPaths(root: root))
        #expect(throws: StorageError.self) { try LibraryReader(root: root) }
    }

    @Test func aCatalogueThatIsNoDatabaseIsNamed() throws {
        let paths = LibraryPaths(root: root)
        try Data(repeating: 7, count: 9000).write(to: URL(fileURLWithPath: paths.catalog))
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: paths.catalog + suffix)
        }
        #expect(throws: SQLiteError.self) { try LibraryReader(root: root) }
    }

    @Test func aMissingSegmentIsNamedWhenItIsNeeded() throws {
        let paths = LibraryPaths(root: root)
        let names = try FileManager.default.contentsOfDirectory(atPath: paths.vectors)
        for name in names { try FileManager.default.removeItem(atPath: paths.segment(name)) }
        let reader = try LibraryReader(root: root)
        #expect(throws: StorageError.self) { try reader.vectors(of: .frames) }
        #expect(try LibraryCheck(root: root, deep: false).damage.count == 1)
    }

    @Test func aDamagedTextIndexIsMadeAgainFromThePassages() throws {
        let paths = LibraryPaths(root: root)
        do {
            let connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
            try connection.execute("UPDATE posting_lists SET list = x'00'")
        }
        #expect(try LibraryCheck(root: root, deep: true).isRepairable)
        _ = try LibraryRepair(root: root)
        let check = try LibraryCheck(root: root, deep: true)
        #expect(check.damage == [])
        #expect(!check.isRepairable)
    }

    @Test func aLibraryFromBeforeSaysHowToGoOn() throws {
        do {
            let connection = try Connection(
                path: LibraryPaths(root: root).catalog, mode: .readWriteCreate)
            try connection.setUserVersion(1)
        }
        do {
            _ = try LibraryReader(root: root)
            Issue.record("A library of an older format was opened.")
        } catch let error as StorageError {
            #expect(error.description.contains("reel index --rebuild"))
        }
    }

    @Test func damageInAVectorIsFoundByADeepLook() throws {
        let paths = LibraryPaths(root: root)
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: paths.vectors).first)
        let url = URL(fileURLWithPath: paths.segment(name))
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count - 1] ^= 0x10
        try bytes.write(to: url)
        #expect(try LibraryCheck(root: root, deep: true).damage.count == 1)
    }
}
