import CKernels
import Testing

@Suite("SHA-256 gives the standard's digests")
struct SHA256Tests {
    private func digest(_ pieces: [[UInt8]]) -> String {
        var hash = reel_sha256()
        reel_sha256_init(&hash)
        for piece in pieces { reel_sha256_update(&hash, piece, piece.count) }
        var digest = [UInt8](repeating: 0, count: 32)
        reel_sha256_final(&hash, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "FIPS 180-4's examples and the empty text",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func examples(text: String, expected: String) {
        #expect(digest([Array(text.utf8)]) == expected)
    }

    @Test("a million times a")
    func million() {
        #expect(
            digest([Array(repeating: UInt8(ascii: "a"), count: 1_000_000)])
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(
        "pieces of every length give the digest of the whole", arguments: [1, 3, 63, 64, 65, 200])
    func pieces(length: Int) {
        let whole = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let pieces = stride(from: 0, to: whole.count, by: length).map {
            Array(whole[$0..<min($0 + length, whole.count)])
        }
        #expect(digest(pieces) == digest([whole]))
    }

    private typealias Compress =
        @convention(c) (UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?, Int) -> Void

    @Test("the processor's own instructions, where it has them, agree with plain C")
    func twins() {
        let blocks = (0..<64 * 9).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 7) }
        func state(_ compress: Compress) -> [UInt32] {
            var state: [UInt32] = [1, 2, 3, 4, 5, 6, 7, 8]
            compress(&state, blocks, 9)
            return state
        }
        let expected = state(reel_sha256_compress_scalar)
        #expect(state(reel_sha256_compress) == expected)
        if reel_sha256_has_sha_instructions() {
            #expect(state(reel_sha256_compress_sha) == expected)
        }
    }
}
