import Corpus
import Foundation
import IsolatedDecoding

// Decodes files here or in a decoding process, and prints what it took; isolation.py compares.
//   DecodingBenchmark here|apart THREADS PROGRAM FILE…

let words = CommandLine.arguments
guard words.count > 4, ["here", "apart"].contains(words[1]), let threads = Int(words[2]) else {
    print("Usage: DecodingBenchmark here|apart THREADS PROGRAM FILE…")
    exit(2)
}

/// What came out of the files, and how long it took, in seconds.
struct Measurement: Encodable {
    var seconds = 0.0
    /// Until the first event of the first file.
    var firstSeconds = 0.0
    var keyFrames = 0
    var sampleCount = 0
    var pixelBytes = 0
    var failures = 0
}

func measure(_ decoder: some MediaDecoder, paths: [String]) throws -> Measurement {
    var result = Measurement()
    let start = ContinuousClock.now
    func elapsed() -> Double { (ContinuousClock.now - start) / .seconds(1) }
    for path in paths {
        var request = DecodingRequest(path: path)
        request.threads = threads
        request.wantsSound = true
        request.subtitleFiles = []
        do {
            try decoder.read(request) { event in
                if result.firstSeconds == 0 { result.firstSeconds = elapsed() }
                switch event {
                case .keyFrame(_, let picture, _, _):
                    result.keyFrames += 1
                    result.pixelBytes += picture.pixels.count
                case .sound(let samples, _): result.sampleCount += samples.count
                default: break
                }
            }
        } catch {
            result.failures += 1
        }
    }
    result.seconds = elapsed()
    return result
}

let paths = Array(words[4...])
let measurement =
    words[1] == "here"
    ? try measure(InProcessDecoder(), paths: paths)
    : try measure(DecodingWorker(executable: words[3]), paths: paths)
print(String(decoding: try JSONEncoder().encode(measurement), as: UTF8.self))
