internal import Checkpoints
internal import Foundation

/// The cache that Hugging Face's own tools keep, as they lay it out:
/// `models--org--name/refs/<revision>` holds a commit, `snapshots/<commit>/` the files of it, links to
/// `blobs/<digest>`. Without links on its file system, the files lie in the snapshot itself.
package struct HubCache: Sendable, Equatable {
    /// `~/.cache/huggingface/hub`, unless the environment says otherwise.
    package let root: String

    package init(root: String) { self.root = root }

    /// A commit of a model that is there, if only in part.
    package struct Snapshot: Sendable, Equatable {
        /// `org/name`.
        package var name: String
        package var commit: String
        /// Branches and tags that lead to it, sorted.
        package var revisions: [String]
        package var path: String
    }

    private static let referenceByteLimit = 64

    func repository(of name: ModelName) -> String {
        root + "/" + SnapshotPlace.folder(of: name.repository)
    }

    /// The folder of a model's files; nil when the cache has nothing of it.
    package func snapshot(of name: ModelName) throws(ModelHubError) -> String? {
        let repository = repository(of: name)
        guard Self.isFolder(repository + "/snapshots") else { return nil }
        let revision = name.revision ?? ModelName.mainBranch
        let commit: String
        if revision.isHexadecimal(count: 40) {
            commit = revision
        } else {
            let reference = repository + "/refs/" + revision
            guard FileManager.default.fileExists(atPath: reference) else {
                throw .unknownRevision(
                    name: name.repository, revision: revision,
                    known: references(in: repository).keys.sorted())
            }
            guard let found = Self.commit(inFileAt: reference) else {
                throw .damagedReference(path: reference)
            }
            commit = found
        }
        let path = repository + "/snapshots/" + commit
        guard Self.isFolder(path) else {
            guard revision != commit else {
                throw .unknownRevision(name: name.repository, revision: revision, known: [])
            }
            throw .missingSnapshot(name: name.repository, path: path)
        }
        return path
    }

    /// All that is there, by name.
    package func snapshots() -> [Snapshot] {
        Self.names(in: root).flatMap { folder -> [Snapshot] in
            guard let name = SnapshotPlace.name(ofFolder: folder) else { return [] }
            let repository = root + "/" + folder
            let references = references(in: repository)
            return Self.names(in: repository + "/snapshots").filter {
                $0.isHexadecimal(count: 40)
            }.map { commit in
                Snapshot(
                    name: name, commit: commit,
                    revisions: references.filter { $0.value == commit }.keys.sorted(),
                    path: repository + "/snapshots/" + commit)
            }
        }
    }

    /// Commits by branch or tag.
    private func references(in repository: String) -> [String: String] {
        let folder = repository + "/refs"
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [:] }
        var commits: [String: String] = [:]
        for case let file as String in files {
            if let commit = Self.commit(inFileAt: folder + "/" + file) { commits[file] = commit }
        }
        return commits
    }

    private static func commit(inFileAt path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path),
            let bytes = try? handle.read(upToCount: referenceByteLimit)
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isHexadecimal(count: 40) ? text : nil
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
