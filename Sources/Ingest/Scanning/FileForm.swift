/// How a file is read, as its name has it; what it holds is decided by its content.
enum FileForm: Sendable, Equatable {
    /// Video, audio or a picture.
    case media
    case text
    /// Of something that is spoken elsewhere.
    case subtitles

    private static let mediaSuffixes: Set<String> = [
        "3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv",
        "ts", "webm", "wmv",
        "aac", "aif", "aiff", "flac", "m4a", "mka", "mp3", "oga", "ogg", "opus", "wav", "wma",
        "avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "tif", "tiff", "webp",
    ]
    private static let textSuffixes: Set<String> = ["markdown", "md", "txt"]
    private static let subtitleSuffixes: Set<String> = ["ass", "srt", "ssa", "vtt"]

    /// Nil when the extension is none that is worth opening.
    init?(name: String) {
        let suffix = MediaName.fileExtension(name)
        if Self.mediaSuffixes.contains(suffix) {
            self = .media
        } else if Self.textSuffixes.contains(suffix) {
            self = .text
        } else if Self.subtitleSuffixes.contains(suffix) {
            self = .subtitles
        } else {
            return nil
        }
    }
}
