/// What a file of the user's is told to be, by its name alone: a browser shows films, sounds and
/// raster pictures; everything else, which might hold a script, it saves.
struct MediaType: Equatable {
    var contentType: String
    /// Whether a browser may show it.
    var isShown: Bool

    private static let shown = [
        "3gp": "video/3gpp", "avi": "video/x-msvideo", "flv": "video/x-flv", "m2ts": "video/mp2t",
        "m4v": "video/mp4", "mkv": "video/x-matroska", "mov": "video/quicktime",
        "mp4": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "mts": "video/mp2t",
        "ogv": "video/ogg", "ts": "video/mp2t", "webm": "video/webm",
        "wmv": "video/x-ms-wmv",
        "aac": "audio/aac", "aif": "audio/aiff", "aiff": "audio/aiff", "flac": "audio/flac",
        "m4a": "audio/mp4", "mka": "audio/x-matroska", "mp3": "audio/mpeg", "oga": "audio/ogg",
        "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "wma": "audio/x-ms-wma",
        "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "heic": "image/heic",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff",
        "tiff": "image/tiff", "webp": "image/webp",
    ]

    init(fileName: String) {
        let suffix = fileName.lastIndex(of: ".").map { fileName[$0...].dropFirst().lowercased() }
        let known = suffix.flatMap { Self.shown[$0] }
        contentType = known ?? "application/octet-stream"
        isShown = known != nil
    }
}

/// The header that has a browser save an answer (RFC 6266).
enum ContentDisposition {
    static func attachment(named name: String) -> String {
        let digits = Array("0123456789ABCDEF".unicodeScalars)
        var encoded = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                encoded += "%"
                encoded.unicodeScalars.append(digits[Int(byte >> 4)])
                encoded.unicodeScalars.append(digits[Int(byte & 15)])
            }
        }
        return "attachment; filename*=UTF-8''\(encoded)"
    }
}
