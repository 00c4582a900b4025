import CFFmpeg
package import Corpus

/// Reads the text subtitles inside a container.
package struct SubtitleReader: Sendable {
    package init() {}

    /// The cues of all text subtitle streams, sorted by start; an empty list when there are none.
    ///
    /// Subtitles made of pictures are left out, as is a stream whose header is broken.
    /// - Parameter languages: wanted ones, best first; see `LanguageChoice`.
    package func streamPassages(
        in media: MediaFile, languages: [String] = []
    ) throws -> [Passage] {
        let wanted = LanguageChoice.chosen(
            from: media.subtitleStreams.filter(\.isText), languages: languages, code: \.language)
        guard !wanted.isEmpty else { return [] }
        let reader = try ContainerReader(file: media.file, limits: media.limits)
        var tracks: [Int: SubtitleTrack] = [:]
        for stream in wanted {
            guard let decoder = try? StreamDecoder(reader: reader, streamIndex: stream.index) else {
                continue
            }
            tracks[stream.index] = SubtitleTrack(decoder: decoder, language: stream.language)
        }
        guard !tracks.isEmpty else { return [] }
        reader.keepOnly(streams: Set(tracks.keys))
        while let packet = reader.nextPacket() {
            let index = Int(packet.pointee.stream_index)
            guard let track = tracks[index], let stream = reader.stream(at: index) else { continue }
            track.add(packet, timeBase: stream.pointee.time_base, origin: reader.originSeconds)
        }
        let passages = wanted.flatMap { tracks[$0.index]?.passages() ?? [] }
        return withoutTwins(sortedByStart(passages))
    }
}

/// The same words at the same time in another stream of the same language say nothing new.
private func withoutTwins(_ passages: [Passage]) -> [Passage] {
    struct Words: Hashable {
        var text: String
        var language: String?
    }
    var lastStart: [Words: Double] = [:]
    return passages.filter { passage in
        let start = passage.span?.startSeconds ?? 0
        let words = Words(text: passage.text, language: passage.language)
        defer { lastStart[words] = start }
        return lastStart[words].map { start - $0 > 0.5 } ?? true
    }
}

/// The cues of one stream.
private final class SubtitleTrack {
    private let decoder: StreamDecoder
    private let language: String?
    private var cues: [SubtitleCue] = []

    init(decoder: StreamDecoder, language: String?) {
        self.decoder = decoder
        self.language = language
    }

    func passages() -> [Passage] { mergedPassages(cues, language: language) }

    func add(_ packet: UnsafeMutablePointer<AVPacket>, timeBase: AVRational, origin: Double) {
        guard packet.pointee.pts != reel_no_timestamp, packet.pointee.size > 0 else { return }
        var subtitle = AVSubtitle()
        var isFilled: Int32 = 0
        guard avcodec_decode_subtitle2(decoder.context, &subtitle, &isFilled, packet) >= 0,
            isFilled != 0
        else { return }
        defer { avsubtitle_free(&subtitle) }
        let base = Double(packet.pointee.pts) * av_q2d(timeBase) - origin
        let start = base + Double(subtitle.start_display_time) / 1_000
        let stated = Double(packet.pointee.duration) * av_q2d(timeBase)
        // Without either length libav says "for ever" (2^32 − 1 ms).
        let shown =
            stated > 0
            ? stated
            : subtitle.end_display_time < UInt32.max
                ? Double(subtitle.end_display_time) / 1_000 : 0
        guard start.isFinite, shown.isFinite, start < SubtitleCue.latestSeconds else { return }
        var lines: [String] = []
        let rectangles = UnsafeBufferPointer(start: subtitle.rects, count: Int(subtitle.num_rects))
        for case let rectangle? in rectangles {
            guard let text = rectangle.pointee.ass ?? rectangle.pointee.text else { continue }
            let isEvent = rectangle.pointee.ass != nil
            lines += SubtitleText.lines(
                ofEvent: String(cString: text), isAdvancedSubStation: isEvent)
        }
        guard !lines.isEmpty else { return }
        cues.append(
            SubtitleCue(
                startSeconds: wholeMilliseconds(max(0, start)),
                endSeconds: wholeMilliseconds(max(0, base + shown)), lines: lines))
    }
}
