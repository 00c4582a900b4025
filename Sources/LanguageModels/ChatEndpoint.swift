internal import Foundation
package import HTTPTransfer

/// Where a language model answers, and how far we go with it: an OpenAI-compatible server, such as
/// llama.cpp's, vLLM, Ollama, or one in a cloud.
package struct ChatEndpoint: Sendable, Equatable {
    /// Up to and without `/chat/completions`: `http://127.0.0.1:8080/v1`.
    package let url: String
    package let host: String
    /// What the server calls the model.
    package let model: String
    package let key: SecretKey?
    /// Whether a host's name may lead to an address of the local network. An address that is
    /// written out, `localhost`, and names that can only be local are meant by whoever wrote them.
    package let allowsLocalNetwork: Bool
    package var limits = Limits()

    package struct Limits: Sendable, Equatable {
        package var connectSeconds = 10.0
        /// For one try, from the first byte sent to the last received.
        package var replySeconds = 120.0
        /// Nothing received for so long is a server that hangs.
        package var silenceSeconds = 60.0
        /// Further tries after what may pass by itself.
        package var retries = 3
        /// Before the first of them; doubled for each that follows.
        package var firstPauseSeconds = 0.5
        /// A server that asks for a longer pause is not waited for.
        package var longestPauseSeconds = 30.0
        package var requestBytes = 32 << 20
        package var replyBytes = 8 << 20
        /// Of a prompt, estimated, its pictures counted too.
        package var promptTokens = 16_000

        package init() {}
    }

    package init(
        url: String, model: String, key: SecretKey? = nil, allowsLocalNetwork: Bool = false
    ) throws(LanguageModelError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme)
        else { throw .badEndpoint(Self.shown(url), reason: "it is no address of http or https") }
        guard let host = parts.host, !host.isEmpty else {
            throw .badEndpoint(Self.shown(url), reason: "it names no host")
        }
        guard parts.user == nil, parts.password == nil else {
            throw .badEndpoint(
                Self.shown(url), reason: "keys go into REEL_LLM_API_KEY or a file, not into it")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw .badEndpoint(Self.shown(url), reason: "it has a query or a fragment")
        }
        guard !model.isEmpty else {
            throw .badEndpoint(Self.shown(url), reason: "no model is named (llm_model)")
        }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let isLocal = NetworkAddress.namesLocalHost(bare)
        guard key == nil || scheme == "https" || isLocal || allowsLocalNetwork else {
            throw .badEndpoint(
                Self.shown(url), reason: "a key would be readable on its way; use https")
        }
        var path = url
        while path.hasSuffix("/") { path.removeLast() }
        self.url = path
        self.host = bare
        self.model = model
        self.key = key
        self.allowsLocalNetwork = allowsLocalNetwork || isLocal
    }

    /// An address as an error may show it: without what stands before an `@`.
    private static func shown(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@") else { return url }
        return "…" + url[at...]
    }
}

extension SecretKey {
    private static let byteLimit = 8192

    /// The key that a file holds alone.
    package init(path: String) throws(LanguageModelError) {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw .keyUnreadable(path: path, reason: "there is none, or it may not be read")
        }
        guard bytes.count <= Self.byteLimit else {
            throw .keyUnreadable(path: path, reason: "it has \(bytes.count) bytes, which is no key")
        }
        guard let text = String(data: bytes, encoding: .utf8), let key = SecretKey(text),
            key.text.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
        else { throw .keyUnreadable(path: path, reason: "it does not hold one line of a key") }
        self = key
    }
}
