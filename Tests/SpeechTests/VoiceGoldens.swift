import Foundation

@testable import Speech

/// A short clip, and what Silero's own files make of it. See training/goldens.
struct VoiceGoldens: Decodable {
    struct Walk: Decodable {
        var probabilities: [Float]
        var cases: [Case]
    }

    struct Case: Decodable {
        var settings: [String: Double]
        /// First sample, and the one after the last.
        var spans: [[Int]]

        var spanSettings: SpeechSpanSettings {
            var result = SpeechSpanSettings()
            if let value = settings["threshold"] { result.threshold = Float(value) }
            if let value = settings["min_silence_duration_ms"] {
                result.minimumSilenceSeconds = value / 1000
            }
            if let value = settings["min_speech_duration_ms"] {
                result.minimumSpeechSeconds = value / 1000
            }
            if let value = settings["speech_pad_ms"] { result.paddingSeconds = value / 1000 }
            if let value = settings["max_speech_duration_s"] { result.maximumSpeechSeconds = value }
            return result
        }
    }

    /// The clip's probabilities with the weights of the safetensors file, …
    var safetensors: [Float]
    /// … and with those of the ONNX files of the same release, which are others.
    var onnx: [Float]
    /// Spans of the clip, by the weights of the safetensors file.
    var clip: [Case]
    /// Spans of made-up probabilities.
    var walks: [Walk]

    init() throws {
        let data = try Data(contentsOf: Self.folder.appending(path: "voices.json"))
        self = try JSONDecoder().decode(VoiceGoldens.self, from: data)
    }

    private static let folder = Bundle.module.bundleURL.appending(path: "Goldens")

    /// The clip: 11 seconds at 16 kHz, kept as µ-law.
    static func samples() throws -> [Float] {
        try Data(contentsOf: folder.appending(path: "voices.ulaw")).map { code in
            let level = Double(code) / 127.5 - 1
            let size = (pow(256, abs(level)) - 1) / 255
            return Float(level < 0 ? -size : size)
        }
    }

    /// Silero's weights, where scripts/fetch-models has put them; nil where they are missing.
    static let weights = model("silero_vad_16k.safetensors")
    static let released = model("silero_vad_16k_op15.onnx")

    private static func model(_ name: String) -> String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "models/silero-vad").appending(path: name).path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
