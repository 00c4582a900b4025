internal import Foundation

/// An address of http or https, taken apart as far as it matters for whom to trust.
package struct WebAddress: Sendable, Equatable {
    package let text: String
    package let host: String
    package let isSecure: Bool
    private let port: Int

    package init(_ text: String) throws(TransferError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil
        else { throw .badAddress(url: Self.shown(text)) }
        self.text = text
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")).lowercased()
        isSecure = scheme == "https"
        port = parts.port ?? (isSecure ? 443 : 80)
    }

    /// Whether the host can only be a local one, by how it is written.
    package var namesLocalHost: Bool { NetworkAddress.namesLocalHost(host) }

    /// As an error may show it: queries of redirects carry signatures.
    package var shown: String { Self.shown(text) }

    private static func shown(_ url: String) -> String {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        guard let at = path.lastIndex(of: "@") else { return String(path) }
        return "…" + path[at...]
    }

    /// The same scheme, host and port.
    func isSameServer(as other: WebAddress) -> Bool {
        host == other.host && port == other.port && isSecure == other.isSecure
    }
}
