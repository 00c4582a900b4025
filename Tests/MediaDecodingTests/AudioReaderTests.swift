import Foundation
import Testing

@testable import MediaDecoding

@Suite struct AudioReaderTests {
    struct Sound {
        var samples: [Float] = []
        /// Start and length of each piece.
        var pieces: [(start: Double, count: Int)] = []
        var damage: MediaDamage?
    }

    private func read(_ path: String, stream: Int? = nil) throws -> Sound {
        var sound = Sound()
        sound.damage = try AudioReader().samples(of: MediaFile.open(path: path), stream: stream) {
            samples, start in
            sound.samples += Array(samples)
            sound.pieces.append((start, samples.count))
        }
        return sound
    }

    /// Upward zero crossings a second.
    private func frequency(_ samples: ArraySlice<Float>) -> Double {
        let crossings = zip(samples, samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
        return Double(crossings) / (Double(samples.count) / 16_000)
    }

    @Test(arguments: [
        ("tone.flac", 44_100, 2, ["-c:a", "flac"]), ("tone8.wav", 8_000, 1, []),
        ("tone.mp3", 44_100, 2, []), ("tone.opus", 48_000, 2, ["-c:a", "libopus"]),
        ("tone.ogg", 22_050, 1, ["-c:a", "libvorbis"]), ("tone.m4a", 48_000, 6, []),
        ("tone24.wav", 96_000, 2, ["-c:a", "pcm_s24le"]),
    ])
    func pitchAndLengthAreKept(name: String, rate: Int, channels: Int, coding: [String]) throws {
        let path = try SampleMedia.make(
            name,
            [
                "-f", "lavfi", "-i", "sine=f=440:r=\(rate):d=3", "-ac", String(channels),
            ] + coding)
        let sound = try read(path)
        #expect(abs(Double(sound.samples.count) / 16_000 - 3) < 0.08)
        #expect(abs(frequency(sound.samples[8_000..<40_000]) - 440) <= 1)
        #expect(sound.damage == nil)
        #expect(sound.pieces.allSatisfy { $0.count <= 16_000 })
        // The pieces join without a seam.
        var expected = sound.pieces[0].start
        for piece in sound.pieces {
            #expect(abs(piece.start - expected) < 1e-6)
            expected += Double(piece.count) / 16_000
        }
        #expect(abs(sound.pieces[0].start) < 0.05)
    }

    @Test func theBeginningOfASoundKeepsItsTime() throws {
        let path = try SampleMedia.make(
            "late.flac",
            ["-f", "lavfi", "-i", "aevalsrc='if(gte(t,1.25),0.5*sin(2*PI*500*t),0)':s=44100:d=2"])
        let sound = try read(path)
        let onset = try #require(sound.samples.firstIndex { abs($0) > 0.1 })
        #expect(abs(Double(onset) / 16_000 - 1.25) < 0.003)
    }

    @Test func aGapInTheFileIsAGapInTime() throws {
        let path = try SampleMedia.make(
            "gap.mkv",
            [
                "-f", "lavfi", "-i", "sine=f=440:r=16000:d=4", "-af",
                "asetnsamples=1600,aselect='lt(t,0.95)+gt(t,2.45)'", "-c:a", "pcm_s16le",
            ])
        let sound = try read(path)
        #expect(abs(Double(sound.samples.count) / 16_000 - 2.5) < 0.11)
        let starts = sound.pieces.map(\.start)
        let jump = try #require(
            zip(starts.indices, starts).first { index, start in
                index > 0
                    && start - starts[index - 1]
                        > Double(sound.pieces[index - 1].count) / 16_000 + 0.5
            })
        #expect(abs(jump.1 - 2.5) < 0.06)
        let last = try #require(sound.pieces.last)
        #expect(abs(last.start + Double(last.count) / 16_000 - 4) < 0.02)
    }

    @Test func soundThatBeginsAfterThePictureSaysSo() throws {
        let path = try SampleMedia.make(
            "delayed.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=3", "-itsoffset", "1", "-f", "lavfi",
                "-i", "sine=d=2:r=16000", "-c:v", "libx264", "-c:a", "pcm_s16le",
            ])
        #expect(try abs(#require(read(path).pieces.first).start - 1) < 0.01)
    }

    @Test func nonNumbersBecomeSilence() throws {
        let plain = try SampleMedia.make(
            "float.wav", ["-f", "lavfi", "-i", "sine=d=1:r=16000", "-c:a", "pcm_f32le"])
        let path = try SampleMedia.write("nan.wav") {
            var bytes = try SampleMedia.bytes(plain)
            for index in stride(from: bytes.count - 8_000, to: bytes.count, by: 4) {
                bytes.replaceSubrange(index..<(index + 4), with: [0, 0, 0xC0, 0x7F])
            }
            return bytes
        }
        #expect(try read(path).samples.allSatisfy(\.isFinite))
    }

    @Test func anotherStreamMayBeAskedFor() throws {
        let path = try SampleMedia.make(
            "tones.mkv",
            [
                "-f", "lavfi", "-i", "sine=f=300:d=1:r=16000", "-f", "lavfi", "-i",
                "sine=f=900:d=1:r=16000", "-map", "0", "-map", "1", "-c:a", "pcm_s16le",
            ])
        #expect(try abs(frequency(read(path).samples[...]) - 300) <= 2)
        #expect(try abs(frequency(read(path, stream: 1).samples[...]) - 900) <= 2)
        #expect(throws: MediaError.noStreams(file: path, wanted: "sound")) {
            try read(path, stream: 7)
        }
    }

    @Test func silentFilmsHaveNoSound() throws {
        let path = try SampleMedia.cuts()
        #expect(throws: MediaError.noStreams(file: path, wanted: "sound")) { try read(path) }
    }

    @Test func aCutOffRecordingSaysSo() throws {
        let whole = try SampleMedia.make(
            "speech.m4a",
            ["-f", "lavfi", "-i", "sine=d=20:r=16000", "-movflags", "+faststart"])
        let path = try SampleMedia.write("cut-speech.m4a") {
            let bytes = try SampleMedia.bytes(whole)
            return Array(bytes.prefix(bytes.count * 6 / 10))
        }
        let sound = try read(path)
        #expect(sound.samples.count > 16_000 * 5)
        #expect(sound.damage != nil)
    }
}
