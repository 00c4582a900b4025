/// What one media file may cost: every limit has a reason and can be set.
package struct DecodingLimits: Sendable, Equatable, Codable {
    /// Pixels of one decoded frame; 8192 × 8192. A 420 KB PNG can ask for gigabytes.
    package var maximumPixels = 67_108_864
    /// Streams of a container; players meet a dozen.
    package var maximumStreams = 64
    /// Bytes read to find out what the file is.
    package var probeBytes = 5_000_000
    /// Longest time libav may take to open the file, or to hand out the next packet, in seconds.
    package var stallSeconds = 60.0
    /// Longest time one pass over the file may take inside libav, in seconds; what was read until
    /// then is kept and the rest given up.
    package var passSeconds = 21_600.0
    /// Frames of one pass: a day of 120 frames a second.
    package var maximumFrames = 10_368_000
    /// Bytes of a sidecar subtitle file; a feature film's has 0.1 MB.
    package var maximumSubtitleBytes = 64 << 20

    /// Bytes of a text file; a thick novel has 2 MB.
    package var maximumTextBytes = 16 << 20

    package static let `default` = DecodingLimits()

    package init() {}
}
