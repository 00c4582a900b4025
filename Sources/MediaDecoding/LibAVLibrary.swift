import CFFmpeg

/// The libav in use, for diagnostics.
package enum LibAVLibrary {
    /// Of libavcodec: `59.37.100`.
    package static var codecVersion: String {
        let version = avcodec_version()
        return "\(version >> 16).\(version >> 8 & 0xff).\(version & 0xff)"
    }
}
