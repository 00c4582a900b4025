/// The names this server answers to. A page of a hostile site can make its own name point here
/// (DNS rebinding); its requests then carry that name, and are refused.
struct HostList: Sendable, Equatable {
    /// Beside the loopback names; in lower case, without ports.
    private var others: Set<String>
    /// Whether any address in numbers will do: no name can be made to point elsewhere then. For
    /// servers that ask for a token, which know only some of their addresses.
    private var allowsNumbers: Bool

    init(allowing others: [String] = [], andNumbers allowsNumbers: Bool = false) {
        self.others = Set(others.map { $0.lowercased() })
        self.allowsNumbers = allowsNumbers
    }

    /// - Parameter authority: a Host header: `localhost:8420`, `127.0.0.1`, `[::1]:8420`.
    func allows(_ authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        return host == "localhost" || host == "[::1]" || Self.isLoopback(host)
            || others.contains(host) || allowsNumbers && Self.isNumeric(host)
    }

    /// Whether a page of that origin is one of ours: same name and port as the request was sent to.
    func isSame(origin: String, as authority: String) -> Bool {
        for (scheme, port) in [("http://", "80"), ("https://", "443")]
        where origin.lowercased().hasPrefix(scheme) {
            let other = origin.dropFirst(scheme.count).lowercased()
            guard let host = Self.host(of: other), host == Self.host(of: authority.lowercased())
            else { return false }
            return Self.port(of: other) ?? port == Self.port(of: authority) ?? port
        }
        return false
    }

    /// Without its port, in lower case; nil for what is no host.
    static func host(of authority: String) -> String? {
        let lower = authority.lowercased()
        let host: Substring
        let rest: Substring
        if lower.hasPrefix("[") {
            guard let end = lower.firstIndex(of: "]") else { return nil }
            host = lower[...end]
            rest = lower[lower.index(after: end)...]
        } else {
            host = lower.prefix { $0 != ":" }
            rest = lower.dropFirst(host.count)
        }
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
        guard rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()) else { return nil }
        return String(host)
    }

    private static func port(of authority: String) -> String? {
        guard let colon = authority.lastIndex(of: ":") else { return nil }
        let port = authority[authority.index(after: colon)...]
        return isPort(port) ? String(port) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        UInt16(text) != nil && text.utf8.allSatisfy(PercentCoding.isDecimal)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A: true
        default: "-._:[]".utf8.contains(byte)
        }
    }

    /// One of 127.0.0.0/8.
    static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") && isFourNumbers(host)
    }

    private static func isNumeric(_ host: String) -> Bool {
        host.hasPrefix("[") || isFourNumbers(host)
    }

    /// An IPv4 address as four decimal numbers; the other spellings that C libraries take are none.
    private static func isFourNumbers(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                UInt8(part) != nil && part.utf8.allSatisfy(PercentCoding.isDecimal)
                    && (part == "0" || part.first != "0")
            }
    }
}
