/// Why a media file, or a part of it, could not be read; the description is what the user sees.
package enum MediaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system would not open or read the file; `reason` is the system's own word for it.
    case unreadable(file: String, reason: String)
    /// A folder, pipe, socket or device.
    case notARegularFile(file: String)
    case emptyFile(file: String)
    /// Neither the content nor the name is that of a medium reel reads.
    case notMedia(file: String)
    /// A file named as subtitles without a single time in it.
    case notSubtitles(file: String)
    /// A known container or codec that is outside the list reel reads.
    case unsupportedFormat(file: String, format: String)
    case unsupportedCodec(file: String, codec: String)
    /// The container's beginning is right but nothing can be read from it.
    case damaged(file: String, detail: String)
    /// More pixels in a picture than `DecodingLimits` allows.
    case tooLarge(file: String, width: Int, height: Int, maximumPixels: Int)
    case tooManyBytes(file: String, bytes: Int, maximum: Int)
    /// The container has no stream of the wanted sort: `wanted` is "video", "sound", "picture".
    case noStreams(file: String, wanted: String)
    case timedOut(file: String, seconds: Double)
    /// libav is not there; the sentence says where it is to be had.
    case missingLibrary(String)
    /// libav refused something that has nothing to do with the file's content.
    case libraryFailure(file: String, operation: String, reason: String)

    /// libav, or the code around it, asked the system for memory and was refused.
    package static func outOfMemory(file: String) -> MediaError {
        .libraryFailure(file: file, operation: "get memory", reason: "out of memory")
    }

    package var isOutOfMemory: Bool {
        guard case .libraryFailure(let file, _, _) = self else { return false }
        return self == .outOfMemory(file: file)
    }

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(quoted(file)) cannot be read: \(reason). Check the path and its permissions."
        case .notARegularFile(let file):
            "\(quoted(file)) is not a regular file but a folder, pipe, socket or device. "
                + "Give the path of a media file."
        case .emptyFile(let file):
            "\(quoted(file)) is empty (0 bytes). Copy or download it again."
        case .notMedia(let file):
            "\(quoted(file)) holds no video, sound or picture that reel can read, whatever its "
                + "name says. Remove it, or convert it, for example to mp4, mkv, mp3 or jpg."
        case .notSubtitles(let file):
            "\(quoted(file)) holds no subtitles: no line such as 00:01:02,500 --> 00:01:04,000. "
                + "Remove it, or save it as SubRip, WebVTT or SubStation Alpha."
        case .unsupportedFormat(let file, let format):
            "\(quoted(file)) is a \(printable(format)) file, which reel does not read. "
                + "Convert it, for example to mp4, mkv, mp3 or jpg."
        case .unsupportedCodec(let file, let codec):
            "\(quoted(file)) is coded as \(printable(codec)), which reel does not decode. "
                + "Convert it, for example to H.264 video, AAC sound or a jpg picture."
        case .damaged(let file, let detail):
            "\(quoted(file)) is damaged or cut off: \(detail). Copy or download it again."
        case .tooLarge(let file, let width, let height, let maximum):
            "\(quoted(file)) has pictures of \(width) × \(height) pixels; the limit is \(maximum) "
                + "pixels. Make a smaller version of it."
        case .tooManyBytes(let file, let bytes, let maximum):
            "\(quoted(file)) has \(bytes) bytes; the limit for such a file is \(maximum). "
                + "Split it or remove it."
        case .noStreams(let file, let wanted):
            "\(quoted(file)) has no \(wanted) that can be decoded. "
                + "Check that it plays in a video player, and convert it if it does."
        case .timedOut(let file, let seconds):
            "\(quoted(file)) gave nothing for \(Int(seconds.rounded())) seconds and was given up. "
                + "Copy it to a local disk, or convert it, and try again."
        case .missingLibrary(let sentence):
            sentence
        case .libraryFailure(let file, let operation, let reason):
            "libav could not \(operation) for \(quoted(file)): \(printable(reason)). "
                + "Try again; if it happens again, please report it with the file."
        }
    }
}

/// A file name as it may stand in a sentence: no line breaks or other control characters.
private func quoted(_ name: String) -> String { "“\(printable(name))”" }

private func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar.properties.generalCategory == .control {
            result += scalar.escaped(asASCII: true)
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
