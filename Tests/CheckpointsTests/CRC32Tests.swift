import CKernels
import TestSupport
import Testing

struct CRC32Tests {
    @Test func theStandardsCheckValueComesOut() {
        let digits = Array("123456789".utf8)
        #expect(reel_crc32(0, digits, digits.count) == 0xCBF4_3926)
        #expect(reel_crc32(0, nil, 0) == 0)
    }

    @Test func allLengthsAndPiecesAgreeWithTheScalarTwin() {
        var random = SeededRandom(seed: 7)
        let bytes = (0..<700).map { _ in UInt8.random(in: 0...255, using: &random) }
        for length in 0...bytes.count {
            let expected = reel_crc32_scalar(0, bytes, length)
            #expect(reel_crc32(0, bytes, length) == expected, "\(length) bytes")
            let half = length / 3
            let rest = Array(bytes[half..<length])
            #expect(reel_crc32(reel_crc32(0, bytes, half), rest, rest.count) == expected)
        }
    }
}
