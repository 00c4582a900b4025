import CFFmpeg
package import Corpus

/// A media file that has been looked into: what it is, how long, and which streams it holds.
///
/// It keeps the file open, so that the readers of its frames, sound and subtitles all see the same
/// content; each of them has its own position, so they may run at the same time.
package final class MediaFile: Sendable {
    package let path: String
    package let kind: AssetKind
    /// 0 for a picture. Measured from the packets when the container does not say it or lies.
    package let durationSeconds: Double
    package let title: String?
    /// In order of time; at most `Chapter.mostCount`.
    package let chapters: [Chapter]
    /// What else the container says about its content, worth searching: comment, artist, place …
    package let descriptions: [String]
    /// Cover art included.
    package let videoStreams: [VideoStream]
    package let audioStreams: [AudioStream]
    package let subtitleStreams: [SubtitleStream]
    /// The film among the video streams: the container's default, else the one with most pixels.
    package let mainVideoStream: Int?
    /// The sound to listen to: the container's default, else the first.
    package let mainAudioStream: Int?

    let file: RegularFile
    let limits: DecodingLimits
    /// libav's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    let container: String

    package static func open(
        path: String, limits: DecodingLimits = .default
    ) throws -> MediaFile {
        try open(pathBytes: Array(path.utf8), limits: limits)
    }

    /// For names that are not UTF-8.
    package static func open(
        pathBytes: [UInt8], limits: DecodingLimits = .default
    ) throws -> MediaFile {
        try MediaFile(file: RegularFile(path: pathBytes), limits: limits)
    }

    private init(file: RegularFile, limits: DecodingLimits) throws {
        self.file = file
        self.limits = limits
        path = file.name
        let reader = try ContainerReader(file: file, limits: limits)
        container = reader.context.pointee.iformat.pointee.name.map { String(cString: $0) } ?? ""
        videoStreams = reader.streams.compactMap(VideoStream.init(of:))
        audioStreams = reader.streams.compactMap(AudioStream.init(of:))
        subtitleStreams = reader.streams.compactMap(SubtitleStream.init(of:))
        title = ContainerText.line(metadataValue(reader.context.pointee.metadata, "title"))

        chapters = Chapter.all(of: reader)
        descriptions = ContainerText.descriptions(of: reader, title: title)

        let films = videoStreams.filter { !$0.isAttachedPicture }
        let mainVideo = films.max { left, right in
            (left.isDefault ? 1 : 0, left.width * left.height, right.index)
                < (right.isDefault ? 1 : 0, right.width * right.height, left.index)
        }
        mainVideoStream = mainVideo?.index
        mainAudioStream = (audioStreams.first { $0.isDefault } ?? audioStreams.first)?.index
        guard mainVideoStream != nil || mainAudioStream != nil else {
            throw nothingToDecode(reader)
        }
        if let mainVideo, mainVideo.width > limits.maximumPixels / max(1, mainVideo.height) {
            throw MediaError.tooLarge(
                file: file.name, width: mainVideo.width, height: mainVideo.height,
                maximumPixels: limits.maximumPixels)
        }
        if mainVideo == nil {
            kind = .audio
        } else if audioStreams.isEmpty,
            try isOnePicture(reader, container: container, stream: mainVideo?.index ?? 0)
        {
            kind = .image
        } else {
            kind = .video
        }
        durationSeconds =
            kind == .image ? 0 : try trustedDuration(reader, file: file, limits: limits)
    }
}

extension VideoStream {
    fileprivate init?(of stream: UnsafeMutablePointer<AVStream>) {
        guard let parameters = stream.pointee.codecpar,
            parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO,
            parameters.pointee.codec_id != AV_CODEC_ID_NONE
        else { return nil }
        let rate = stream.pointee.avg_frame_rate
        self.init(
            index: Int(stream.pointee.index), codec: codecName(parameters),
            language: languageCode(of: stream), width: Int(max(0, parameters.pointee.width)),
            height: Int(max(0, parameters.pointee.height)),
            rotationDegrees: Orientation(of: stream).clockwiseDegrees,
            sampleAspectRatio: squareRatio(stream.pointee.sample_aspect_ratio),
            framesPerSecond: rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0,
            isDefault: stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0,
            isAttachedPicture: stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0)
    }
}

extension AudioStream {
    fileprivate init?(of stream: UnsafeMutablePointer<AVStream>) {
        // Junk that a sound container was recognised in has no rate or channels.
        guard let parameters = stream.pointee.codecpar,
            parameters.pointee.codec_type == AVMEDIA_TYPE_AUDIO,
            parameters.pointee.codec_id != AV_CODEC_ID_NONE,
            parameters.pointee.sample_rate > 0, parameters.pointee.ch_layout.nb_channels > 0
        else { return nil }
        self.init(
            index: Int(stream.pointee.index), codec: codecName(parameters),
            language: languageCode(of: stream), sampleRate: Int(parameters.pointee.sample_rate),
            channelCount: Int(parameters.pointee.ch_layout.nb_channels),
            isDefault: stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0)
    }
}

extension SubtitleStream {
    fileprivate init?(of stream: UnsafeMutablePointer<AVStream>) {
        guard let parameters = stream.pointee.codecpar,
            parameters.pointee.codec_type == AVMEDIA_TYPE_SUBTITLE
        else { return nil }
        let descriptor = avcodec_descriptor_get(parameters.pointee.codec_id)
        let isText = descriptor.map { $0.pointee.props & AV_CODEC_PROP_TEXT_SUB != 0 } ?? false
        self.init(
            index: Int(stream.pointee.index), codec: codecName(parameters),
            language: languageCode(of: stream),
            isDefault: stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0, isText: isText)
    }
}

private func codecName(_ parameters: UnsafeMutablePointer<AVCodecParameters>) -> String {
    String(cString: avcodec_get_name(parameters.pointee.codec_id))
}

/// ISO 639 code, unless it says "undetermined" or is no code at all.
private func languageCode(of stream: UnsafeMutablePointer<AVStream>) -> String? {
    guard let value = metadataValue(stream.pointee.metadata, "language")?.lowercased(),
        value != "und", (2...12).contains(value.utf8.count),
        value.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x2D })
    else { return nil }
    return value
}

private func nothingToDecode(_ reader: ContainerReader) -> MediaError {
    if let signature = FileSignature(of: reader.file) {
        return reader.streams.isEmpty
            ? .damaged(file: reader.file.name, detail: signature.whatIsMissing)
            : .noStreams(file: reader.file.name, wanted: "video, sound or picture")
    }
    return .notMedia(file: reader.file.name)
}

private func isOnePicture(
    _ reader: ContainerReader, container: String, stream: Int
) throws -> Bool {
    if AllowedFormats.pictureContainers.contains(container) { return true }
    if AllowedFormats.animationContainers.contains(container) {
        // A moving picture has a second packet.
        let counting = try ContainerReader(file: reader.file, limits: reader.limits)
        return counting.nextPacket() == nil || counting.nextPacket() == nil
    }
    return reader.stream(at: stream)?.pointee.nb_frames == 1
}

/// The container's word for the length, when it can be true.
private func trustedDuration(
    _ reader: ContainerReader, file: RegularFile, limits: DecodingLimits
) throws -> Double {
    let stated = Double(reader.context.pointee.duration) / Double(AV_TIME_BASE)
    let isGuess = reader.context.pointee.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE
    // A month of recording, and the thinnest speech codecs, are still believed.
    let longest = min(31 * 86_400, Double(file.byteCount) * 8 / 50)
    if reader.context.pointee.duration != reel_no_timestamp, stated > 0, stated <= longest,
        !isGuess
    {
        return stated
    }
    let measuring = try ContainerReader(file: file, limits: limits)
    return try measuring.measureDuration()
}
