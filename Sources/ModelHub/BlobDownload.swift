internal import HTTPTransfer

/// Fetches files of one commit into the cache's `blobs`, each under its digest: whole and checked, or
/// not at all. A transfer that breaks off goes on where it stopped, in the same run or in a later one.
struct BlobDownload {
    let client: HubClient
    let name: ModelName
    let commit: String
    /// `…/models--org--name/blobs`
    let blobs: String
    /// `….locks/models--org--name`
    let locks: String

    func path(of file: HubFile) -> String { blobs + "/" + file.digest.text }

    /// Bytes of a file that need not be fetched any more.
    func presentBytes(of file: HubFile) -> Int {
        if let size = CacheFiles.size(of: path(of: file)), size == file.size { return size }
        return min(CacheFiles.size(of: partialPath(of: file)) ?? 0, file.size)
    }

    private func partialPath(of file: HubFile) -> String { path(of: file) + ".incomplete" }

    /// - Parameter progress: gets the bytes of the file that are there.
    /// - Returns: bytes that did not have to be fetched.
    func fetch(_ file: HubFile, progress: (Int) -> Void) throws -> Int {
        let final = path(of: file)
        let lock = try BlobLock(path: locks + "/" + file.digest.text + ".lock")
        defer { withExtendedLifetime(lock) {} }
        // A file that was damaged since is fetched anew: its bytes are read, as its name promises.
        if CacheFiles.size(of: final) == file.size,
            try file.digest.computed(ofFileAt: final) == file.digest
        {
            progress(file.size)
            return file.size
        }
        let hadBytes = (CacheFiles.size(of: partialPath(of: file)) ?? 0) > 0
        do {
            return try fetchOnce(file, to: final, progress: progress)
        } catch ModelHubError.wrongDigest where hadBytes {
            // What an earlier run left was of something else.
            return try fetchOnce(file, to: final, progress: progress)
        }
    }

    private func fetchOnce(
        _ file: HubFile, to final: String, progress: (Int) -> Void
    ) throws -> Int {
        let partial = try PartialFile(path: partialPath(of: file), file: file)
        let presentBytes = partial.count
        progress(presentBytes)
        var tag: String?
        do {
            try client.retrying(
                sinceProgress: { partial.count },
                {
                    guard partial.count < file.size || file.size == 0 else { return }
                    try transfer(file, into: partial, &tag, progress: progress)
                })
        } catch TransferError.brokenOff {
            throw ModelHubError.brokenOff(
                file: file.path, receivedBytes: partial.count, expectedBytes: file.size)
        } catch let error as TransferError {
            throw ModelHubError(error, host: client.endpoint.host)
        }
        try partial.finish(as: final)
        return presentBytes
    }

    private func transfer(
        _ file: HubFile, into partial: PartialFile, _ tag: inout String?, progress: (Int) -> Void
    ) throws {
        var isFirst = true
        let answer = try client.fetch(
            file, of: name, commit: commit, from: partial.count, ifUnchanged: tag
        ) { head, bytes in
            if isFirst {
                isFirst = false
                // Weak marks are of no use for parts.
                tag = head.headers["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil }
                try check(head, file, partial)
            }
            try partial.append(bytes)
            progress(partial.count)
        }
        if answer.status == 416 { try partial.restart() }
        // A body that ends properly, and too early, is worth another try like one that breaks off.
        guard partial.count == file.size else { throw TransferError.brokenOff }
    }

    /// Whether the bytes that follow are those that are missing.
    private func check(
        _ head: TransferAnswer, _ file: HubFile, _ partial: PartialFile
    ) throws {
        let mark = (head.headers["etag"] ?? "").trimming("W/").filter { $0 != "\"" }
        // Stores have marks of their own kind; one of our kind is the digest.
        if let found = FileDigest(mark), found.text.count == file.digest.text.count,
            found != file.digest
        {
            throw ModelHubError.wrongDigest(
                file: file.path, expected: file.digest, found: found)
        }
        guard head.status == 206 else {
            // All of it comes, whatever was asked for.
            if partial.count > 0 { try partial.restart() }
            return
        }
        let range = ContentRange(head.headers["content-range"] ?? "")
        guard let range, range.start == partial.count, range.total ?? file.size == file.size else {
            try partial.restart()
            throw TransferError.brokenOff
        }
    }
}

/// `bytes 5-99/100` (RFC 9110, section 14.4).
private struct ContentRange {
    var start: Int
    /// Nil where the server does not know.
    var total: Int?

    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bytes ") else { return nil }
        let halves = text.dropFirst(6).split(separator: "/")
        guard halves.count == 2, let first = halves[0].split(separator: "-").first,
            let start = Int(first)
        else { return nil }
        self.start = start
        total = Int(halves[1])
    }
}

extension String {
    fileprivate func trimming(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
