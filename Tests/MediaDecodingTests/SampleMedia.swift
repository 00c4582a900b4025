import Foundation
import TestSupport
import Testing

/// Small media files, made by the `ffmpeg` command when a test first asks for them and removed when
/// the tests end.
enum SampleMedia {
    /// One folder a run.
    static let folder: URL = {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("reel-media-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: SampleMedia.folder) }
        return url
    }()

    private static let made = Made()

    /// Runs ffmpeg once for each name; the output file is added to the arguments.
    static func make(_ name: String, _ arguments: [String]) throws -> String {
        try made.path(of: name) { path in try run(arguments + [path]) }
    }

    /// Writes a file once for each name.
    static func write(_ name: String, _ bytes: () throws -> [UInt8]) throws -> String {
        try made.path(of: name) { path in
            try Data(bytes()).write(to: URL(fileURLWithPath: path))
        }
    }

    static func run(_ arguments: [String]) throws { try FFmpegCommand.run(arguments) }

    static func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Each file is made by the first who asks; others wait for it.
    private final class Made: @unchecked Sendable {
        // `lock` guards `paths`, and is held while a file is made.
        private let lock = NSLock()
        private var paths: [String: String] = [:]

        func path(of name: String, make: (String) throws -> Void) throws -> String {
            lock.lock()
            defer { lock.unlock() }
            if let path = paths[name] { return path }
            let path = SampleMedia.folder.appendingPathComponent(name).path
            try make(path)
            paths[name] = path
            return path
        }
    }
}

extension SampleMedia {
    static let fastH264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18"]

    /// Shots of 2, 1.6, 2.4 and 2 seconds at 25 frames a second: cuts at 2, 3.6 and 6 s.
    static func cuts() throws -> String {
        try make(
            "cuts.mp4",
            [
                "-filter_complex",
                "smptebars=s=320x180:r=25:d=2,format=yuv420p[a];"
                    + "rgbtestsrc=s=320x180:r=25:d=1.6,format=yuv420p[b];"
                    + "testsrc2=s=320x180:r=25:d=2.4,format=yuv420p[c];"
                    + "color=c=0x305070:s=320x180:r=25:d=2,format=yuv420p[d];"
                    + "[a][b][c][d]concat=n=4",
            ] + fastH264 + ["-movflags", "+faststart"])
    }

    /// 3 s of moving test picture and a 440 Hz tone.
    static func withSound() throws -> String {
        try make(
            "sound.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=3", "-f", "lavfi", "-i",
                "sine=f=440:r=44100:d=3", "-metadata", "title=A  film\nin two lines",
            ] + fastH264 + ["-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"])
    }

    /// Four corners of a 64 × 32 picture: red, green / blue, white.
    static let corners =
        "color=red:s=32x16:r=5:d=1[a];color=0x00ff00:s=32x16:r=5:d=1[b];"
        + "color=blue:s=32x16:r=5:d=1[c];color=white:s=32x16:r=5:d=1[d];"
        + "[a][b]hstack[t];[c][d]hstack[u];[t][u]vstack"
}
