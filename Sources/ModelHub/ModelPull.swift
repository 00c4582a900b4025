internal import Checkpoints
internal import Foundation

/// Fetches a model of the hub into the cache, in the layout of Hugging Face's own tools: its settings
/// and tokenizer, and one copy of its weights. The revision's name leads to the commit only when all
/// files are there, so that nobody opens half a model.
package struct ModelPull {
    package struct Progress: Sendable, Equatable {
        /// The file that is being fetched.
        package var file: String
        package var doneBytes: Int
        /// Of all files that are known to be needed.
        package var totalBytes: Int
    }

    package struct Outcome: Sendable, Equatable {
        /// `org/name`.
        package var name: String
        package var commit: String
        package var path: String
        package var files: [HubFile]
        /// Of these, what was there already.
        package var presentBytes: Int
        package var totalBytes: Int
    }

    private let name: ModelName
    private let client: HubClient
    private let cache: HubCache
    private let repository: String

    private static let indexByteLimit = 64 << 20
    /// For what lies beside the model on the disk.
    private static let reserveBytes = 16 << 20

    package init(
        _ name: ModelName, from endpoint: HubEndpoint, into cache: HubCache,
        isCancelled: @escaping () -> Bool
    ) {
        self.name = name
        client = HubClient(endpoint: endpoint, isCancelled: isCancelled)
        self.cache = cache
        repository = cache.repository(of: name)
    }

    package func run(progress: (Progress) -> Void) throws -> Outcome {
        let listing = try client.listing(of: name)
        if let revision = name.revision, revision.isHexadecimal(count: 40),
            revision != listing.commit
        {
            throw ModelHubError.badListing(
                name: name.repository, reason: "it is of another commit, \(listing.commit)")
        }
        let needed = NeededFiles(listing, name: name.repository)
        let download = BlobDownload(
            client: client, name: name, commit: listing.commit, blobs: repository + "/blobs",
            locks: cache.root + "/.locks/" + SnapshotPlace.folder(of: name.repository))
        try CacheFiles.makeFolder(download.blobs)
        try CacheFiles.makeFolder(download.locks)
        try markCache()
        let small = needed.small
        try requireRoom(for: small, download)
        var counter = Counter(total: small.reduce(0) { $0 + $1.size })
        for file in small { try fetch(file, download, listing.commit, &counter, progress) }

        let large = try needed.large { try index($0, in: listing, download) }
        try requireRoom(for: large, download)
        counter.total += large.reduce(0) { $0 + $1.size }
        for file in large { try fetch(file, download, listing.commit, &counter, progress) }
        try setReference(to: listing.commit)
        return Outcome(
            name: name.repository, commit: listing.commit, path: snapshot(listing.commit),
            files: small + large, presentBytes: counter.present,
            totalBytes: counter.total)
    }

    private struct Counter {
        var finished = 0
        /// Of what is finished, bytes that were there before.
        var present = 0
        var total: Int
    }

    private func fetch(
        _ file: HubFile, _ download: BlobDownload, _ commit: String, _ counter: inout Counter,
        _ progress: (Progress) -> Void
    ) throws {
        let (finished, total) = (counter.finished, counter.total)
        counter.present += try download.fetch(file) { count in
            progress(
                Progress(file: file.path, doneBytes: finished + count, totalBytes: total))
        }
        counter.finished += file.size
        let path = snapshot(commit) + "/" + file.path
        let steps = file.path.split(separator: "/").count + 1
        try CacheFiles.makeFolder(String(path.dropLast(file.name.count + 1)))
        try CacheFiles.link(
            path, to: String(repeating: "../", count: steps) + "blobs/" + file.digest.text)
    }

    private func snapshot(_ commit: String) -> String { repository + "/snapshots/" + commit }

    private func index(
        _ path: String, in listing: HubListing, _ download: BlobDownload
    ) throws -> [UInt8] {
        guard let file = listing.file(path), file.size <= Self.indexByteLimit,
            let bytes = FileManager.default.contents(atPath: download.path(of: file))
        else {
            throw ModelHubError.badListing(
                name: name.repository, reason: "\(path) is too large for a list of shards")
        }
        return Array(bytes)
    }

    private func requireRoom(
        for files: [HubFile], _ download: BlobDownload
    ) throws(ModelHubError) {
        let missing = files.reduce(0) { $0 + $1.size - download.presentBytes(of: $1) }
        guard missing > 0, let free = CacheFiles.freeBytes(at: cache.root),
            free < missing + Self.reserveBytes
        else { return }
        throw .noRoom(
            path: cache.root, neededBytes: missing + Self.reserveBytes, freeBytes: free)
    }

    /// A commit needs no name to be found.
    private func setReference(to commit: String) throws(ModelHubError) {
        let revision = name.revision ?? ModelName.mainBranch
        guard revision != commit else { return }
        let path = repository + "/refs/" + revision
        try CacheFiles.makeFolder(
            path.split(separator: "/", omittingEmptySubsequences: false)
                .dropLast().joined(separator: "/"))
        try CacheFiles.write(commit, to: path)
    }

    /// Tells backups what may be fetched again (bford.info/cachedir).
    private func markCache() throws(ModelHubError) {
        let path = cache.root + "/CACHEDIR.TAG"
        guard CacheFiles.size(of: path) == nil else { return }
        try CacheFiles.write("Signature: 8a477f597d28d172789f06886806bc55\n", to: path)
    }
}
