import Corpus
import Foundation
import IsolatedDecoding
import ScreenText

/// A decoder that makes up what is in a file from the first line of the file itself:
/// `film 3` has three key frames, `slow 3` takes its time over them, `broken` cannot be read.
struct ScriptedDecoder: MediaDecoder {
    struct Broken: Error, CustomStringConvertible {
        var description: String { "It is broken." }
    }

    func read(_ request: DecodingRequest, _ receive: (DecodingEvent) throws -> Void) throws {
        let path = String(decoding: request.path, as: UTF8.self)
        let text = String(
            decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.first != "broken", words.count >= 2, let count = Int(words[1]) else {
            throw Broken()
        }
        try receive(
            .opened(MediaDescription(kind: .video, durationSeconds: Double(count), title: nil)))
        try receive(.subtitles([]))
        for index in 0..<count {
            if words.first == "slow" { usleep(20_000) }
            let key = KeyFrame(timeSeconds: Double(index), frame: index, difference: 0)
            // Every picture is one plain colour of its own.
            let shade = UInt8(truncatingIfNeeded: 40 * index + count)
            let picture = Picture(
                width: 32, height: 32,
                pixels: (0..<32 * 32 * 3).map { $0 % 3 == index % 3 ? shade : 255 - shade })
            try receive(.keyFrame(key, picture, thumbnail: [UInt8(index)], screenText: []))
            try receive(.progress(seconds: Double(index)))
        }
        try receive(.finished(note: nil))
    }
}
