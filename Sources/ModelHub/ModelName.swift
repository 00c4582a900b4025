/// A model of the hub as people write it: `org/name`, `org/name@revision`, or the bare `name` of one
/// of the oldest models. A revision is a branch, a tag, or a commit.
package struct ModelName: Sendable, Equatable, CustomStringConvertible {
    /// `org/name`.
    package let repository: String
    /// Nil where none was named: the main branch.
    package let revision: String?

    package static let mainBranch = "main"
    private static let partByteLimit = 96
    private static let revisionByteLimit = 200

    package init(_ text: String) throws(ModelHubError) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName) else {
            throw .badName(text)
        }
        repository = String(halves[0])
        guard halves.count == 2 else {
            revision = nil
            return
        }
        guard Self.isRevision(halves[1]) else { throw .badName(text) }
        revision = String(halves[1])
    }

    package var description: String { repository + (revision.map { "@" + $0 } ?? "") }

    /// The hub's own rule; its cache writes `--` for the slash.
    private static func isName(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.count <= partByteLimit && part.utf8.allSatisfy(isPlain)
            && !part.contains("--") && !part.contains("..")
            && ![".", "-"].contains(part.first) && ![".", "-"].contains(part.last)
    }

    /// Names of git, a few characters fewer.
    static func isRevision(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= revisionByteLimit else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != "." && !part.contains("..")
                && part.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "+") }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension StringProtocol {
    /// Digits of a digest or a commit, in lower case.
    func isHexadecimal(count: Int) -> Bool {
        utf8.count == count
            && utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
