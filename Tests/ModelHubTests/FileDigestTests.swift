import CKernels
import Foundation
import ModelHub
import TestSupport
import Testing

struct FileDigestTests {
    private static func sha1(_ pieces: [[UInt8]]) -> String {
        var hash = reel_sha1()
        reel_sha1_init(&hash)
        for piece in pieces { reel_sha1_update(&hash, piece, piece.count) }
        var digest = [UInt8](repeating: 0, count: 20)
        reel_sha1_final(&hash, &digest)
        return SampleModel.hexadecimal(digest)
    }

    private static let examples: [(text: String, digest: String)] = [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ]

    @Test(arguments: examples)
    func sha1GivesTheStandardsDigests(text: String, digest: String) {
        #expect(Self.sha1([Array(text.utf8)]) == digest)
    }

    @Test func piecesOfEveryLengthGiveTheDigestOfTheWhole() {
        let whole = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for length in 1...130 {
            let pieces = stride(from: 0, to: whole.count, by: length).map {
                Array(whole[$0..<min($0 + length, whole.count)])
            }
            #expect(Self.sha1(pieces) == Self.sha1([whole]), "pieces of \(length)")
        }
    }

    /// `printf hello | git hash-object --stdin`
    @Test func smallFilesAreNamedAsGitNamesThem() throws {
        let folder = try TemporaryFolder()
        try Data("hello".utf8).write(to: URL(fileURLWithPath: folder.path("f")))
        let git = try #require(FileDigest("b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"))
        #expect(try git.computed(ofFileAt: folder.path("f")) == git)
        let sha256 = try #require(
            FileDigest("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"))
        #expect(try sha256.computed(ofFileAt: folder.path("f")) == sha256)
        #expect(FileDigest("B6FC4C620B67D95F953A5C1C1230AAAB5DB5A1B0") == nil)
        #expect(FileDigest("b6fc") == nil)
    }
}
