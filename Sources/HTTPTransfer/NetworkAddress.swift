internal import Glibc

/// What kind of network an address belongs to (RFC 6890), so that a name cannot lead requests to
/// where its owner was never asked.
package enum NetworkAddress {
    package enum Reach: Equatable {
        /// Everywhere.
        case open
        /// This machine and private networks.
        case local
        /// Never a server's: link-local (where clouds keep their machines' keys), multicast, none.
        case never
    }

    /// Whether whoever wrote this host can only have meant a local one: an address written out,
    /// `localhost`, a name without dots, or one under a suffix for local networks.
    package static func namesLocalHost(_ host: String) -> Bool {
        let host = host.lowercased()
        if let reach = reach(ofText: host) { return reach == .local }
        let suffixes = [".localhost", ".local", ".lan", ".internal", ".home.arpa"]
        return !host.contains(".") || suffixes.contains(where: host.hasSuffix)
    }

    /// Nil when the text is no address.
    package static func reach(ofText text: String) -> Reach? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            return reach(four: withUnsafeBytes(of: &four) { Array($0) })
        }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 {
            return reach(six: withUnsafeBytes(of: &six) { Array($0) })
        }
        return nil
    }

    fileprivate static func reach(four bytes: [UInt8]) -> Reach {
        switch (bytes[0], bytes[1]) {
        case (127, _), (10, _), (192, 168), (172, 16...31), (100, 64...127): .local
        case (0, _), (169, 254), (224...255, _): .never
        default: .open
        }
    }

    fileprivate static func reach(six bytes: [UInt8]) -> Reach {
        // ::ffff:a.b.c.d and 64:ff9b::a.b.c.d are the address inside.
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        let isTranslated =
            bytes[..<4] == [0, 0x64, 0xFF, 0x9B] && bytes[4..<12].allSatisfy { $0 == 0 }
        if isMapped || isTranslated { return reach(four: Array(bytes[12...])) }
        if bytes[..<15].allSatisfy({ $0 == 0 }) { return bytes[15] == 1 ? .local : .never }
        if bytes[0] & 0xFE == 0xFC { return .local }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return .never }
        return bytes[0] == 0xFF ? .never : .open
    }
}

extension NetworkAddress {
    /// What a socket's address reaches, and how it is written.
    static func describe(_ address: UnsafePointer<sockaddr>) -> (reach: Reach, text: String) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let bytes = [UInt8](
                UnsafeRawBufferPointer(
                    start: raw + MemoryLayout<sockaddr_in>.offset(of: \.sin_addr)!, count: 4))
            return (reach(four: bytes), bytes.map(String.init).joined(separator: "."))
        case AF_INET6:
            let start = raw + MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)!
            let bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: 16))
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            _ = inet_ntop(AF_INET6, start, &text, socklen_t(text.count))
            return (
                reach(six: bytes),
                String(
                    decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            )
        default:
            return (.never, "of an unknown kind")
        }
    }
}
