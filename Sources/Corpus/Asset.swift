/// One file of the user's, known by its content: a move or a copy keeps its identity.
package struct Asset: Sendable, Equatable {
    package var id: AssetID
    package var kind: AssetKind
    /// Where the file was last seen, as the user's file system spells it.
    package var path: String
    /// Zero for a picture or a text.
    package var durationSeconds: Double
    /// Title from the container's metadata, when it has one.
    package var title: String?

    package init(
        id: AssetID, kind: AssetKind, path: String, durationSeconds: Double, title: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.path = path
        self.durationSeconds = durationSeconds
        self.title = title
    }
}

package enum AssetKind: String, Sendable, CaseIterable, Codable {
    case video, audio, image
    /// Text alone, as the documents of a test collection are.
    case text
}

/// The first 63 bits of a file's SHA-256, so that it fits a signed column in any database.
package struct AssetID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Never negative.
    package let value: Int64

    package init(value: Int64) {
        precondition(value >= 0, "An asset id has 63 bits.")
        self.value = value
    }

    /// Takes the first eight bytes of a SHA-256 digest, big-endian, and drops the lowest bit.
    package init(digest: [UInt8]) {
        precondition(digest.count == 32, "A SHA-256 digest has 32 bytes.")
        let word = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.value = Int64(word >> 1)
    }

    /// Reads what `description` writes: 16 hexadecimal digits.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, let value = Int64(text, radix: 16), value >= 0 else {
            return nil
        }
        self.value = value
    }

    package var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package static func < (left: AssetID, right: AssetID) -> Bool { left.value < right.value }
}
