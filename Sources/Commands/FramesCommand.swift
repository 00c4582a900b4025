internal import Corpus
internal import Foundation
internal import Service

enum FramesCommand: Command {
    static let name = "frames"
    static let summary = "Find the key frames of a video"
    static let operands = "FILE"
    static let options: [CommandLineOption] = [
        .value("frames", "METHOD", "fast (what is needed is decoded), thorough (all) or brief"),
        .value("write", "DIR", "Also write each key frame as a JPEG"),
        .flag("text", "Also read the text in each key frame, or in a picture"),
        .flag("shots", "The shots and how each begins, instead of the key frames"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel frames talk.mp4", "A JSON line a key frame"),
        ("reel frames --write frames talk.mp4", "And pictures to look at"),
        ("reel frames --shots --frames thorough film.mkv", "Every cut, dissolve and fade"),
        ("reel frames --text talk.mp4", "And the text on its slides"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("FILE")
        let folder = arguments.value("write")
        if let folder {
            try Output.makeFolder(folder)
        }
        func write(_ jpeg: () throws -> [UInt8], atSeconds seconds: Double) throws {
            guard let folder else { return }
            let name = String(format: "%09d.jpg", Int((seconds * 1000).rounded()))
            try Output.write(Data(try jpeg()), to: folder + "/" + name)
        }
        let method = try arguments.choice("frames", of: KeyFrameMethod.self) ?? .fast
        let showsShots = arguments.has("shots")
        let damage: String?
        if arguments.has("text") {
            guard !showsShots else {
                throw UsageError.contradiction("--shots shows no key frames, and so no --text.")
            }
            damage = try context.application.keyFramesWithText(ofFileAt: path, method: method) {
                document, jpeg in
                try context.console.printJSON(document)
                try write(jpeg, atSeconds: document.timeSeconds)
            }
        } else {
            let report = try context.application.keyFrames(ofFileAt: path, method: method) {
                keyFrame, jpeg in
                if !showsShots { try context.console.printJSON(KeyFrameDocument(keyFrame)) }
                try write(jpeg, atSeconds: keyFrame.timeSeconds)
            }
            if showsShots { try report.shots.forEach(context.console.printJSON) }
            context.console.note(
                "Decoded \(report.decodedFrameCount) of \(report.frameCount) frames.")
            damage = report.damage
        }
        guard let damage else { return .success }
        context.console.complain("In part: \(damage)")
        return .someInputsFailed
    }
}

/// Files that commands write at the user's wish.
enum Output {
    static func makeFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(.cannotCreate, "The folder \(path) cannot be made.")
        }
    }

    static func write(_ bytes: Data, to path: String) throws {
        do {
            try bytes.write(to: URL(fileURLWithPath: path))
        } catch {
            throw Failure(.cannotCreate, "The file \(path) cannot be written.")
        }
    }
}
