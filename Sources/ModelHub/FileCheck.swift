internal import Checkpoints
internal import Foundation

/// A file of a model compared with what is recorded of it: in Hugging Face's cache its name is its
/// digest; elsewhere a file `SHA256SUMS`, as sha256sum writes it, may stand beside it.
package struct FileCheck: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case right(FileDigest)
        case wrong(expected: FileDigest, found: FileDigest)
        /// Recorded, and not there, or a link that leads nowhere.
        case missing
        /// Nothing is recorded of it.
        case unrecorded
    }

    /// Below the model's folder.
    package var path: String
    /// Bytes; 0 where it is missing.
    package var size: Int
    package var state: State

    package static let listName = "SHA256SUMS"

    /// All files of a folder, and those that should be there.
    /// - Parameter progress: gets the file that is read next.
    package static func all(
        in folder: String, progress: (String) -> Void = { _ in }, isCancelled: () -> Bool
    ) throws -> [FileCheck] {
        let recorded = try digests(listedIn: folder + "/" + listName)
        let there = names(in: folder)
        let absent = Set(recorded.keys).subtracting(there)
        return try (there + absent).sorted().filter { $0 != listName }.map { name in
            if isCancelled() { throw CancellationError() }
            progress(name)
            let path = folder + "/" + name
            guard let size = CacheFiles.size(of: path) else {
                return FileCheck(path: name, size: 0, state: .missing)
            }
            guard let expected = recorded[name] ?? digest(ofBlobBehind: path) else {
                return FileCheck(path: name, size: size, state: .unrecorded)
            }
            let found = try expected.computed(ofFileAt: path)
            return FileCheck(
                path: name, size: size,
                state: found == expected
                    ? .right(found) : .wrong(expected: expected, found: found))
        }
    }

    /// What is recorded of a folder's files, by file.
    package static func recordedDigests(in folder: String) -> [String: FileDigest] {
        var digests = (try? digests(listedIn: folder + "/" + listName)) ?? [:]
        for name in names(in: folder) where digests[name] == nil {
            digests[name] = digest(ofBlobBehind: folder + "/" + name)
        }
        return digests
    }

    /// Files below a folder, links among them, no further than a model has folders.
    package static func names(in folder: String) -> [String] {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        var names: [String] = []
        for case let name as String in files {
            if files.level > depthLimit { files.skipDescendants() }
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(
                atPath: folder + "/" + name, isDirectory: &isFolder)
            if !isThere || !isFolder.boolValue { names.append(name) }
        }
        return names.sorted()
    }

    private static let depthLimit = 3
    private static let listByteLimit = 1 << 20

    /// `…/blobs/<digest>`, where a link leads into the same model's blobs.
    private static func digest(ofBlobBehind path: String) -> FileDigest? {
        guard SnapshotPlace(path: path) != nil,
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
        else { return nil }
        let parts = target.split(separator: "/")
        guard parts.count >= 2, parts[parts.count - 2] == "blobs" else { return nil }
        return FileDigest(String(parts[parts.count - 1]))
    }

    /// By file; none where there is no list.
    private static func digests(listedIn path: String) throws(ModelHubError) -> [String: FileDigest]
    {
        guard let bytes = FileManager.default.contents(atPath: path),
            bytes.count <= listByteLimit
        else { return [:] }
        var digests: [String: FileDigest] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let digest = line.prefix { $0 != " " }
            // Two spaces, or one and a star where the file was read as binary.
            let name = line.dropFirst(digest.count).drop { $0 == " " }.drop { $0 == "*" }
            guard digest.isHexadecimal(count: 64), !name.isEmpty, !name.hasPrefix("/"),
                !name.split(separator: "/").contains("..")
            else { throw .damagedDigestList(path: path) }
            digests[String(name)] = .sha256(String(digest))
        }
        return digests
    }
}
