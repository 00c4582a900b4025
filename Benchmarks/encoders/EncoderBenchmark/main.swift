// The program's encoders in a process that stays, so that another program can time them by turns
// with other runtimes. See race.py.
//
//     EncoderBenchmark PRECISION WORKERS CLIP-FOLDER BERT-FOLDER
//
// Reads lines, answers each with the milliseconds it took:
//     images COUNT         embed so many pictures of 224 × 224 pixels
//     tokens COUNT LENGTH  embed so many texts of so many tokens
//     texts FILE           embed every line of a file
internal import Checkpoints
internal import Corpus
internal import Embedders
internal import Foundation
internal import Tensors

struct Encoders {
    let images: ImageEmbedder
    let texts: TextEmbedder

    init(_ arguments: [String]) throws {
        guard arguments.count == 5, let precision = Precision(rawValue: arguments[1]),
            let workers = Int(arguments[2]), workers > 0
        else {
            throw BenchmarkError(
                description: "EncoderBenchmark PRECISION WORKERS CLIP-FOLDER BERT-FOLDER")
        }
        Parallelism.configure(workers: workers)
        OpenBLAS.configure(threads: 1)
        images = try ImageEmbedder(
            model: ModelDirectory(path: arguments[3]), precision: precision)
        texts = try TextEmbedder(
            model: ModelDirectory(path: arguments[4]), precision: precision)
    }

    /// What a line asks for, made before the clock starts.
    func work(_ line: String) throws -> () throws -> Void {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "images":
            let pictures = (0..<(Int(words[1]) ?? 1)).map(Self.picture)
            return { _ = try images.embed(pictures) }
        case "tokens":
            let (count, length) = (Int(words[1]) ?? 1, Int(words[2]) ?? 16)
            // A word of one token, and the two special ones around it.
            let text = Array(repeating: "car", count: max(0, length - 2)).joined(separator: " ")
            let batch = Array(repeating: text, count: count)
            return { _ = try texts.embed(batch) }
        case "texts":
            let batch = try String(contentsOfFile: words[1], encoding: .utf8)
                .split(separator: "\n").map(String.init)
            return { _ = try texts.embed(batch) }
        default: throw BenchmarkError(description: "No such work: \(line)")
        }
    }

    private static func picture(_ seed: Int) -> Picture {
        Picture(
            width: 224, height: 224,
            pixels: (0..<224 * 224 * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ seed &* 31) })
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
}

func run() throws {
    let encoders = try Encoders(CommandLine.arguments)
    while let line = readLine() {
        let work = try encoders.work(line)
        let start = ContinuousClock.now
        try work()
        print(start.duration(to: .now) / .milliseconds(1))
        fflush(nil)
    }
}

do {
    try run()
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
