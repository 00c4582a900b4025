import CKernels
import Testing

@Suite("Resampling kernels equal their scalar twins")
struct PictureResamplingTests {
    /// Places that draw on ever other inputs, with positive and negative weights.
    private struct Places {
        var first: [Int32] = []
        var used: [Int32] = []
        var weights: [Int32] = []
        let taps = 9

        init(count: Int, inputs: Int) {
            for place in 0..<count {
                let used = min(1 + place * 5 % taps, inputs)
                let first = (inputs - used) * place / max(count - 1, 1)
                self.first.append(Int32(first))
                self.used.append(Int32(used))
                for tap in 0..<taps {
                    let weight = (place * 31 + tap * 17) % 13 - 4
                    weights.append(Int32(weight * (1 << reel_resampling_bits) / 24))
                }
            }
        }

        func use(_ body: (inout reel_resampling) -> Void) {
            first.withUnsafeBufferPointer { first in
                used.withUnsafeBufferPointer { used in
                    weights.withUnsafeBufferPointer { weights in
                        var places = reel_resampling(
                            count: first.count, taps: taps, first: first.baseAddress,
                            used: used.baseAddress, weights: weights.baseAddress)
                        body(&places)
                    }
                }
            }
        }
    }

    @Test("along rows", arguments: [1, 2, 3, 40, 101], [1, 7, 50])
    func rows(width: Int, count: Int) {
        let height = 5
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 97 + $0 / 5) }
        var found = [UInt8](repeating: 0, count: count * height * 3)
        var expected = found
        Places(count: count, inputs: width).use { places in
            reel_resample_rows(pixels, width, height, &places, &found)
            reel_resample_rows_scalar(pixels, width, height, &places, &expected)
        }
        #expect(found == expected)
    }

    @Test("along columns", arguments: [1, 3, 63, 64, 200], [1, 7, 50])
    func columns(rowBytes: Int, count: Int) {
        let height = 23
        let pixels = (0..<rowBytes * height).map { UInt8(truncatingIfNeeded: $0 * 89 + $0 / 3) }
        var found = [UInt8](repeating: 0, count: count * rowBytes)
        var expected = found
        Places(count: count, inputs: height).use { places in
            reel_resample_columns(pixels, rowBytes, &places, &found)
            reel_resample_columns_scalar(pixels, rowBytes, &places, &expected)
        }
        #expect(found == expected)
    }
}
