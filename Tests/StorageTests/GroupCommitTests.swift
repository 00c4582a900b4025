import Corpus
import Foundation
import SQLite
import TestSupport
import Testing
import TextSearch

@testable import Storage

@Suite struct GroupCommitTests {
    private let folder: TemporaryFolder
    private let root: String

    init() throws {
        folder = try TemporaryFolder()
        root = folder.path("library")
    }

    private func open() throws -> LibraryWriter {
        let writer = try LibraryWriter(root: root)
        try writer.use(frameSpace)
        return writer
    }

    private func commits(_ records: [AssetRecord]) -> [AssetCommit] {
        records.map { AssetCommit(record: $0, file: file($0)) }
    }

    @Test func aBatchIsOneGenerationAndOneSegment() throws {
        let writer = try open()
        let before = try LibraryReader(root: root).generation
        let records = (0..<10).map { record("asset \($0)", frames: $0 % 3) }
        try writer.commit(commits(records))
        let reader = try LibraryReader(root: root)
        #expect(reader.generation == before + 1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: reader.paths.vectors).count == 1)
        #expect(try reader.assets().count == 10)
        let vectors = try #require(try reader.vectors(of: .frames))
        #expect(vectors.count == 9)
        for record in records {
            for ordinal in record.keyFrames.indices {
                let vector = try vectors.vector(of: record.asset.id, ordinal: ordinal)
                #expect(vector == (0..<4).map { $0 == ordinal ? 1 : 0 })
            }
        }
    }

    @Test func anAssetThatComesTwiceIsOneAssetWithTwoFiles() throws {
        let writer = try open()
        let thin = record("same", frames: 1, path: "/a.mp4")
        let dense = record("same", frames: 3, path: "/b.mp4")
        try writer.commit(commits([thin, record("other"), dense]))
        let reader = try LibraryReader(root: root)
        #expect(try reader.assets().map(\.asset.path) == ["/a.mp4", "/videos/other.mp4"])
        #expect(try reader.keyFrames(of: dense.asset.id).count == 3)
        let known = try writer.knownFiles()
        #expect(known["/a.mp4"]?.record.asset == dense.asset.id)
        #expect(known["/b.mp4"]?.record.asset == dense.asset.id)
    }

    @Test func anAssetThatBecomesDenserKeepsItsOtherFiles() throws {
        let writer = try open()
        let thin = record("same", frames: 1)
        try writer.commit(commits([thin]))
        var copy = file(thin)
        copy.path = "/copy.mp4"
        try writer.note([copy])
        try writer.commit(commits([record("same", frames: 4)]))
        try writer.finish()
        let reader = try LibraryReader(root: root)
        #expect(try reader.keyFrames(of: thin.asset.id).count == 4)
        #expect(try reader.passages(of: thin.asset.id).count == 1)
        #expect(try reader.vectors(of: .frames)?.count == 4)
        #expect(Set(try writer.knownFiles().paths) == [thin.asset.path, "/copy.mp4"])
    }

    @Test func aPathThatIsTakenOverDropsWhatItHeld() throws {
        let writer = try open()
        try writer.commit(commits([record("old", path: "/x.mp4"), record("kept")]))
        try writer.commit(commits([record("new", path: "/x.mp4"), record("newer")]))
        let paths = try LibraryReader(root: root).assets().map(\.asset.path)
        #expect(paths == ["/videos/kept.mp4", "/videos/newer.mp4", "/x.mp4"])
        #expect(try LibraryReader(root: root).asset(record("old").asset.id) == nil)
    }

    @Test func aBatchThatCannotBeWrittenLeavesTheLibraryAsItWas() throws {
        let writer = try open()
        try writer.commit(commits([record("kept")]))
        var wrong = record("wrong")
        wrong.vectors[.frames] = [1, 2, 3]
        #expect(throws: StorageError.self) { try writer.commit(commits([record("new"), wrong])) }
        #expect(try LibraryReader(root: root).assets().map(\.asset) == [record("kept").asset])
        try writer.commit(commits([record("next")]))
        try writer.finish()
        #expect(try LibraryReader(root: root).assets().count == 2)
    }

    @Test func segmentsAreJoinedWhileARunGoesOn() throws {
        let writer = try open()
        for number in 0..<40 { try writer.commit(commits([record("asset \(number)")])) }
        let reader = try LibraryReader(root: root)
        let vectors = try #require(try reader.vectors(of: .frames))
        #expect(vectors.count == 80)
        let named = try writer.connection.statement("SELECT count(*) FROM vector_segments")
            .first { Int($0.int(0)) }
        #expect(try #require(named) <= 17)
    }

    @Test func whatIsKnownOfEveryFileIsReadAtOnce() throws {
        let writer = try open()
        var whole = record("whole")
        whole.steps = ["frames": "fast", "voice": "silero"]
        whole.speech = [
            TimeSpan(startSeconds: 0.25, endSeconds: 1), TimeSpan(startSeconds: 1.5, endSeconds: 2),
        ]
        var plain = record("plain")
        plain.vectors = [:]
        try writer.commit(commits([whole, plain]))
        var broken = file(record("broken"))
        broken.asset = nil
        broken.problem = "It holds no video."
        var recent = file(record("whole"))
        recent.path = "/recent.mp4"
        recent.signature.modifiedNanoseconds = Int64(Date().timeIntervalSince1970 * 1e9)
        try writer.note([broken, recent])

        let known = try writer.knownFiles()
        #expect(known.count == 4)
        let first = try #require(known[whole.asset.path])
        #expect(first.record == file(whole))
        #expect(first.isSettled)
        #expect(first.asset?.spaces == [.frames])
        #expect(first.asset?.steps == whole.steps)
        #expect(try writer.knownAsset(whole.asset.id) == first.asset)
        #expect(known[plain.asset.path]?.asset?.spaces == [])
        #expect(known[broken.path]?.record.problem == "It holds no video.")
        #expect(known[broken.path]?.asset == nil)
        #expect(known["/recent.mp4"]?.isSettled == false)
        let reader = try LibraryReader(root: root)
        #expect(try reader.speech(of: whole.asset.id) == whole.speech)
        #expect(try reader.steps(of: whole.asset.id) == whole.steps)
    }

    @Test func aShotIsKeptAndIsWhatItsKeyFrameStandsFor() throws {
        let writer = try open()
        var asset = record("shots", frames: 2)
        asset.keyFrames[0].timeSeconds = 0.5
        asset.keyFrames[0].shot = TimeSpan(startSeconds: 0, endSeconds: 0.9)
        try writer.commit(commits([asset]))
        let frames = try LibraryReader(root: root).keyFrames(of: asset.asset.id)
        #expect(frames.map(\.keyFrame) == asset.keyFrames)
        #expect(frames[0].span == TimeSpan(startSeconds: 0, endSeconds: 0.9))
        #expect(frames[1].span == TimeSpan(startSeconds: 1, endSeconds: 2))
    }

    @Test func howSureAMachineIsOfItsTextIsKept() throws {
        let writer = try open()
        var asset = record("speech")
        asset.passages = [
            Passage(text: "maybe so", source: .transcript, confidence: 0.375),
            Passage(text: "surely so", source: .subtitle),
            Passage(text: "not a number", source: .screenText, confidence: .nan),
        ]
        try writer.commit(commits([asset]))
        let stored = try LibraryReader(root: root).passages(of: asset.asset.id).map(\.passage)
        #expect(stored.map(\.confidence) == [0.375, nil, nil])
        try writer.connection.execute("UPDATE passages SET confidence = 0.9 WHERE ordinal = 0")
        #expect(throws: (any Error).self) {
            try LibraryReader(root: root).passages(of: asset.asset.id)
        }
    }
}
