import CFFmpeg
internal import Glibc

/// The libav in use: loaded when media are first decoded, because a start that decodes none should
/// not wait for it and the hundred libraries that it brings along.
package enum LibAVLibrary {
    /// Must have returned before anything of libav is called; after the first time it costs nothing.
    package static func load() throws(MediaError) {
        guard let problem = reel_ffmpeg_load() else { return }
        defer { free(problem) }
        throw .missingLibrary(String(cString: problem))
    }

    /// Of libavcodec, for diagnostics: `59.37.100`.
    package static func codecVersion() throws(MediaError) -> String {
        try load()
        let version = avcodec_version()
        return "\(version >> 16).\(version >> 8 & 0xff).\(version & 0xff)"
    }
}
