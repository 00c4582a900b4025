import Corpus
import Testing

@Suite struct SHA256Tests {
    // Vectors of FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digestsAreThoseOfTheStandard(text: String, expected: String) {
        #expect(hexadecimal(SHA256.digest(of: text.utf8)) == expected)
    }

    @Test func piecesGiveTheSameAsTheWhole() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var hash = SHA256()
        for piece in [bytes[..<1], bytes[1..<64], bytes[64..<64], bytes[64...]] {
            Array(piece).withUnsafeBytes { hash.update($0) }
        }
        let whole = hash.finalize()
        #expect(whole == SHA256.digest(of: bytes))
    }
}
