internal import Corpus

/// What identifies one version of an answer: RFC 9110, section 8.8.3.
package enum EntityTag {
    /// Of content: 16 hexadecimal digits of its SHA-256, in quotes.
    package static func of(_ bytes: [UInt8]) -> String {
        "\"" + hexadecimal(SHA256.digest(of: bytes).prefix(8)) + "\""
    }

    /// Whether an If-None-Match names the tag: `*`, or a list that is compared weakly.
    package static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        func strong(_ tag: some StringProtocol) -> Substring {
            Substring(tag).hasPrefix("W/") ? Substring(tag).dropFirst(2) : Substring(tag)
        }
        return header.split(separator: ",").map { $0.drop { $0 == " " } }.contains { listed in
            let listed = listed.prefix { $0 != " " }
            return listed == "*" || strong(listed) == strong(tag)
        }
    }
}
