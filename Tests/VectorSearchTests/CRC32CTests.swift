import CKernels
import TestSupport
import Testing

@Suite struct CRC32CTests {
    /// The examples of RFC 3720, appendix B.4, and the customary nine digits.
    @Test(
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            (Array(0..<32), 0x46dd_794e),
            (Array((0..<32).reversed()), 0x113f_db5c),
            (Array("123456789".utf8), 0xe306_9283),
            ([], 0),
        ] as [([UInt8], UInt32)])
    func publishedChecksumsComeOut(bytes: [UInt8], checksum: UInt32) {
        #expect(reel_crc32c(0, bytes, bytes.count) == checksum)
        #expect(reel_crc32c_scalar(0, bytes, bytes.count) == checksum)
    }

    @Test func bothWaysAgreeAtEveryLengthAndInPieces() {
        var random = SeededRandom(seed: 1)
        let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
        for length in 0...bytes.count {
            let whole = reel_crc32c(0, bytes, length)
            #expect(whole == reel_crc32c_scalar(0, bytes, length))
            let cut = length / 3
            let pieces = bytes.withUnsafeBufferPointer {
                reel_crc32c(
                    reel_crc32c(0, $0.baseAddress, cut), $0.baseAddress! + cut, length - cut)
            }
            #expect(pieces == whole)
        }
    }
}
