internal import Corpus
internal import Glibc
internal import MediaDecoding
internal import Storage

/// The media files under the paths a user named, with what tells whether they have changed.
///
/// Hidden files, symbolic links, devices, reel's own libraries and what a `.reelignore` names are
/// left out. A folder's other files are counted by extension; a file named outright is always
/// tried.
struct FolderScan {
    private(set) var found: [FoundFile] = []
    /// Files left out, with the reason.
    private(set) var skipped: [SkippedFile] = []
    /// Absolute folders and files that were looked through: what is known below and was not found
    /// is gone.
    private(set) var roots: [String] = []

    struct FoundFile: Equatable {
        /// As `PathText` spells it.
        var path: String
        var form: FileForm
        var signature: FileSignature
        /// Subtitle files that belong to it.
        var subtitles: [SidecarSubtitles.Found] = []
    }

    private struct Folder {
        var path: String
        /// Its parts below the scanned root.
        var names: [[UInt8]]
        var rules: IgnoreRules
    }

    init(_ paths: [String]) throws {
        for path in paths {
            guard let absolute = realpath(path, nil) else {
                throw IngestError.noSuchPath(path, reason: String(cString: strerror(errno)))
            }
            defer { free(absolute) }
            let bytes = UnsafeBufferPointer(start: absolute, count: strlen(absolute))
            let root = PathText(bytes: bytes.map(UInt8.init(bitPattern:))).text
            roots.append(root)
            guard let status = Self.status(ofFileAt: root) else {
                throw IngestError.noSuchPath(path, reason: String(cString: strerror(errno)))
            }
            if Self.isFolder(status) {
                try scan(folder: root)
            } else {
                add(root, status, subtitles: SidecarSubtitles.find(besideMediaAt: root))
            }
        }
        var seen: Set<PathText> = []
        found = found.filter { seen.insert(PathText($0.path)).inserted }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    func covers(_ path: String) -> Bool {
        roots.contains { path == $0 || path.hasPrefix($0 == "/" ? "/" : $0 + "/") }
    }

    /// Whether a path was asked for itself, rather than found in a folder.
    func names(_ path: String) -> Bool { roots.contains { PathText($0) == PathText(path) } }

    /// Whether a rule leaves a path out, or a folder above it.
    func ignores(_ path: String) -> Bool {
        skipped.contains { file in
            file.reason == .ignored && (path == file.path || path.hasPrefix(file.path + "/"))
        }
    }

    /// Whether a file is really no longer there. One that a scan did not see may lie in a folder
    /// that cannot be read just now, or be of a sort that is only taken when it is named.
    static func isGone(_ path: String) -> Bool {
        guard let status = status(ofFileAt: path) else {
            return errno == ENOENT || errno == ENOTDIR
        }
        return !isRegular(status)
    }

    /// Nil when there is no such file any longer.
    static func signature(ofFileAt path: String) -> FileSignature? {
        status(ofFileAt: path).map { signature($0, subtitles: []) }
    }

    // MARK: Walking

    private mutating func scan(folder root: String) throws {
        var folders = [
            Folder(path: root, names: [], rules: IgnoreRules().inside(root, depth: 0))
        ]
        while let folder = folders.popLast() {
            guard let names = try names(in: folder.path, root: root) else { continue }
            if names.contains("manifest.json"), names.contains("catalog.sqlite") { continue }
            // Listed once a folder: a folder may hold ten thousand films.
            let subtitles = SidecarSubtitles(folder: folder.path, names: names)
            var media: [(path: String, status: stat)] = []
            var alone: [String: stat] = [:]
            for name in names.sorted() {
                let path = (folder.path == "/" ? "" : folder.path) + "/" + name
                guard let status = Self.status(ofFileAt: path) else { continue }
                let parts = folder.names + [PathText(name).bytes]
                if folder.rules.ignores(parts, isFolder: Self.isFolder(status)) {
                    skipped.append(SkippedFile(path: path, reason: .ignored))
                } else if Self.isFolder(status) {
                    folders.append(
                        Folder(
                            path: path, names: parts,
                            rules: folder.rules.inside(path, depth: parts.count)))
                } else if !Self.isRegular(status) {
                    skipped.append(SkippedFile(path: path, reason: .notARegularFile))
                } else {
                    switch FileForm(name: name) {
                    case .media: media.append((path, status))
                    case .text: add(path, status, subtitles: [])
                    case .subtitles: alone[path] = status
                    case nil:
                        skipped.append(
                            SkippedFile(
                                path: path, reason: .notMedia(MediaName.fileExtension(name))))
                    }
                }
            }
            for (path, status) in media {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                let found = subtitles.find(besideMediaNamed: name)
                for subtitle in found { alone[subtitle.path] = nil }
                add(path, status, subtitles: found)
            }
            // Subtitles of nothing that is here are texts of their own.
            for (path, status) in alone { add(path, status, subtitles: []) }
        }
    }

    /// Names in a folder that are not hidden; nil when it cannot be read.
    private mutating func names(in folder: String, root: String) throws -> [String]? {
        guard let stream = folder.withPathBytes({ opendir($0) }) else {
            let reason = String(cString: strerror(errno))
            // A root that cannot be read must not make its files look gone.
            if folder == root { throw IngestError.noSuchPath(root, reason: reason) }
            skipped.append(SkippedFile(path: folder, reason: .unreadable(reason)))
            return nil
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) {
                Array($0.prefix { $0 != 0 })
            }
            guard bytes.first != UInt8(ascii: ".") else { continue }
            names.append(PathText(bytes: bytes).text)
        }
        return names
    }

    private mutating func add(
        _ path: String, _ status: stat, subtitles: [SidecarSubtitles.Found]
    ) {
        found.append(
            FoundFile(
                path: path, form: FileForm(name: path) ?? .media,
                signature: Self.signature(status, subtitles: subtitles), subtitles: subtitles))
    }

    private static func signature(
        _ status: stat, subtitles: [SidecarSubtitles.Found]
    ) -> FileSignature {
        FileSignature(
            size: Int64(status.st_size), modifiedNanoseconds: nanoseconds(status),
            inode: Int64(truncatingIfNeeded: status.st_ino), companions: signature(of: subtitles))
    }

    /// Name, size and time of each subtitle file that belongs to a media file.
    private static func signature(of subtitles: [SidecarSubtitles.Found]) -> String {
        subtitles.map { subtitle in
            guard let status = status(ofFileAt: subtitle.path) else { return "" }
            let name = subtitle.path.split(separator: "/").last ?? ""
            return "\(name):\(status.st_size):\(nanoseconds(status))"
        }.joined(separator: "|")
    }

    /// Of the file itself where it is a link; nil, and `errno`, when there is none.
    private static func status(ofFileAt path: String) -> stat? {
        var status = stat()
        return path.withPathBytes { lstat($0, &status) } == 0 ? status : nil
    }

    private static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
    private static func isRegular(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
    private static func nanoseconds(_ status: stat) -> Int64 {
        Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}

/// A file that was not tried, and why.
package struct SkippedFile: Sendable, Equatable {
    package var path: String
    package var reason: Reason

    package enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// By its extension, without the dot; empty when it has none.
        case notMedia(String)
        case notARegularFile
        case unreadable(String)
        /// Named by a `.reelignore`.
        case ignored
        /// Someone has it open for writing: the next run takes it.
        case beingWritten
        /// The user took it out of the library.
        case removed

        package var description: String {
            switch self {
            case .notMedia(""): "not a media file (no extension)"
            case .notMedia(let suffix): "not a media file (.\(suffix))"
            case .notARegularFile: "a link or a device, not a regular file"
            case .unreadable(let reason): reason
            case .ignored: "left out by \(IgnoreRules.fileName)"
            case .beingWritten: "still being written; the next run takes it"
            case .removed: FileRecord.removal
            }
        }
    }
}
