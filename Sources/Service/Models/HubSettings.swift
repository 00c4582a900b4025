internal import Foundation
internal import HTTPTransfer
internal import ModelHub

/// Where models of the hub are kept and fetched from: the variables that Hugging Face's own tools
/// read, with their defaults.
struct HubSettings: Sendable, Equatable {
    /// Folder of the cache.
    var cachePath = ""
    var endpoint = HubEndpoint.standard
    private var token: SecretKey?
    /// Where `hf auth login` leaves a token.
    private var tokenFile = ""
    /// Whether nothing may be fetched.
    var isOffline = false

    init() {}

    init(environment: [String: String]) {
        let home = environment["HOME"] ?? ""
        // Set to nothing is not set; a tilde is a person's home, as in a shell.
        func text(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func path(_ name: String) -> String? {
            text(name).map { $0 == "~" || $0.hasPrefix("~/") ? home + $0.dropFirst() : $0 }
        }
        let own =
            path("HF_HOME") ?? (path("XDG_CACHE_HOME") ?? home + "/.cache") + "/huggingface"
        cachePath = path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? own + "/hub"
        endpoint = text("HF_ENDPOINT") ?? endpoint
        token = (text("HF_TOKEN") ?? text("HUGGING_FACE_HUB_TOKEN")).flatMap { SecretKey($0) }
        tokenFile = path("HF_TOKEN_PATH") ?? own + "/token"
        isOffline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].contains { name in
            ["1", "on", "yes", "true"].contains(text(name)?.lowercased() ?? "")
        }
    }

    var cache: HubCache { HubCache(root: cachePath) }

    /// The server with the token for it; the file with the token is read only here.
    func server() throws(ModelHubError) -> HubEndpoint {
        if let token { return try HubEndpoint(url: endpoint, token: token) }
        return try HubEndpoint(url: endpoint, token: try filedToken())
    }

    private static let tokenByteLimit = 8192

    private func filedToken() throws(ModelHubError) -> SecretKey? {
        guard let bytes = FileManager.default.contents(atPath: tokenFile) else { return nil }
        guard bytes.count <= Self.tokenByteLimit, let text = String(data: bytes, encoding: .utf8)
        else { throw .tokenUnreadable(path: tokenFile) }
        guard let key = SecretKey(text) else { return nil }
        guard key.text.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }) else {
            throw .tokenUnreadable(path: tokenFile)
        }
        return key
    }
}
