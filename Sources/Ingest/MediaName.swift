/// What a file's name says about it, before anything is opened.
enum MediaName {
    /// Extensions of files worth opening; what they hold is decided by their content.
    private static let media: Set<String> = [
        "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv",
        "ts", "webm", "wmv",
        "aac", "aif", "aiff", "flac", "m4a", "mka", "mp3", "oga", "ogg", "opus", "wav", "wma",
        "avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "tif", "tiff", "webp",
    ]

    static func isMedia(_ name: String) -> Bool { media.contains(fileExtension(name)) }

    static func isSubtitle(_ name: String) -> Bool { ["srt", "vtt"].contains(fileExtension(name)) }

    /// Lower-case, without the dot; empty when there is none.
    static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// The words of a file's name: `2024-05_Beach-day.final.mp4` is `2024 05 Beach day final`.
    static func words(ofPath path: String) -> String {
        var name = path.split(separator: "/").last ?? ""
        if let dot = name.lastIndex(of: "."), dot != name.startIndex { name = name[..<dot] }
        return name.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }
}
