/// The first bytes by which a container is known even when the rest of it is gone, so that a cut
/// off video is not called "no video".
enum FileSignature {
    case isoMedia, matroska, riff, ogg, flash, windowsMedia, picture

    init?(of file: RegularFile) {
        var head = [UInt8](repeating: 0, count: 16)
        let got = head.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { file.read(into: $0, count: 16, at: 0) } ?? 0
        }
        guard got >= 8 else { return nil }
        self.init(head: head)
    }

    init?(head: [UInt8]) {
        func holds(_ text: String, at offset: Int) -> Bool {
            head.dropFirst(offset).starts(with: Array(text.utf8))
        }
        if ["ftyp", "moov", "mdat", "wide"].contains(where: { holds($0, at: 4) }) {
            self = .isoMedia
        } else if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .matroska
        } else if holds("RIFF", at: 0) {
            self = .riff
        } else if holds("OggS", at: 0) {
            self = .ogg
        } else if holds("FLV", at: 0) {
            self = .flash
        } else if head.starts(with: [0x30, 0x26, 0xB2, 0x75]) {
            self = .windowsMedia
        } else if head.starts(with: [0xFF, 0xD8, 0xFF]) || head.starts(with: [0x89, 0x50, 0x4E])
            || holds("GIF8", at: 0)
        {
            self = .picture
        } else {
            return nil
        }
    }

    /// What stands behind "is damaged or cut off: ".
    var whatIsMissing: String {
        switch self {
        case .isoMedia: "it begins like an mp4 but its index (moov) is missing or broken"
        case .matroska: "it begins like an mkv or webm but its headers are missing or broken"
        case .riff: "it begins like an avi, wav or webp but its headers are missing or broken"
        case .ogg: "it begins like an ogg but its headers are missing or broken"
        case .flash: "it begins like an flv but its headers are missing or broken"
        case .windowsMedia: "it begins like a wmv or wma but its headers are missing or broken"
        case .picture: "it begins like a picture but the picture is missing or broken"
        }
    }
}
