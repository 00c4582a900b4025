import CFFmpeg
package import Corpus

/// Decodes a picture file: upright by its EXIF tag, transparent parts laid on white.
package struct PictureReader: Sendable {
    package init() {}

    /// The picture, or the first one of a video.
    ///
    /// - Parameter longSide: most pixels of the longer side; smaller pictures stay as they are.
    package func picture(
        of media: MediaFile, longSide: Int = KeyFrameSettings().pictureLongSide
    ) throws -> Picture {
        guard let index = media.mainVideoStream else {
            throw MediaError.noStreams(file: media.file.name, wanted: "picture")
        }
        let reader = try ContainerReader(file: media.file, limits: media.limits)
        guard let stream = reader.stream(at: index) else {
            throw MediaError.noStreams(file: media.file.name, wanted: "picture")
        }
        let decoder = try StreamDecoder(reader: reader, streamIndex: index)
        let converter = PictureConverter(stream: stream, longSide: longSide)
        var found: Picture?
        var unreadableFormat: String?
        func receive(_ frame: UnsafeMutablePointer<AVFrame>) {
            guard found == nil else { return }
            found = converter.picture(from: frame)
            if found == nil { unreadableFormat = pixelFormatName(frame) }
        }
        while found == nil, unreadableFormat == nil, let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == index else { continue }
            try decoder.decode(packet, receive)
        }
        if found == nil, unreadableFormat == nil { try decoder.decode(nil, receive) }
        if let found { return found }
        if let unreadableFormat {
            throw MediaError.unsupportedCodec(file: media.file.name, codec: unreadableFormat)
        }
        throw try failure(media, streamIndex: index)
    }

    /// Why nothing came out: too many pixels, or damage. The decoder refuses both alike, so it is
    /// asked once more without its own limit, and stopped when it wants memory for the frame.
    private func failure(_ media: MediaFile, streamIndex: Int) throws -> MediaError {
        let reader = try ContainerReader(file: media.file, limits: media.limits)
        let decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex)
        decoder.context.pointee.max_pixels = Int64(Int32.max)
        let asked = FrameSize()
        decoder.context.pointee.opaque = Unmanaged.passUnretained(asked).toOpaque()
        decoder.context.pointee.get_buffer2 = { context, frame, _ in
            if let opaque = context?.pointee.opaque, let frame {
                let asked = Unmanaged<FrameSize>.fromOpaque(opaque).takeUnretainedValue()
                asked.width = Int(frame.pointee.width)
                asked.height = Int(frame.pointee.height)
            }
            return reel_error_no_memory.code
        }
        while asked.width == 0, let packet = reader.nextPacket() {
            guard Int(packet.pointee.stream_index) == streamIndex else { continue }
            // Refused memory is how it is stopped.
            try? withExtendedLifetime(asked) { try decoder.decode(packet) { _ in } }
        }
        let name = media.file.name
        let limit = media.limits.maximumPixels
        if asked.width > 0, asked.width > limit / max(1, asked.height) {
            return .tooLarge(
                file: name, width: asked.width, height: asked.height, maximumPixels: limit)
        }
        return .damaged(file: name, detail: "the picture in it could not be decoded")
    }
}

/// The size a decoder asked memory for.
private final class FrameSize {
    var width = 0
    var height = 0
}
