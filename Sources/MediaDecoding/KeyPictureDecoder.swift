import CFFmpeg

/// Decodes key packets, each by itself.
final class KeyPictureDecoder {
    private let decoder: StreamDecoder
    private let meter: FrameMeter

    init(reader: ContainerReader, streamIndex: Int) throws {
        decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex)
        meter = FrameMeter(fileName: reader.file.name)
    }

    var damagedCount: Int { decoder.damagedCount }
    var spentSeconds: Double { decoder.spentSeconds }

    /// Nil when the packet does not make exactly one whole picture.
    func decode(_ packet: UnsafeMutablePointer<AVPacket>) -> MeasuredFrame? {
        var found: HeldFrame?
        var isAlone = true
        let receive = { (frame: UnsafeMutablePointer<AVFrame>) in
            if frame.pointee.decode_error_flags != 0
                || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || found != nil
            {
                isAlone = false
            }
            found = HeldFrame(taking: frame)
        }
        try? decoder.decode(packet, receive)
        try? decoder.decode(nil, receive)
        decoder.startAnew()
        guard isAlone, let found else { return nil }
        return try? meter.measure(found.frame)
    }
}
