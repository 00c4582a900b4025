import CKernels
import Tensors
import Testing

@Suite("16-bit floats are widened exactly")
struct HalfPrecisionTests {
    /// Every pattern there is.
    private let patterns = (0...UInt16.max).map { $0 }

    @Test("all 65 536 halves equal Swift's conversion, vectorised or not")
    func halves() {
        for convert in [reel_half_to_float, reel_half_to_float_scalar] {
            var floats = [Float](repeating: 0, count: patterns.count)
            convert(patterns, &floats, floats.count)
            for (pattern, float) in zip(patterns, floats) {
                let expected = Float(Float16(bitPattern: pattern))
                #expect(
                    float.bitPattern == expected.bitPattern || float.isNaN && expected.isNaN)
            }
        }
    }

    @Test("all 65 536 bfloats are the upper half of a float")
    func brainFloats() {
        var floats = [Float](repeating: 0, count: patterns.count)
        reel_bfloat16_to_float(patterns, &floats, floats.count)
        #expect(zip(patterns, floats).allSatisfy { UInt32($0) << 16 == $1.bitPattern })
    }

    @Test("narrowing rounds to nearest, ties to even, as Swift does")
    func narrowing() {
        var numbers = Numbers(seed: 3)
        var floats = (0..<200_000).map { _ in
            Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next()))
        }
        // Halfway cases and their neighbours, normal and subnormal.
        for pattern in stride(from: UInt16(0), to: 0x7C00, by: 7) {
            let low = Float(Float16(bitPattern: pattern))
            let high = Float(Float16(bitPattern: pattern + 1))
            let middle = (low + high) / 2
            floats += [middle, middle.nextUp, middle.nextDown, -middle]
        }
        floats += [65519.99, 65520, 65504, .infinity, -.infinity, 0, -0.0, .nan]
        for convert in [reel_float_to_half, reel_float_to_half_scalar] {
            var halves = [UInt16](repeating: 0, count: floats.count)
            convert(floats, &halves, halves.count)
            for (float, half) in zip(floats, halves) {
                let expected = Float16(float)
                #expect(
                    half == expected.bitPattern
                        || expected.isNaN && Float16(bitPattern: half).isNaN,
                    "\(float)")
            }
        }
    }

    @Test("an odd address is read correctly")
    func unaligned() {
        let bytes: [UInt8] =
            [0xFF]
            + [Float16(1.5), -2, 65504].flatMap { half in
                [UInt8(truncatingIfNeeded: half.bitPattern), UInt8(half.bitPattern >> 8)]
            }
        var floats = [Float](repeating: 0, count: 3)
        bytes.withUnsafeBytes { bytes in
            floats.withUnsafeMutableBufferPointer { floats in
                HalfPrecision.widen(
                    halves: UnsafeRawBufferPointer(rebasing: bytes[1...]), into: floats)
            }
        }
        #expect(floats == [1.5, -2, 65504])
    }
}
