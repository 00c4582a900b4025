import Foundation
import TestSupport
import Testing

/// The commands that show one stage alone, on the demo's files and the bundled model.
@Suite struct PlumbingCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func framesAreFoundAtTheCutsAndWrittenAsPictures() throws {
        let run = try BuiltProgram.run([
            "frames", "--write", folder.path("frames"), "media/travel-diary.mp4",
        ])
        #expect(run.exitCode == 0, "\(run.messages)")
        // media/README.md: shots begin at 0, 4.33 and 8.67 seconds.
        let lines = try run.objects()
        #expect(lines.count == 3)
        for (line, shot) in zip(lines, [0, 4.33, 8.67]) {
            let start = try #require(line["shot_start_seconds"] as? Double)
            let end = try #require(line["shot_end_seconds"] as? Double)
            #expect(abs(start - shot) < 0.05)
            #expect(try start...end ~= #require(line["time_seconds"] as? Double))
        }
        let pictures = try FileManager.default.contentsOfDirectory(atPath: folder.path("frames"))
        #expect(pictures.count == 3 && pictures.allSatisfy { $0.hasSuffix(".jpg") })
    }

    @Test(arguments: [
        ("media/lighthouses.webm", "sailors"), ("media/budget-talk.mp4", "spending plan"),
        ("media/apple-cake.mkv", "oven"),
    ])
    func subtitlesAreReadBesideAndInsideAFile(path: String, word: String) throws {
        let run = try BuiltProgram.run(["subtitles", path])
        let cues = try run.objects()
        #expect(!cues.isEmpty)
        let text = cues.compactMap { $0["text"] as? String }.joined(separator: " ").lowercased()
        #expect(text.contains(word))
        let starts = cues.compactMap { $0["start_seconds"] as? Double }
        #expect(starts.count == cues.count && starts == starts.sorted())
    }

    @Test func aTextIsShownAsTheModelSeesIt() throws {
        let run = try BuiltProgram.run(["tokenize", "--model", "reel-clip-tiny", "a red car"])
        let shown = try #require(try run.objects().first)
        let ids = try #require(shown["ids"] as? [Int])
        let tokens = try #require(shown["tokens"] as? [String])
        #expect(ids.count == tokens.count)
        #expect(tokens.first == "<|startoftext|>" && tokens.last == "<|endoftext|>")
    }

    @Test func vectorsComeOutAsJSONAndAsTheSameArray() throws {
        let embed = ["embed", "--model", "reel-clip-tiny", "--image", "media/birthday.jpg"]
        let line = try #require(try BuiltProgram.run(embed).objects().first)
        let vector = try #require(line["embedding"] as? [Double])
        #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)

        let path = folder.path("birthday.npy")
        #expect(try BuiltProgram.run(embed + ["--output", path]).exitCode == 0)
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let start = 10 + Int(data[8]) + Int(data[9]) << 8
        let values = data[start...].withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                Float(bitPattern: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
            }
        }
        #expect(values.count == vector.count)
        #expect(zip(values, vector).allSatisfy { abs(Double($0) - $1) < 1e-6 })
    }

    @Test func precisionIsAskedForAndChangesLittle() throws {
        let embed = ["embed", "--model", "reel-clip-tiny", "--image", "media/birthday.jpg"]
        func vector(_ precision: String) throws -> [Double] {
            let run = try BuiltProgram.run(embed + ["--precision", precision])
            return try #require(try run.objects().first?["embedding"] as? [Double])
        }
        let exact = try vector("fp32")
        let unasked = try BuiltProgram.run(embed).objects().first?["embedding"] as? [Double]
        #expect(unasked == exact)
        #expect(try vector("bf16") == vector("int16"))
        for (precision, least) in [("int16", 0.9999), ("int8", 0.99), ("auto", 0.999)] {
            let cosine = zip(try vector(precision), exact).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(cosine >= least)
        }
        #expect(try vector("int8") != exact)
        #expect(try BuiltProgram.run(embed + ["--precision", "fp64"]).exitCode == 2)
    }

    @Test func aTextLiesNearerToThePictureThatShowsItThanToAnother() throws {
        func vector(_ arguments: String...) throws -> [Double] {
            let run = try BuiltProgram.run(["embed", "--model", "reel-clip-tiny"] + arguments)
            return try #require(try run.objects().first?["embedding"] as? [Double])
        }
        func cosine(_ left: [Double], _ right: [Double]) -> Double {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let frames = folder.path("frames")
        _ = try BuiltProgram.run(["frames", "--write", frames, "media/travel-diary.mp4"])
        let beach = try #require(
            try FileManager.default.contentsOfDirectory(atPath: frames).sorted().first)
        let text = try vector("--text", "red car in front of a beach")
        let car = cosine(text, try vector("--image", frames + "/" + beach))
        let cake = cosine(text, try vector("--image", "media/birthday.jpg"))
        #expect(car > cake + 0.1)
    }
}
