import Corpus
import Foundation
import Storage
import TestSupport
import TextSearch

/// A folder of small media, and the library of it in a folder beside.
struct SampleLibrary {
    let folder: TemporaryFolder
    var media: String { folder.path("media") }
    var root: String { folder.path("library") }
    var paths: LibraryPaths { LibraryPaths(root: root) }

    /// Three pictures, and two sounds with subtitles.
    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: media, withIntermediateDirectories: true)
        for number in 0..<3 {
            try write(Self.picture(number), to: "picture \(number).bmp")
        }
        for number in 0..<2 {
            try write(Self.sound(number), to: "sound \(number).wav")
            let text = "1\n00:00:00,000 --> 00:00:00,400\nA lighthouse number \(number).\n"
            try write(Array(text.utf8), to: "sound \(number).srt")
        }
    }

    /// A library that is there already, copied from one that was made once: to be read, since it
    /// names the files that it was made of.
    static func made() throws -> SampleLibrary {
        let original = try reference.get()
        let sample = try SampleLibrary()
        try FileManager.default.removeItem(atPath: sample.media)
        try FileManager.default.copyItem(atPath: original.media, toPath: sample.media)
        try FileManager.default.copyItem(atPath: original.root, toPath: sample.root)
        return sample
    }

    nonisolated(unsafe) private static let reference: Result<SampleLibrary, any Error> = Result {
        let sample = try SampleLibrary()
        // Nobody lets go of what is static.
        atexit {
            guard let sample = try? SampleLibrary.reference.get() else { return }
            try? FileManager.default.removeItem(at: sample.folder.url)
        }
        let run = try sample.index()
        guard run.exitCode == 0 else { throw SampleError(message: run.messages) }
        return sample
    }

    /// What the library is to hold at the end, by file name.
    static let expected: Result<LibraryContent, any Error> = Result {
        try LibraryContent(root: reference.get().root)
    }

    /// Calls that change something, of a whole run that makes the library.
    static let callCount: Result<Int, any Error> = Result {
        let calls = try SampleLibrary().index().calls
        guard calls > 0 else { throw SampleError(message: "The shim counted no calls.") }
        return calls
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: media + "/" + name))
    }

    @discardableResult
    func index(
        _ fault: FaultyProgram.Fault = FaultyProgram.Fault(), limits: String? = nil,
        options: [String] = [], environment: [String: String] = [:],
        meanwhile: (Process) -> Void = { _ in }
    ) throws -> FaultyProgram.Run {
        try FaultyProgram.run(
            ["--json", "index"] + options + [media], library: root, fault: fault, limits: limits,
            environment: environment, meanwhile: meanwhile)
    }

    func reel(
        _ arguments: [String], fault: FaultyProgram.Fault = FaultyProgram.Fault()
    ) throws -> FaultyProgram.Run {
        try FaultyProgram.run(arguments, library: root, fault: fault)
    }

    /// Files that only a run in progress may have.
    func temporaryFiles() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.hasSuffix(".new") || $0.hasSuffix(".partial") }
    }

    /// 16 × 16 pixels of 24 bits.
    private static func picture(_ number: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let pixels = (0..<16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 * (2 * number + 1)) }
        return Array("BM".utf8) + little(54 + pixels.count, 4) + little(0, 4) + little(54, 4)
            + little(40, 4) + little(16, 4) + little(16, 4) + little(1, 2) + little(24, 2)
            + little(0, 4) + little(pixels.count, 4) + little(2835, 4) + little(2835, 4)
            + little(0, 8) + pixels
    }

    /// Half a second of a low tone in 8-bit samples at 8 kHz.
    private static func sound(_ number: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let samples = (0..<4000).map { UInt8(128 + ($0 / (20 + number) % 2) * 8) }
        return Array("RIFF".utf8) + little(36 + samples.count, 4) + Array("WAVEfmt ".utf8)
            + little(16, 4) + little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4)
            + little(1, 2) + little(8, 2) + Array("data".utf8) + little(samples.count, 4) + samples
    }
}

struct SampleError: Error {
    var message: String
}

/// All that a library says, to compare it with another's: everything but generations.
struct LibraryContent: Equatable {
    struct Item: Equatable {
        var asset: Asset
        var note: String?
        var keyFrames: [StoredKeyFrame]
        var pictures: [Data?]
        var passages: [Passage]
        var speech: [TimeSpan]
        var steps: [String: String]
        var vectors: [String: [[Float]?]]
    }

    /// By the file's name.
    var items: [String: Item] = [:]
    var spaces: [VectorSpace] = []

    init(root: String) throws {
        let reader = try LibraryReader(root: root)
        spaces = try reader.spaces()
        let vectors = try VectorSpace.Name.allCases.map { ($0, try reader.vectors(of: $0)) }
        for summary in try reader.assets() {
            var asset = summary.asset
            let id = asset.id
            asset.path = URL(fileURLWithPath: asset.path).lastPathComponent
            let keyFrames = try reader.keyFrames(of: id)
            let passages = try reader.passages(of: id).map(\.passage)
            var item = Item(
                asset: asset, note: summary.note, keyFrames: keyFrames,
                pictures: keyFrames.map {
                    FileManager.default.contents(atPath: reader.paths.thumbnail($0.thumbnail))
                }, passages: passages, speech: try reader.speech(of: id),
                steps: try reader.steps(of: id), vectors: [:])
            for (name, vectors) in vectors {
                let count = name == .frames ? keyFrames.count : passages.count
                item.vectors[name.rawValue] = try (0..<count).map {
                    try vectors?.vector(of: id, ordinal: $0)
                }
            }
            items[asset.path] = item
        }
    }
}
