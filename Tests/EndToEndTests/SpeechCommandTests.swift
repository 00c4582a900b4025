import Foundation
import TestSupport
import Testing

/// `reel speech` and `reel transcribe` on a voice of espeak-ng.
@Suite struct SpeechCommandTests {
    private let folder: TemporaryFolder
    /// Two seconds of silence, then a sentence.
    private let sound: String

    init() throws {
        folder = try TemporaryFolder()
        let voice = folder.path("voice.wav")
        sound = folder.path("tale.wav")
        try Self.run(
            "espeak-ng",
            [
                "-v", "en-us+klatt", "-s", "150", "-w", voice,
                "Once upon a time there was a king who lived in a big house near the river.",
            ])
        try Self.run(
            "ffmpeg", ["-v", "error", "-i", voice, "-af", "adelay=2000", "-ar", "8000", sound])
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program)")
    }

    @Test func speechIsFoundWhereItIsAlsoAt8kHz() throws {
        let run = try BuiltProgram.run(["speech", sound])
        #expect(run.exitCode == 0, "\(run.messages)")
        let spans = try run.objects()
        let starts = spans.compactMap { $0["start_seconds"] as? Double }
        let ends = spans.compactMap { $0["end_seconds"] as? Double }
        #expect(starts.count == spans.count && ends.count == spans.count)
        #expect(starts.min().map { (1.5...2.6).contains($0) } == true, "\(starts)")
        #expect(ends.max().map { $0 > 5 } == true)
        #expect(run.messages.contains("Speech is found by"))
    }

    @Test func probabilitiesComeOneAWindow() throws {
        let lines = try BuiltProgram.run(["speech", "--probabilities", sound]).objects()
        let times = try lines.map { try #require($0["time_seconds"] as? Double) }
        let probabilities = try lines.map { try #require($0["probability"] as? Double) }
        #expect(times.prefix(3) == [0, 0.032, 0.064])
        #expect(probabilities.allSatisfy { (0...1).contains($0) })
        #expect(probabilities.prefix(40).allSatisfy { $0 < 0.5 })
        #expect(probabilities.contains { $0 > 0.5 })
    }

    @Test func withoutTheVoiceModelTheOutputSaysSo() throws {
        let run = try BuiltProgram.run(
            ["speech", sound], environment: ["REEL_VOICE_MODEL": "no-such-model"])
        #expect(run.exitCode == 0)
        #expect(try !run.objects().isEmpty)
        #expect(run.messages.contains("spectral energy"))
    }

    @Test func subtitlesWinAndTheRestIsRecognised() throws {
        let cues = "1\n00:00:00,000 --> 00:00:30,000\nwritten by a person\n"
        try Data(cues.utf8).write(to: URL(fileURLWithPath: folder.path("tale.srt")))
        let covered = try BuiltProgram.run(["transcribe", sound])
        #expect(try covered.objects().map { $0["text"] as? String } == ["written by a person"])
        let off = try BuiltProgram.run(["transcribe", "--transcribe", "off", sound])
        #expect(off.output == covered.output)
        let all = try BuiltProgram.run([
            "transcribe", "--transcribe", "pocketsphinx", "--format", "vtt", sound,
        ])
        #expect(all.exitCode == 0)
        #expect(all.output.hasPrefix("WEBVTT\n"))
        #expect(!all.output.contains("written by a person"))
        if all.messages.contains("machine-made") {
            #expect(all.output.contains("once upon a time"), "\(all.output)")
        }
    }

    @Test func aMissingRecogniserIsSaidAndNoError() throws {
        let run = try BuiltProgram.run(
            ["transcribe", sound],
            environment: ["REEL_POCKETSPHINX_MODEL": folder.path("nothing")])
        #expect(run.exitCode == 0)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("Install Debian's pocketsphinx-en-us"))
    }

    @Test func aFileWithoutSoundIsRefused() throws {
        let run = try BuiltProgram.run(["speech", "media/birthday.jpg"])
        #expect(run.exitCode == 65)
        #expect(run.messages.contains("There is no sound"))
    }
}
