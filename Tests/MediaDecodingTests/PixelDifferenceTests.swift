import CKernels
import Testing

@Suite struct PixelDifferenceTests {
    @Test(arguments: [0, 1, 15, 16, 17, 63, 64, 65, 127, 14_400, 100_003])
    func vectorSumEqualsTheScalarOne(count: Int) {
        var random = SystemRandomNumberGenerator()
        // One more than needed, so that the second call can start off any alignment.
        let a = (0...count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let b = (0...count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        for offset in 0...1 {
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress else { return }
                    let length = count - offset + 1
                    #expect(
                        reel_absolute_difference_sum(a + offset, b, length - (1 - offset))
                            == reel_absolute_difference_sum_scalar(
                                a + offset, b, length - (1 - offset)))
                }
            }
        }
    }

    @Test func extremesDoNotOverflow() {
        let white = [UInt8](repeating: 255, count: 1 << 20)
        let black = [UInt8](repeating: 0, count: 1 << 20)
        #expect(reel_absolute_difference_sum(white, black, white.count) == 255 << 20)
        #expect(reel_absolute_difference_sum_scalar(black, white, white.count) == 255 << 20)
    }
}
