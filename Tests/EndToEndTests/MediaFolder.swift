import Foundation
import TestSupport

/// Small media for the tests of a decoding process, made by the `ffmpeg` command when first asked
/// for and removed when the tests end.
enum MediaFolder {
    static let url: URL = {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-decoding-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: MediaFolder.url) }
        return url
    }()

    private static let lock = NSLock()

    /// A file of that name; the first who asks makes it, others wait.
    static func make(_ name: String, _ arguments: [String]) throws -> String {
        try file(name) { try FFmpegCommand.run(arguments + [$0]) }
    }

    static func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try file(name) { try Data(bytes).write(to: URL(fileURLWithPath: $0)) }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func file(_ name: String, make: (String) throws -> Void) throws -> String {
        lock.lock()
        defer { lock.unlock() }
        let path = url.path + "/" + name
        if !FileManager.default.fileExists(atPath: path) { try make(path) }
        return path
    }

    /// Two seconds of a moving test picture with a tone; its index comes first.
    static func film() throws -> String {
        try make(
            "film.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=2", "-f", "lavfi", "-i",
                "sine=f=440:r=16000:d=2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                "yuv420p", "-c:a", "aac", "-movflags", "+faststart",
            ])
    }

    static func matroska() throws -> String {
        try make(
            "film.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=2", "-f", "lavfi", "-i",
                "sine=f=440:r=16000:d=2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                "yuv420p", "-c:a", "libopus",
            ])
    }

    static func picture(_ name: String = "picture.png") throws -> String {
        try make(name, ["-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1"])
    }
}
