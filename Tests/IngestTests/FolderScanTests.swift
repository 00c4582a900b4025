import Foundation
import Storage
import TestSupport
import Testing

@testable import Ingest

@Suite struct FolderScanTests {
    private func make(_ names: [String], in folder: TemporaryFolder) throws {
        for name in names {
            let url = folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(name.utf8).write(to: url)
        }
    }

    @Test func mediaAreFoundAndTheRestIsNamed() throws {
        let folder = try TemporaryFolder()
        try make(
            [
                "b.mp4", "a.MKV", "a.srt", "notes.md", "list.xlsx", "noextension", ".hidden.mp4",
                ".hidden/c.mp4", "deep/er/c.wav",
            ], in: folder)
        let scan = try FolderScan([folder.url.path])
        let names = scan.found.map { URL(fileURLWithPath: $0.path).lastPathComponent }
        #expect(Set(names) == ["a.MKV", "b.mp4", "c.wav", "notes.md"])
        #expect(Set(scan.skipped.map(\.reason)) == [.notMedia("xlsx"), .notMedia("")])
    }

    @Test func aFileNamedOutrightIsTriedWhateverItsName() throws {
        let folder = try TemporaryFolder()
        try make(["strange.bin"], in: folder)
        #expect(try FolderScan([folder.path("strange.bin")]).found.count == 1)
    }

    @Test func overlappingPathsGiveEachFileOnce() throws {
        let folder = try TemporaryFolder()
        try make(["a.mp4"], in: folder)
        let scan = try FolderScan([folder.url.path, folder.path("a.mp4"), folder.url.path + "/."])
        #expect(scan.found.count == 1)
    }

    @Test func linksAndPipesAreLeftOut() throws {
        let folder = try TemporaryFolder()
        try make(["a.mp4"], in: folder)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link.mp4"), withDestinationPath: folder.path("a.mp4"))
        #expect(mkfifo(folder.path("pipe.mp4"), 0o600) == 0)
        let scan = try FolderScan([folder.url.path])
        #expect(scan.found.count == 1)
        #expect(scan.skipped.map(\.reason) == [.notARegularFile, .notARegularFile])
    }

    @Test func aLibraryInTheFolderIsNotMedia() throws {
        let folder = try TemporaryFolder()
        try make(
            [
                "a.mp4", "library/manifest.json", "library/catalog.sqlite",
                "library/thumbnails/a.jpg",
            ], in: folder)
        #expect(try FolderScan([folder.url.path]).found.count == 1)
    }

    @Test func subtitlesOfNothingAreATextAndThoseOfAFilmAreNot() throws {
        let folder = try TemporaryFolder()
        try make(["film.mp4", "film.en.srt", "lecture.vtt"], in: folder)
        let scan = try FolderScan([folder.url.path])
        #expect(scan.found.map(\.path) == [folder.path("film.mp4"), folder.path("lecture.vtt")])
        #expect(scan.found.map(\.form) == [.media, .subtitles])
    }

    @Test func whatAReelignoreNamesIsLeftOutWithWhatIsBelowIt() throws {
        let folder = try TemporaryFolder()
        try make(["a.mp4", "raw/b.mp4", "deep/raw/c.mp4", "deep/d.mp4"], in: folder)
        try Data("raw/\n".utf8).write(to: folder.url.appendingPathComponent(".reelignore"))
        try Data("d.*\n".utf8).write(to: folder.url.appendingPathComponent("deep/.reelignore"))
        let scan = try FolderScan([folder.url.path])
        #expect(scan.found.map(\.path) == [folder.path("a.mp4")])
        #expect(scan.skipped.map(\.reason) == [.ignored, .ignored, .ignored])
    }

    @Test func aFileThatIsOpenForWritingIsNotReadyAndAClosedOneIs() throws {
        let folder = try TemporaryFolder()
        try make(["a.mp4"], in: folder)
        let modified = try FolderScan([folder.url.path]).found[0].signature.modifiedNanoseconds
        let path = folder.path("a.mp4")
        let handle = try #require(FileHandle(forWritingAtPath: path))
        #expect(FileReadiness.isBeingWritten(path, modifiedNanoseconds: modified))
        try handle.close()
        #expect(!FileReadiness.isBeingWritten(path, modifiedNanoseconds: modified))
    }

    @Test func aMissingPathIsAnErrorAndNotAnEmptyFolder() {
        #expect(throws: IngestError.self) { try FolderScan(["no/such/folder"]) }
    }

    @Test func subtitlesBesideAFileAreInItsSignature() throws {
        let folder = try TemporaryFolder()
        try make(["a.mp4"], in: folder)
        let before = try FolderScan([folder.url.path]).found[0].signature
        try make(["a.en.srt"], in: folder)
        let after = try FolderScan([folder.url.path]).found[0].signature
        #expect(before.companions.isEmpty)
        #expect(after.companions.contains("a.en.srt"))
    }

    @Test(arguments: [
        ("/x/2024-05_Beach-day.final.mp4", "2024 05 Beach day final"), ("/x/.mp4", "mp4"),
        ("/x/北京 旅行.mkv", "北京 旅行"), ("/x/---.mp4", ""),
    ])
    func aFileNameIsReadAsWords(path: String, words: String) {
        #expect(MediaName.words(ofPath: path) == words)
    }
}
