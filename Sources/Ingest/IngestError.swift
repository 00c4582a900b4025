/// Why a run could not start; what is wrong with one file is an event, not an error.
package enum IngestError: Error, Equatable, CustomStringConvertible {
    case noSuchPath(String, reason: String)
    case noMedia(paths: [String], skipped: Int)

    /// Whether waiting may help: there may be media tomorrow.
    package var isForNow: Bool {
        if case .noMedia = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .noSuchPath(let path, let reason):
            "Cannot read \(path): \(reason). Nothing was changed."
        case .noMedia(let paths, let skipped):
            "There is no video, audio, picture or text in \(paths.joined(separator: ", "))"
                + (skipped == 0
                    ? "." : ", only \(skipped) other \(skipped == 1 ? "file" : "files").")
                + " Name a folder that holds some."
        }
    }
}
