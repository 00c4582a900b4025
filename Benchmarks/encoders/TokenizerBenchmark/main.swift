// The program's tokenizers in a process that stays, so that another program can time them by turns
// with another library. See tokenizers.py.
//
//     TokenizerBenchmark
//
// Reads lines, answers each with one:
//     texts FILE      reads the file's lines, "lines COUNT"
//     load FOLDER     reads a tokenizer, milliseconds
//     encode          encodes every line on one thread, "milliseconds TOKENS"
internal import Foundation
internal import Tokenizers

struct BenchmarkError: Error, CustomStringConvertible {
    var description: String
}

func run() throws {
    var texts: [String] = []
    var tokenizer: (any Tokenizer)?
    while let line = readLine() {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let start = ContinuousClock.now
        switch (words.first, words.count) {
        case ("texts", 2):
            texts = try String(contentsOfFile: words[1], encoding: .utf8)
                .split(separator: "\n").map { String($0) }
            print("lines", texts.count)
        case ("load", 2):
            tokenizer = try TokenizerDirectory.open(words[1])
            print(start.duration(to: .now) / .milliseconds(1))
        case ("encode", 1):
            guard let tokenizer else { throw BenchmarkError(description: "load one first") }
            var count = 0
            for text in texts {
                count += try tokenizer.encode(text, maximumLength: .max).ids.count
            }
            print(start.duration(to: .now) / .milliseconds(1), count)
        default: throw BenchmarkError(description: "No such work: \(line)")
        }
        fflush(nil)
    }
}

do {
    try run()
} catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(1)
}
