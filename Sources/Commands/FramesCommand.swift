internal import Corpus
internal import Foundation
internal import Service

enum FramesCommand: Command {
    static let name = "frames"
    static let summary = "Find the key frames of a video"
    static let operands = "FILE"
    static let options: [CommandLineOption] = [
        .value("frames", "METHOD", "fast (what is needed is decoded) or thorough (every frame)"),
        .value("write", "DIR", "Also write each key frame as a JPEG"),
        .flag("shots", "The shots and how each begins, instead of the key frames"),
    ]
    static let examples: [(line: String, does: String)] = [
        ("reel frames talk.mp4", "A JSON line a key frame"),
        ("reel frames --write frames talk.mp4", "And pictures to look at"),
        ("reel frames --shots --frames thorough film.mkv", "Every cut, dissolve and fade"),
    ]

    static func run(_ arguments: ArgumentReader, in context: CommandContext) throws -> ExitCode {
        let path = try arguments.requireOneOperand("FILE")
        let folder = arguments.value("write")
        if let folder {
            try Output.makeFolder(folder)
        }
        let method = try arguments.choice("frames", of: KeyFrameMethod.self) ?? .fast
        let showsShots = arguments.has("shots")
        let report = try context.application.keyFrames(ofFileAt: path, method: method) {
            keyFrame, jpeg in
            if !showsShots { try context.console.printJSON(KeyFrameDocument(keyFrame)) }
            guard let folder else { return }
            let name = String(format: "%09d.jpg", Int((keyFrame.timeSeconds * 1000).rounded()))
            try Output.write(Data(try jpeg()), to: folder + "/" + name)
        }
        if showsShots { try report.shots.forEach(context.console.printJSON) }
        context.console.note("Decoded \(report.decodedFrameCount) of \(report.frameCount) frames.")
        guard let damage = report.damage else { return .success }
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
