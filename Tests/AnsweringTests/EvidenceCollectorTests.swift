import Corpus
import LanguageModels
import Storage
import TestSupport
import Testing

@testable import Answering

@Suite struct EvidenceCollectorTests {
    private let folder: TemporaryFolder
    private let library: LibraryReader

    /// Four videos of three sentences each; all begin with the same one.
    init() throws {
        folder = try TemporaryFolder()
        let writer = try LibraryWriter(root: folder.path("library"))
        for name in ["a", "b", "c", "d"] {
            let digest = SHA256.digest(of: name.utf8)
            var record = AssetRecord(
                asset: Asset(
                    id: AssetID(digest: digest), kind: .video, path: "/v/\(name).mp4",
                    durationSeconds: 30), digest: digest)
            record.keyFrames = [KeyFrame(timeSeconds: 0, frame: 0, difference: 0)]
            record.thumbnails = [[0xFF, 0xD8, 0xFF] + Array(name.utf8)]
            record.passages = [
                Passage(text: name, source: .fileName),
                Self.passage("Welcome to all.", at: 0),
                Self.passage("In \(name) it is", at: 10),
                Self.passage("warm today. Bye.", at: 11),
                Passage(
                    text: "sea, sun", source: .tag,
                    span: TimeSpan(startSeconds: 0, endSeconds: 30)),
            ]
            try writer.commit(
                record,
                from: FileRecord(
                    path: record.asset.path,
                    signature: FileSignature(
                        size: 1, modifiedNanoseconds: 1, inode: 1, companions: ""),
                    asset: record.asset.id))
        }
        try writer.finish()
        library = try LibraryReader(root: folder.path("library"))
    }

    private static func passage(_ text: String, at start: Double) -> Passage {
        Passage(
            text: text, source: .subtitle,
            span: TimeSpan(startSeconds: start, endSeconds: start + 1))
    }

    private func hit(
        _ name: String, _ start: Double, _ end: Double, confidence: Double = 1,
        pictureRate: Double? = nil
    ) throws -> Hit {
        let asset = try #require(
            try library.plainAsset(AssetID(digest: SHA256.digest(of: name.utf8))))
        let span = TimeSpan(startSeconds: start, endSeconds: end)
        var channels: [Channel: ChannelEvidence] = [:]
        if let pictureRate {
            var seen = ChannelEvidence(score: 1, raw: 0.3, weight: 1)
            seen.falseAlarmRate = pictureRate
            seen.timeSeconds = 0
            seen.thumbnail = "/t/\(name).jpg"
            channels[.frames] = seen
        }
        var hit = Hit(
            asset: asset, moment: span,
            parts: [HitPart(query: "q", moment: span, channels: channels)])
        hit.falseAlarmRate = 1 - confidence
        return hit
    }

    @Test func wholeSentencesOnceEachWithIdsInOrder() throws {
        let hits = [
            try hit("a", 10.2, 10.8), try hit("a", 0, 1), try hit("b", 0, 1),
            try hit("c", 10, 12), try hit("d", 10, 12), try hit("b", 11, 12, confidence: 0.4),
        ]
        let evidence = try EvidenceCollector(library: library).evidence(from: hits)
        #expect(evidence.map(\.id) == Array(1...evidence.count))
        // The greeting is in all; d is the fourth file; b's other moment is not believed.
        #expect(
            evidence.filter { !$0.text.isEmpty }.map(\.text) == [
                "In a it is warm today.", "Welcome to all.", "In c it is warm today. Bye.",
            ])
        #expect(evidence[0].span == TimeSpan(startSeconds: 10, endSeconds: 12))
        #expect(evidence[0].keyFrames.count == 1)
        // The same hits give the same evidence.
        let again = try EvidenceCollector(library: library).evidence(from: hits)
        #expect(again.map(\.digest) == evidence.map(\.digest))
        #expect(again == evidence)
    }

    @Test func aMomentFoundByItsPictureStandsForItself() throws {
        let seen = try EvidenceCollector(library: library).evidence(
            from: [try hit("a", 0, 5, pictureRate: 0.01)])
        #expect(seen.map(\.text) == ["Welcome to all.", ""])
        #expect(seen[1].tags == ["sea", "sun"])
        #expect(seen[1].keyFrames == [Evidence.Picture(timeSeconds: 0, path: "/t/a.jpg")])
        #expect(seen[0].keyFrames.isEmpty)
    }

    @Test func theBudgetIsKept() throws {
        var settings = EvidenceSettings()
        settings.assets = 2
        settings.passages = 3
        settings.keyFrames = 1
        let hits = try ["a", "b", "c"].map { try hit($0, 0, 12, pictureRate: 0.1) }
        let collector = EvidenceCollector(library: library, settings: settings)
        let evidence = try collector.evidence(from: hits)
        #expect(evidence.count(where: { !$0.text.isEmpty }) == 3)
        #expect(evidence.reduce(0) { $0 + $1.keyFrames.count } == 1)
        #expect(!evidence.contains { $0.asset.path == "/v/c.mp4" })

        settings.tokens = TokenEstimate.tokens(of: "Welcome to all.")
        let short = try EvidenceCollector(library: library, settings: settings).evidence(from: hits)
        #expect(short.map(\.text).filter { !$0.isEmpty } == ["Welcome to all."])
    }
}
