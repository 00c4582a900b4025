import Foundation
import SQLite
import Storage
import TestSupport
import Testing
import TextSearch

/// Rows S6 to S16: files that are cut, changed, missing, or of another library.
@Suite(.serialized) struct DamagedFileTests {
    private static let search = ["--json", "search", "lighthouse"]

    private func segment(of sample: SampleLibrary) throws -> String {
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: sample.paths.vectors).first)
        return sample.paths.segment(name)
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        body(&bytes)
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    private func removeLog(_ sample: SampleLibrary) {
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: sample.paths.catalog + suffix)
        }
    }

    // MARK: Vectors

    enum VectorDamage: String, CaseIterable {
        case truncated, empty, longer, zeroTail, noMagic, missing, hugeCount
    }

    @Test(arguments: VectorDamage.allCases)
    func withoutItsVectorsALibraryIsSearchedByItsWordsAndSaysSo(damage: VectorDamage) throws {
        let sample = try SampleLibrary.made()
        let path = try segment(of: sample)
        try change(path) { bytes in
            switch damage {
            case .truncated: bytes.removeLast(bytes.count / 3)
            case .empty: bytes.removeAll()
            case .longer: bytes.append(contentsOf: [1, 2, 3])
            case .zeroTail:
                let start = bytes.count - 4
                bytes.replaceSubrange(start..., with: Data(count: 4))
            case .noMagic: bytes[0] ^= 0xFF
            case .hugeCount: for place in 16..<32 { bytes[place] = 0xFF }
            case .missing: break
            }
        }
        if damage == .missing { try FileManager.default.removeItem(atPath: path) }
        let run = try sample.reel(Self.search)
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(run.output.contains(#""partial":true"#))
        #expect(run.output.contains("The search by frames is left out."))
        #expect(run.output.contains("sound 0.wav"))
        let doctor = try sample.reel(["doctor"])
        #expect(doctor.exitCode == 1)
        #expect(doctor.output.contains("reel doctor --repair"))
    }

    @Test func flippedBitsInVectorsAreFoundByADeepLook() throws {
        let sample = try SampleLibrary.made()
        let path = try segment(of: sample)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededRandom(seed: 9)
        for _ in 0..<(FaultyProgram.isThorough ? 1000 : 60) {
            var bytes = whole
            let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
            bytes[bit / 8] ^= 1 << (bit % 8)
            try bytes.write(to: URL(fileURLWithPath: path))
            #expect(!(try LibraryCheck(root: sample.root, deep: true)).damage.isEmpty, "bit \(bit)")
        }
    }

    @Test func vectorsOfAnotherLibraryAreNotTakenForItsOwn() throws {
        let sample = try SampleLibrary.made()
        let other = try SampleLibrary()
        for number in 0..<3 {
            try other.write(
                Array(try Data(contentsOf: URL(fileURLWithPath: other.media + "/picture 0.bmp")))
                    + [UInt8(number)], to: "picture \(number).bmp")
        }
        try other.index()
        let path = try segment(of: sample)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: try segment(of: other), toPath: path)
        let run = try sample.reel(Self.search)
        #expect(run.output.contains("is not the one that the catalogue names"))
    }

    // MARK: The catalogue

    @Test(arguments: [0, 100, 4096])
    func aCatalogueWithADamagedPageIsNamed(offset: Int) throws {
        let sample = try SampleLibrary.made()
        try change(sample.paths.catalog) { bytes in
            for place in offset..<offset + 16 { bytes[place] ^= 0x5A }
        }
        let run = try sample.reel(["doctor", "--deep"])
        #expect([1, 65].contains(run.exitCode), "\(run.output)\(run.messages)")
        let rebuilt = try sample.index(options: ["--rebuild"])
        #expect(rebuilt.exitCode == 0, "\(rebuilt.messages)")
        #expect(try LibraryContent(root: sample.root) == SampleLibrary.expected.get())
    }

    @Test func flippedBitsAnywhereInTheCatalogueNeverCrashASearch() throws {
        let sample = try SampleLibrary.made()
        let whole = try Data(contentsOf: URL(fileURLWithPath: sample.paths.catalog))
        var random = SeededRandom(seed: 10)
        for _ in 0..<(FaultyProgram.isThorough ? 1000 : 12) {
            var bytes = whole
            for _ in 0..<8 {
                let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
                bytes[bit / 8] ^= 1 << (bit % 8)
            }
            try bytes.write(to: URL(fileURLWithPath: sample.paths.catalog))
            let run = try sample.reel(Self.search)
            #expect([0, 65, 66, 70, 74, 77, 78].contains(run.exitCode), "\(run.messages)")
        }
    }

    @Test func aWriteAheadLogThatIsGoneIsNotedAndNotSilentlyForgotten() throws {
        // A run that is killed between its commit and its end leaves the commit in the log alone.
        let sample = try SampleLibrary()
        let last = try SampleLibrary.callCount.get() - 1
        var exitCode: Int32 = 0
        for call in stride(from: last, through: max(1, last - 60), by: -1) where exitCode == 0 {
            try? FileManager.default.removeItem(atPath: sample.root)
            let killed = try sample.index(.init(kind: .kill, call: call))
            guard !killed.acknowledged.isEmpty else { continue }
            removeLog(sample)
            exitCode = try sample.reel(["ls"]).exitCode
        }
        #expect(exitCode == 65)
        let rebuilt = try sample.index(options: ["--rebuild"])
        #expect(rebuilt.exitCode == 0, "\(rebuilt.messages)")
    }

    @Test func anOldCopyOfTheCatalogueAloneIsNotTakenForTheLibrary() throws {
        let sample = try SampleLibrary()
        try sample.index()
        let old = try Data(contentsOf: URL(fileURLWithPath: sample.paths.catalog))
        try FileManager.default.removeItem(atPath: sample.media + "/picture 0.bmp")
        try sample.index()
        removeLog(sample)
        try old.write(to: URL(fileURLWithPath: sample.paths.catalog))
        for command in [["ls"], ["doctor"], Self.search] {
            let run = try sample.reel(command)
            #expect([1, 65].contains(run.exitCode), "\(run.messages)")
            #expect((run.messages + run.output).contains("old copy of catalog.sqlite"))
        }
    }

    @Test func theLogOfAnotherLibraryIsRefused() throws {
        let sample = try SampleLibrary.made()
        let other = try SampleLibrary()
        let count = try SampleLibrary.callCount.get()
        try other.index(.init(kind: .kill, call: count * 3 / 4))
        removeLog(sample)
        try FileManager.default.copyItem(
            atPath: other.paths.catalog + "-wal", toPath: sample.paths.catalog + "-wal")
        let run = try sample.reel(["ls"])
        #expect(run.exitCode == 65, "\(run.exitCode): \(run.output) \(run.messages)")
    }

    // MARK: Two programs

    @Test func aSecondRunIsToldWhoHasTheLibraryAndAKilledOneHoldsNothing() throws {
        let sample = try SampleLibrary.made()
        // The writer's lock, held by this process through the tests' own copy of the module.
        let writer = try LibraryWriter(root: sample.root)
        let run = try sample.index()
        #expect(run.exitCode == 75)
        #expect(run.messages.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
        // Who searches is not in the way.
        #expect(try sample.reel(Self.search).exitCode == 0)
        withExtendedLifetime(writer) {}

        let killed = try SampleLibrary()
        try killed.index(.init(kind: .kill, call: 40))
        #expect(try killed.index().exitCode == 0)
    }

    @Test func whoReadsKeepsTheOldVectorsWhileANewRunJoinsThem() throws {
        let sample = try SampleLibrary()
        try sample.index()
        let reader = try LibraryReader(root: sample.root)
        try FileManager.default.removeItem(atPath: sample.media + "/picture 0.bmp")
        try sample.index()
        #expect(try reader.vectors(of: .frames)?.count == 3)
        #expect(try LibraryReader(root: sample.root).vectors(of: .frames)?.count == 2)
    }

    // MARK: doctor

    /// Damage of one kind, and a word of what `doctor --deep` says of it.
    struct Planted: CustomTestStringConvertible, Sendable {
        var name: String
        var sql: String?
        var word: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Planted(name: "passage", sql: "UPDATE passages SET text = text || '!'", word: "passage"),
        Planted(
            name: "passage's confidence", sql: "UPDATE passages SET confidence = 0.5",
            word: "passage"),
        Planted(
            name: "passage lost", sql: "DELETE FROM passages WHERE row = 1", word: "text index"),
        Planted(
            name: "posting", sql: "UPDATE posting_lists SET list = x'00'", word: "text index"),
        Planted(
            name: "FTS", sql: "UPDATE passage_index_data SET block = x'00'", word: "text index"),
        Planted(name: "file", sql: "UPDATE files SET size = size + 1", word: "row of the file"),
        Planted(name: "asset", sql: "UPDATE assets SET title = 'x'", word: "row of asset"),
        Planted(name: "key frame", sql: "UPDATE key_frames SET time_ms = 1", word: "key_frames"),
        Planted(name: "key frame lost", sql: "DELETE FROM key_frames", word: "row of asset"),
        Planted(
            name: "claim", sql: "UPDATE asset_vectors SET first_row = 0", word: "does not say which"
        ),
        Planted(
            name: "asset without a file", sql: "DELETE FROM files", word: "belongs to no file"),
        Planted(
            name: "calibration", sql: "UPDATE calibration SET data = data || ' '",
            word: "unrelated queries"),
        Planted(
            name: "segment's row", sql: "UPDATE vector_segments SET rows = rows + 1",
            word: "vector file"),
        Planted(name: "picture damaged", word: "is damaged"),
        Planted(name: "picture missing", word: "is missing"),
        Planted(name: "picture too many", word: "Nothing in the catalogue names"),
        Planted(name: "segment too many", word: "Nothing in the catalogue names"),
        Planted(name: "segment missing", word: "is missing"),
        Planted(name: "vector", word: "damaged"),
    ])
    func aDeepLookFindsDamageOfEveryKindAndRepairMendsIt(planted: Planted) throws {
        let sample = try SampleLibrary()
        try sample.index()
        #expect(try LibraryCheck(root: sample.root, deep: true).damage == [])
        let expected = try LibraryContent(root: sample.root)
        try plant(planted, in: sample)
        let check = try LibraryCheck(root: sample.root, deep: true)
        #expect(check.damage.contains { $0.contains(planted.word) }, "\(check.damage)")

        // Mended in place, and by the next run.
        #expect(check.isRepairable, "\(check.findings)")
        let repair = try sample.reel(["doctor", "--deep", "--repair"])
        #expect(repair.exitCode == 0, "\(repair.output)\(repair.messages)")
        let run = try sample.index()
        #expect(run.exitCode == 0, "\(run.messages)")
        #expect(try LibraryContent(root: sample.root) == expected)
        #expect(try LibraryCheck(root: sample.root, deep: true).damage == [])
    }

    private func plant(_ planted: Planted, in sample: SampleLibrary) throws {
        let paths = sample.paths
        if let sql = planted.sql {
            let connection = try Connection(path: paths.catalog, mode: .readWriteCreate)
            _ = try TextStore(connection: connection)
            try connection.execute("PRAGMA foreign_keys = OFF")
            // FTS5's own tables may not be written in the defensive mode of our connections.
            let shell = planted.name == "FTS"
            guard shell else { return try connection.execute(sql) }
            return try change(paths.catalog) { bytes in
                let term = Data("lighthous".utf8)
                while let place = bytes.range(of: term) {
                    bytes.replaceSubrange(place, with: Data("lighthxus".utf8))
                }
            }
        }
        let pictures = try FileManager.default.subpathsOfDirectory(atPath: paths.thumbnails)
            .filter { $0.hasSuffix(".jpg") }.sorted().map { paths.thumbnails + "/" + $0 }
        let picture = try #require(pictures.first)
        switch planted.name {
        case "picture damaged": try change(picture) { $0[$0.count / 2] ^= 1 }
        case "picture missing": try FileManager.default.removeItem(atPath: picture)
        case "picture too many":
            try FileManager.default.copyItem(
                atPath: picture, toPath: picture.replacing(".jpg", with: "99.jpg"))
        case "segment too many":
            try FileManager.default.copyItem(
                atPath: try segment(of: sample), toPath: paths.segment("frames-999.segment"))
        case "segment missing":
            try FileManager.default.removeItem(atPath: try segment(of: sample))
        default: try change(try segment(of: sample)) { $0[200] ^= 1 }
        }
    }
}
