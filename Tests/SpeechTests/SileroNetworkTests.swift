import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Speech

@Suite("Silero's network equals its ONNX run", .enabled(if: VoiceGoldens.weights != nil))
struct SileroNetworkTests {
    private func network() throws -> SileroNetwork {
        try SileroNetwork(path: try #require(VoiceGoldens.weights))
    }

    @Test("however the sound is cut", arguments: [177_016, 16_000, 512, 700, 31])
    func equalsONNX(piece: Int) throws {
        let goldens = try VoiceGoldens()
        let samples = try VoiceGoldens.samples()
        var detector: any VoiceDetector = VoiceModel.silero(try network()).makeDetector()
        let found = detector.listen(to: samples, piece: piece)
        let difference = largestDifference(found, goldens.safetensors)
        print("largest difference from ONNX, in pieces of \(piece): \(difference)")
        #expect(difference <= 1e-3)
    }

    @Test("with the weights of the ONNX file itself", .enabled(if: VoiceGoldens.released != nil))
    func equalsONNXWithItsOwnWeights() throws {
        let network = try SileroNetwork(path: try #require(VoiceGoldens.released))
        var detector: any VoiceDetector = VoiceModel.silero(network).makeDetector()
        let found = detector.listen(to: try VoiceGoldens.samples(), piece: 16_000)
        let difference = largestDifference(found, try VoiceGoldens().onnx)
        print("largest difference from ONNX, with its own weights: \(difference)")
        #expect(difference <= 1e-3)
    }

    @Test(
        "damaged ONNX files are refused",
        arguments: [
            [], [0xFF], [0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0x3A, 0x02, 0x2A, 0x05], [0x3A, 0x04, 0x2A, 0x02, 0x08, 0xFF], [0x07], [0x08, 0x08],
            [UInt8](repeating: 0x80, count: 100),
        ] as [[UInt8]])
    func damagedONNX(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("broken.onnx")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: SpeechError.notONNX(path: path)) { try SileroNetwork(path: path) }
    }

    @Test func aSecondSoundDoesNotRememberTheFirst() throws {
        let samples = try VoiceGoldens.samples()
        var detector: any VoiceDetector = VoiceModel.silero(try network()).makeDetector()
        let first = detector.listen(to: samples, piece: 16_000)
        #expect(detector.listen(to: samples, piece: 16_000) == first)
        #expect(detector.finish() == [])
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        let folder = try TemporaryFolder()
        let header = #"{"stft_conv.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        bytes += Array(header.utf8) + [UInt8](repeating: 0, count: 8)
        let path = folder.path("other.safetensors")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(
            throws: CheckpointError.wrongShape(
                name: "stft_conv.weight", path: path, expected: [258, 1, 256], found: [2])
        ) { try SileroNetwork(path: path) }
    }
}

extension VoiceDetector {
    /// All of a sound's probabilities, heard in pieces of so many samples.
    mutating func listen(to samples: [Float], piece: Int) -> [Float] {
        var found: [Float] = []
        for start in stride(from: 0, to: samples.count, by: piece) {
            samples[start..<min(start + piece, samples.count)].withUnsafeBufferPointer {
                found += probabilities(appending: $0)
            }
        }
        return found + finish()
    }
}
