import CFFmpeg

/// The picture of a key packet, with its small copy.
struct KeyPicture {
    var held: HeldFrame
    var plane: GreyPlane
}

/// Decodes key packets, each by itself.
final class KeyPictureDecoder {
    private let decoder: StreamDecoder
    private let shrinker = GreyShrinker()

    init(reader: ContainerReader, streamIndex: Int) throws {
        decoder = try StreamDecoder(reader: reader, streamIndex: streamIndex)
    }

    var damagedCount: Int { decoder.damagedCount }

    /// Nil when the packet does not make exactly one whole picture.
    func decode(_ packet: UnsafeMutablePointer<AVPacket>) -> KeyPicture? {
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
        var plane = GreyPlane()
        guard shrinker.fill(&plane, from: found.frame) else { return nil }
        return KeyPicture(held: found, plane: plane)
    }
}
