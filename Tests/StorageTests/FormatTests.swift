import Corpus
import Foundation
import SQLite
import TestSupport
import Testing
import TextSearch

@testable import Storage

@Suite struct FormatTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
        let writer = try LibraryWriter(root: root)
        try writer.use(frameSpace)
        let records = ["a", "b"].map { record($0) }
        try writer.commit(records.map { AssetCommit(record: $0, file: file($0)) })
        try writer.finish()
    }

    /// Takes away what format 3 added, which leaves the tables of format 2.
    private func goBackToFormat2() throws {
        let connection = try Connection(
            path: LibraryPaths(root: root).catalog, mode: .readWriteCreate)
        _ = try TextStore(connection: connection)
        let added = [
            ("assets", "checksum"), ("files", "checksum"), ("key_frames", "shot_start_ms"),
            ("key_frames", "shot_end_ms"), ("key_frames", "picture_checksum"),
            ("key_frames", "checksum"),
            ("vector_segments", "checksum"), ("asset_vectors", "checksum"),
            ("calibration", "checksum"), ("passages", "confidence"),
        ]
        for (table, column) in added {
            try connection.execute("ALTER TABLE \(table) DROP COLUMN \(column)")
        }
        try connection.execute("DROP TABLE speech_spans; DROP TABLE asset_steps")
        try connection.setUserVersion(2)
    }

    @Test(arguments: [true, false])
    func aLibraryOfTheFormatBeforeIsBroughtUpToDateByWhoeverOpensIt(byAWriter: Bool) throws {
        let before = try LibraryReader(root: root).assets()
        try goBackToFormat2()
        if byAWriter { _ = try LibraryWriter(root: root) }
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets() == before)
        for asset in before {
            #expect(try reader.keyFrames(of: asset.asset.id).count == 2)
            #expect(try reader.passages(of: asset.asset.id).count == 1)
        }
        #expect(try reader.vectors(of: .frames)?.count == 4)
        #expect(try LibraryCheck(root: root, deep: true).damage == [])
        let writer = try LibraryWriter(root: root)
        #expect(try writer.knownFiles().count == 2)
        try writer.commit(record("c"), from: file(record("c")))
        try writer.finish()
        #expect(try LibraryReader(root: root).texts.search("words", limit: 9).matches.count == 3)
    }

    @Test func aLibraryThatIsBeingWrittenIsNotBroughtUpToDateBesideItsWriter() throws {
        try goBackToFormat2()
        let lock = try WriterLock(paths: LibraryPaths(root: root))
        #expect(throws: StorageError.self) { try LibraryReader(root: root) }
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [Int32(1), 4, 99])
    func anotherFormatIsRefusedByItsNumberAndSaysHowToGoOn(version: Int32) throws {
        do {
            let connection = try Connection(
                path: LibraryPaths(root: root).catalog, mode: .readWriteCreate)
            try connection.setUserVersion(version)
        }
        let error = #expect(throws: StorageError.self) { try LibraryReader(root: root) }
        let message = error?.description ?? ""
        #expect(message.contains("format version \(version)"))
        #expect(message.contains("version 3"))
        #expect(message.contains("reel index --rebuild"))
        #expect(throws: StorageError.self) { try LibraryWriter(root: root) }
        // What it held is still there for the program that can read it.
        #expect(FileManager.default.fileExists(atPath: LibraryPaths(root: root).catalog))
    }
}
