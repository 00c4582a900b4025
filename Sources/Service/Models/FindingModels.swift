internal import Checkpoints
internal import Embedders
internal import Foundation
internal import ModelHub

/// Models by the names people give them: a folder, a name in one of the model folders, or
/// `org/name[@revision]` in Hugging Face's cache.
extension Application {
    /// The folder of a model; nil when there is none.
    /// - Parameter file: what such a folder holds, if only as a link that leads nowhere: that is an
    ///   error of the model's, told when it is opened.
    /// - Throws: `ModelHubError` where the cache has the model and not what was asked for.
    func modelPath(
        _ name: String, with file: String = "config.json"
    ) throws(ModelHubError) -> String? {
        let folder = localFolders(of: name).first { MappedFile.hasEntry($0 + "/" + file) }
        if let folder { return folder }
        guard let snapshot = try cachedSnapshot(of: name),
            MappedFile.hasEntry(snapshot + "/" + file)
        else { return nil }
        return snapshot
    }

    private func localFolders(of name: String) -> [String] {
        name.contains("/") ? [name] : configuration.modelFolders.map { $0 + "/" + name }
    }

    private func cachedSnapshot(of name: String) throws(ModelHubError) -> String? {
        guard let name = try? ModelName(name) else { return nil }
        return try configuration.hub.cache.snapshot(of: name)
    }

    /// Opens a model the user named; that it is missing is an error.
    func requireModel(_ name: String) throws -> ModelDirectory {
        guard let path = try modelPath(name) else {
            throw try missingModel(name, wanted: "a config.json")
        }
        return try ModelDirectory(path: path)
    }

    func rerankerPath(_ name: String) throws(ModelHubError) -> String? {
        if let path = try modelPath(name, with: LowRankAdapter.configurationFile) { return path }
        return try modelPath(name)
    }

    /// Why there is no such model, and how to come by it.
    /// - Parameter wanted: what its folder would hold.
    func missingModel(_ name: String, wanted: String) throws(ModelHubError) -> Failure {
        let isOfHub = (try? ModelName(name)) != nil
        let next = name.contains("/") && isOfHub ? " " + Self.fetching(name) : ""
        if let snapshot = try cachedSnapshot(of: name) {
            return Failure(
                .noInput, "The cache holds \(name), but \(snapshot) lacks \(wanted)." + next)
        }
        let places = localFolders(of: name) == [name] ? "there" : "in \(folderList)"
        let cache = isOfHub ? ", and for \(name) in the cache \(cachePath)" : ""
        return Failure(
            .noInput,
            "There is no model \(name): a folder with \(wanted) was looked for \(places)\(cache)."
                + next)
    }

    /// How to come by a model that is not there.
    static func fetching(_ name: String) -> String {
        (try? ModelName(name))?.repository.contains("/") == true
            ? "Fetch it: reel models pull \(name)"
            : "Fetch the default models with scripts/fetch-models."
    }

    private var folderList: String { configuration.modelFolders.joined(separator: ", ") }
    private var cachePath: String { configuration.hub.cachePath }

    /// What people call the model in a folder: by the folder, or in the cache by the hub's name.
    static func label(ofModelAt path: String) -> String {
        SnapshotPlace(path: path)?.name ?? URL(fileURLWithPath: path).lastPathComponent
    }
}
