internal import JSONText

/// A file of a model, as the hub lists it.
package struct HubFile: Sendable, Equatable {
    /// Below the model's folder: `config.json`, `1_Pooling/config.json`.
    package let path: String
    /// Bytes.
    package let size: Int
    package let digest: FileDigest

    /// Before the last slash, without it; empty at the top.
    var folder: String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    var name: String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}

/// The files of one commit of a model: what `/api/models/org/name/revision/main?blobs=true` answers.
struct HubListing: Sendable, Equatable {
    let commit: String
    let files: [HubFile]

    static let byteLimit = 16 << 20
    static let fileLimit = 20_000
    private static let pathByteLimit = 1000
    /// A tebibyte: what is larger is a mistake.
    private static let sizeLimit = 1 << 40

    /// - Parameter name: for errors.
    init(parsing bytes: [UInt8], name: String) throws(ModelHubError) {
        let listing: JSONValue
        do {
            listing = try JSONValue(parsing: bytes)
        } catch {
            throw .badListing(name: name, reason: "it is not JSON: \(error)")
        }
        guard let commit = listing["sha"]?.string, commit.isHexadecimal(count: 40) else {
            throw .badListing(name: name, reason: "it names no commit")
        }
        guard let entries = listing["siblings"]?.array else {
            throw .badListing(name: name, reason: "it lists no files")
        }
        guard entries.count <= Self.fileLimit else {
            throw .badListing(
                name: name, reason: "it lists more than \(Self.fileLimit) files")
        }
        self.commit = commit
        var paths: Set<String> = []
        var files: [HubFile] = []
        for entry in entries {
            let file = try Self.file(entry, name: name)
            guard paths.insert(file.path).inserted else {
                throw .badListing(name: name, reason: "it lists \(file.path) twice")
            }
            files.append(file)
        }
        self.files = files
    }

    private static func file(_ entry: JSONValue, name: String) throws(ModelHubError) -> HubFile {
        guard let path = entry["rfilename"]?.string else {
            throw .badListing(name: name, reason: "it lists a file without a name")
        }
        // A path becomes one below a folder of ours.
        guard isInside(path) else {
            throw .badListing(
                name: name, reason: "the file name \(path.debugDescription) leads elsewhere")
        }
        let large = entry["lfs"]
        let text =
            large?["sha256"]?.string ?? entry["blobId"]?.string
        guard let text, let digest = FileDigest(text) else {
            throw .badListing(name: name, reason: "it has no digest of \(path)")
        }
        guard let size = large?["size"]?.integer ?? entry["size"]?.integer,
            (0...sizeLimit).contains(size)
        else { throw .badListing(name: name, reason: "it has no size of \(path)") }
        return HubFile(path: path, size: size, digest: digest)
    }

    private static func isInside(_ path: String) -> Bool {
        guard path.utf8.count <= pathByteLimit else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
                && !part.contains("\\")
        }
    }

    func file(_ path: String) -> HubFile? { files.first { $0.path == path } }
}
