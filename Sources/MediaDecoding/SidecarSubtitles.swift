import Corpus
import Glibc

/// Subtitle files that lie beside the media of a folder: `film.srt`, `film.en.vtt`, `film.ass`, and
/// `film.json` when Whisper wrote it.
///
/// Made once for a folder, so that a folder of ten thousand films is listed once.
package struct SidecarSubtitles: Sendable {
    package struct Found: Sendable, Equatable {
        package var path: String
        /// As the name says it: `en` of `film.en.srt`.
        package var language: String?

        package init(path: String, language: String?) {
            self.path = path
            self.language = language
        }
    }

    /// Of subtitle files; a .json is one only by its content.
    package static let suffixes: Set<String> = ["srt", "vtt", "ass", "ssa", "json"]

    private let folder: String
    /// By the name of the media file without its extension.
    private var files: [String: [Found]] = [:]

    /// Lists a folder; one that cannot be listed has no subtitles.
    package init(folder: String) {
        self.init(folder: folder, names: fileNames(in: folder))
    }

    /// - Parameter names: the names in the folder, in any order.
    package init(folder: String, names: [String]) {
        self.folder = folder
        for name in names.sorted() {
            let (stem, suffix) = split(name)
            guard let suffix, Self.suffixes.contains(suffix.lowercased()), !stem.isEmpty else {
                continue
            }
            let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            files[stem, default: []].append(Found(path: path, language: nil))
            if let (mediaStem, language) = languageSuffix(of: stem) {
                files[mediaStem, default: []].append(Found(path: path, language: language))
            }
        }
    }

    /// The subtitle files of one media file in the folder, sorted by name.
    package func find(besideMediaNamed name: String) -> [Found] {
        (files[split(name).stem] ?? []).filter { found in
            split(found.path).suffix?.lowercased() != "json"
                || WhisperTranscript.isOne(atPath: found.path)
        }
    }

    package static func find(besideMediaAt path: String) -> [Found] {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return SidecarSubtitles(folder: ".").find(besideMediaNamed: path)
        }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        let name = String(path[path.utf8.index(after: slash)...])
        return SidecarSubtitles(folder: folder).find(besideMediaNamed: name)
    }
}

/// `film.en.srt` into `film.en` and `srt`; a name that begins with its only dot has no extension.
private func split(_ name: String) -> (stem: String, suffix: String?) {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, nil) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
}

/// `film.en`, `film.pt-BR`, `film.eng.forced`: the film and the language, if it ends with a code.
private func languageSuffix(of stem: String) -> (stem: String, language: String)? {
    var stem = stem
    for mark in [".forced", ".sdh", ".cc", ".hi", ".default"]
    where stem.lowercased().hasSuffix(mark) && stem.utf8.count > mark.utf8.count {
        let shorter = String(stem.dropLast(mark.count))
        // "hi" alone is Hindi: only after another code does it mean "hearing impaired".
        if mark != ".hi" || languageSuffix(of: shorter) != nil { stem = shorter }
        break
    }
    let (mediaStem, code) = split(stem)
    guard let code, !mediaStem.isEmpty else { return nil }
    let parts = code.split(separator: "-", omittingEmptySubsequences: false)
    let isLetters = parts.allSatisfy { part in
        (2...8).contains(part.utf8.count)
            && part.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || (0x30...0x39).contains($0)
            }
    }
    guard let first = parts.first, (2...3).contains(first.utf8.count), parts.count <= 3, isLetters,
        first.utf8.allSatisfy({ $0 > 0x39 })
    else { return nil }
    return (mediaStem, code.lowercased())
}

private func fileNames(in folder: String) -> [String] {
    guard !folder.utf8.contains(0), let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}
