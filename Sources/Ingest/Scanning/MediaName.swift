/// What a file's name says about it, before anything is opened.
enum MediaName {
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
