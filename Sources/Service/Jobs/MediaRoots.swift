internal import Corpus
internal import Glibc

/// The folders below which files may be taken in over HTTP: none, unless someone says so.
package struct MediaRoots: Sendable, Equatable {
    /// As the system knows them, without links.
    package let paths: [String]

    /// - Throws: when one is no folder that can be read.
    package init(_ folders: [String]) throws(Failure) {
        var paths: [String] = []
        for folder in folders {
            guard let real = Self.real(folder), Self.isFolder(real) else {
                throw Failure(
                    .badConfiguration,
                    "The media root \(folder) is no folder that can be read. "
                        + "Name another with --media-root or media_roots.")
            }
            if !paths.contains(real) { paths.append(real) }
        }
        self.paths = paths
    }

    /// Kernel's and devices' folders hold no media, and reading there does things.
    private static let forbidden = ["/proc", "/sys", "/dev"]

    /// The real path of a file or folder below a root, with links followed before it is judged.
    /// What lies elsewhere is refused alike whether it exists or not.
    package func resolve(_ path: String) throws(Failure) -> String {
        guard !paths.isEmpty else {
            throw Failure(
                .noPermission,
                "This server takes no files in: no folder was allowed. Start it with "
                    + "reel serve --media-root FOLDER, or set media_roots in reel.json.")
        }
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw Failure(
                .badRequest, "The path \(path) is not absolute: it has to begin with a slash.")
        }
        let hasDots = path.utf8.split(separator: UInt8(ascii: "/"))
            .contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) }
        guard !hasDots else {
            throw Failure(.badRequest, "The path \(path) has a . or .. in it: name it without.")
        }
        guard let real = Self.real(path) else {
            // Whether something is there is told only to those who may read there.
            guard isBelowRoot(path) else { throw refusal(of: path) }
            throw Failure(
                .noInput, "Cannot read \(path): \(String(cString: strerror(errno))).")
        }
        guard isBelowRoot(real) else { throw refusal(of: path) }
        return real
    }

    private func refusal(of path: String) -> Failure {
        Failure(
            .noPermission,
            "\(path) does not lie below a folder that files may be taken in from. Those are: "
                + paths.joined(separator: ", "))
    }

    private func isBelowRoot(_ path: String) -> Bool {
        !Self.forbidden.contains { Self.isSame(path, orBelow: $0) }
            && paths.contains { Self.isSame(path, orBelow: $0) }
    }

    /// Byte by byte: two spellings that look alike may be two folders.
    private static func isSame(_ path: String, orBelow folder: String) -> Bool {
        guard folder != "/" else { return true }
        let path = Array(path.utf8)
        let folder = Array(folder.utf8)
        return path.starts(with: folder)
            && (path.count == folder.count || path[folder.count] == UInt8(ascii: "/"))
    }

    /// Without links; nil, and `errno`, where there is nothing.
    private static func real(_ path: String) -> String? {
        let bytes = PathText(path).bytes.map(CChar.init(bitPattern:)) + [0]
        guard let resolved = realpath(bytes, nil) else { return nil }
        defer { free(resolved) }
        let found = UnsafeBufferPointer(start: resolved, count: strlen(resolved))
        return PathText(bytes: found.map(UInt8.init(bitPattern:))).text
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        let bytes = PathText(path).bytes.map(CChar.init(bitPattern:)) + [0]
        return stat(bytes, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
