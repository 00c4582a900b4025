import Foundation
import TestSupport

/// Speech of espeak-ng as samples at 16 kHz.
enum SpokenText {
    static func samples(
        _ text: String, voice: String = "en-us", wordsPerMinute: Int = 130
    ) throws -> [Float] {
        let folder = try TemporaryFolder()
        let path = folder.path("speech.wav")
        try run("espeak-ng", ["-v", voice, "-s", String(wordsPerMinute), "-w", path, text])
        let raw = folder.path("speech.raw")
        try run(
            "ffmpeg", ["-v", "error", "-i", path, "-ac", "1", "-ar", "16000", "-f", "f32le", raw])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: raw))
        return bytes.withUnsafeBytes { buffer in
            (0..<buffer.count / 4).map {
                buffer.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
            }
        }
    }

    /// Silence that is not digital: a little seeded noise.
    static func silence(seconds: Double, level: Float = 0.001, seed: UInt64 = 1) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<Int(seconds * 16_000)).map { _ in
            Float.random(in: -level...level, using: &random)
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(program: program) }
    }

    struct Failed: Error { var program: String }
}

/// Word errors: substitutions, insertions and deletions over the words of the reference.
func wordErrorRate(_ found: String, reference: String) -> Double {
    func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
    let (found, reference) = (words(found), words(reference))
    var row = Array(0...reference.count)
    for (index, word) in found.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for place in reference.indices {
            let substituted = diagonal + (word == reference[place] ? 0 : 1)
            diagonal = row[place + 1]
            row[place + 1] = min(substituted, diagonal + 1, row[place] + 1)
        }
    }
    return Double(row[reference.count]) / Double(max(1, reference.count))
}
