internal import Glibc

/// What `.reelignore` files leave out, in the way of `.gitignore` (git-scm.com/docs/gitignore).
///
/// A line is a pattern for what lies in the file's folder and below: without a slash it matches a
/// name at any depth, with one it is anchored to the folder; a slash at its end limits it to
/// folders; `!` takes back in what an earlier line left out, unless its folder is left out. Later
/// lines and deeper files win. Lines beginning with `#` are remarks.
struct IgnoreRules {
    static let fileName = ".reelignore"
    /// Bytes read of one file, and lines kept of it.
    private static let mostBytes = 1 << 20
    private static let mostLines = 10_000

    private struct Rule {
        /// Parts of the folder that the rule was written in, relative to the scanned root.
        var depth: Int
        var pattern: GlobPattern
        var isForFolders: Bool
        var takesBackIn: Bool
    }

    private var rules: [Rule] = []

    init() {}

    /// The rules that hold in a folder, given those of the folder above.
    /// - Parameters:
    ///   - path: of the folder.
    ///   - depth: folders between the scanned root and it.
    func inside(_ path: String, depth: Int) -> IgnoreRules {
        guard let text = Self.read(path + "/" + Self.fileName) else { return self }
        var inner = self
        inner.add(text, depth: depth)
        return inner
    }

    mutating func add(_ text: [UInt8], depth: Int) {
        let lines = text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).prefix(Self.mostLines)
        for var line in lines {
            while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let takesBackIn = first == UInt8(ascii: "!")
            if takesBackIn { line.removeFirst() }
            let isForFolders = line.last == UInt8(ascii: "/")
            if isForFolders { line.removeLast() }
            let isAnchored = line.contains(UInt8(ascii: "/"))
            guard !line.isEmpty else { continue }
            let pattern = isAnchored ? Array(line) : Array("**/".utf8) + line
            rules.append(
                Rule(
                    depth: depth, pattern: GlobPattern(pattern), isForFolders: isForFolders,
                    takesBackIn: takesBackIn))
        }
    }

    /// - Parameter names: parts of the path from the scanned root.
    func ignores(_ names: [[UInt8]], isFolder: Bool) -> Bool {
        for rule in rules.reversed() where isFolder || !rule.isForFolders {
            if rule.pattern.matches(Array(names[rule.depth...])) { return !rule.takesBackIn }
        }
        return false
    }

    /// Nil when there is none, or it is not a plain file.
    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = path.withPathBytes { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let size = min(mostBytes, max(0, Int(status.st_size)))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { break }
                count += got
            }
        }
    }
}
