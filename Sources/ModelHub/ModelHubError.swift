internal import Checkpoints
internal import Glibc

/// Why a model of the hub cannot be found in the cache, or fetched into it.
package enum ModelHubError: Error, Sendable, Equatable, CustomStringConvertible {
    case badName(String)
    // The cache.
    case unknownRevision(name: String, revision: String, known: [String])
    case damagedReference(path: String)
    case missingSnapshot(name: String, path: String)
    case cannotRead(path: String, errorNumber: Int32)
    case cannotWrite(path: String, errorNumber: Int32)
    case noRoom(path: String, neededBytes: Int, freeBytes: Int)
    case locked(path: String)
    case damagedDigestList(path: String)
    // The hub.
    case offline(name: String)
    case missingLibrary(String)
    case badEndpoint(url: String)
    case unreachable(host: String, reason: String)
    case refusedAddress(host: String, address: String)
    case refusedRedirect(host: String, to: String)
    case notThere(name: String, endpoint: String)
    case noSuchRevision(name: String, revision: String)
    case notAllowed(name: String, endpoint: String, hasToken: Bool)
    case tokenUnreadable(path: String)
    case refused(host: String, status: Int)
    case badListing(name: String, reason: String)
    case noWeights(name: String, found: [String])
    case missingFile(name: String, file: String)
    case wrongLength(file: String, expected: Int, found: Int)
    case wrongDigest(file: String, expected: FileDigest, found: FileDigest)
    case brokenOff(file: String, receivedBytes: Int, expectedBytes: Int)

    package var description: String {
        switch self {
        case .badName(let text):
            "\"\(text)\" is no name of a model: expected a folder, or org/name, or "
                + "org/name@revision."
        case .unknownRevision(let name, let revision, let known):
            "The cache holds \(name), but not its revision \(revision)"
                + (known.isEmpty ? "." : " (it holds: \(known.joined(separator: ", "))).")
                + " Fetch it: reel models pull \(name)@\(revision)"
        case .damagedReference(let path):
            "\(path) does not name a commit. Fetch the model again: reel models pull "
                + (Self.name(ofReference: path) ?? "org/name")
        case .missingSnapshot(let name, let path):
            "The cache refers to \(path), which is not there. Fetch the model again: "
                + "reel models pull \(name)"
        case .cannotRead(let path, let number):
            "\(path) cannot be read: \(Self.reason(number))."
        case .cannotWrite(let path, let number):
            "\(path) cannot be written: \(Self.reason(number)). What was fetched is kept; the same "
                + "command goes on from there."
        case .noRoom(let path, let needed, let free):
            "The model needs \(Self.megabytes(needed)) MB below \(path), where "
                + "\(Self.megabytes(free)) MB are free. Nothing was fetched."
        case .locked(let path):
            "Another program is fetching the same file (\(path)). Try again when it has finished."
        case .damagedDigestList(let path):
            "\(path) is no list of digests as sha256sum writes it."
        case .offline(let name):
            "\(name) was not fetched: HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE asks to stay offline."
        case .missingLibrary(let sentence): "Nothing was fetched. \(sentence)"
        case .badEndpoint(let url):
            "HF_ENDPOINT is \(url); expected an address of https, or of http on this machine."
        case .unreachable(let host, let reason): "\(host) cannot be reached: \(reason)."
        case .refusedAddress(let host, let address):
            "\(host) has the private address \(address), where no model is fetched from."
        case .refusedRedirect(let host, let to):
            "\(host) sends elsewhere, to \(to), where no model is fetched from."
        case .notThere(let name, let endpoint):
            "There is no model \(name) at \(endpoint), or it is private. Check its name; for a "
                + "private one, set HF_TOKEN."
        case .noSuchRevision(let name, let revision):
            "The model \(name) has no revision \(revision)."
        case .notAllowed(let name, let endpoint, let hasToken):
            "\(name) may not be fetched "
                + (hasToken
                    ? "with this token: it is gated, and access is asked for at "
                        + "\(endpoint)/\(name), or the token is not valid."
                    : "without a token: it is gated or private. Ask for access at "
                        + "\(endpoint)/\(name), then set HF_TOKEN.")
        case .tokenUnreadable(let path):
            "The token file \(path) does not hold one line of a token."
        case .refused(let host, let status): "\(host) refused with status \(status)."
        case .badListing(let name, let reason):
            "What the hub lists for \(name) cannot be used: \(reason). Nothing was fetched."
        case .noWeights(let name, let found):
            "\(name) has no weights that are read: expected model.safetensors or "
                + "pytorch_model.bin, whole or in shards"
                + (found.isEmpty ? "." : "; it has \(found.joined(separator: ", ")).")
        case .missingFile(let name, let file):
            "\(name) lists \(file) and does not have it. Its owner has to mend that."
        case .wrongLength(let file, let expected, let found):
            "\(file) has \(found) bytes, expected \(expected). It was thrown away; try again."
        case .wrongDigest(let file, let expected, let found):
            "\(file) is not what the hub says it is: its digest is \(found), expected "
                + "\(expected). It was thrown away; try again."
        case .brokenOff(let file, let received, let expected):
            "The transfer of \(file) broke off after \(received) of \(expected) bytes. What came is "
                + "kept; the same command goes on from there."
        }
    }

    private static func reason(_ errorNumber: Int32) -> String {
        String(cString: strerror(errorNumber))
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }

    /// `…/models--org--name/refs/main`
    private static func name(ofReference path: String) -> String? {
        path.split(separator: "/").lazy.compactMap { SnapshotPlace.name(ofFolder: String($0)) }
            .first
    }
}
