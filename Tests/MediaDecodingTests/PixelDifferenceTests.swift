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

    @Test(arguments: [(16, 1, 1), (160, 90, 10), (47, 33, 8), (15, 90, 10), (160, 9, 10)])
    func vectorCellsEqualTheScalarOnes(width: Int, height: Int, cellHeight: Int) {
        var random = SystemRandomNumberGenerator()
        let a = (0..<width * height).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        // Every second row differs little, so that some thresholds split the cells.
        let b = a.enumerated().map { index, pixel in
            index / width % 20 < 10 ? pixel ^ UInt8.random(in: 0...7, using: &random) : ~pixel
        }
        for threshold in [UInt32(0), 1, 2, 3, 4, 8, 100, 255] {
            #expect(
                reel_restructured_cells(a, b, width, height, cellHeight, threshold)
                    == reel_restructured_cells_scalar(
                        a, b, width, height, cellHeight, threshold))
        }
    }

    @Test func aCellCountsByWhatStandsInItNotByItsBrightness() {
        let ground = [UInt8](repeating: 100, count: 32 * 10)
        let brighter = [UInt8](repeating: 180, count: 32 * 10)
        #expect(reel_restructured_cells(ground, brighter, 32, 10, 10, 1) == 0)
        // Every second pixel of the right cell 20 higher: a standard deviation of 10.
        let striped = (0..<320).map { UInt8($0 % 32 >= 16 && $0 % 2 == 0 ? 120 : 100) }
        #expect(reel_restructured_cells(ground, striped, 32, 10, 10, 10) == 1)
        #expect(reel_restructured_cells(ground, striped, 32, 10, 10, 11) == 0)
    }

    struct Shape: Sendable, CustomStringConvertible {
        var width: Int
        var height: Int
        var targetWidth: Int
        var targetHeight: Int
        var description: String { "\(width)x\(height) to \(targetWidth)x\(targetHeight)" }
    }

    @Test(arguments: [
        Shape(width: 1, height: 1, targetWidth: 1, targetHeight: 1),
        Shape(width: 160, height: 90, targetWidth: 160, targetHeight: 90),
        Shape(width: 161, height: 179, targetWidth: 160, targetHeight: 90),
        Shape(width: 854, height: 182, targetWidth: 160, targetHeight: 90),
        Shape(width: 333, height: 255, targetWidth: 1, targetHeight: 1),
        Shape(width: 1_920, height: 97, targetWidth: 160, targetHeight: 90),
    ])
    func shrinkingEqualsItsDefinition(shape: Shape) {
        let rowPixels = shape.width + 3
        for bits in [8, 10, 16] {
            // The largest value, then noise.
            for isWhite in [true, false] {
                let largest = UInt16((1 << bits) - 1)
                let words = (0..<(rowPixels * shape.height)).map { _ in
                    isWhite ? largest : UInt16.random(in: 0...largest)
                }
                let bytes = words.map { UInt8(truncatingIfNeeded: $0) }
                let fast = shrink(shape, rowPixels, words, bytes, bits: bits, isFast: true)
                let plain = shrink(shape, rowPixels, words, bytes, bits: bits, isFast: false)
                #expect(fast == plain)
                if isWhite { #expect(fast.allSatisfy { $0 == 255 }) }
            }
        }
    }

    private func shrink(
        _ shape: Shape, _ rowPixels: Int, _ words: [UInt16], _ bytes: [UInt8], bits: Int,
        isFast: Bool
    ) -> [UInt8] {
        var target = [UInt8](repeating: 7, count: shape.targetWidth * shape.targetHeight)
        var columns = [UInt32](repeating: 9, count: shape.width + shape.targetWidth + 1)
        words.withUnsafeBytes { words in
            bytes.withUnsafeBytes { bytes in
                target.withUnsafeMutableBufferPointer { target in
                    columns.withUnsafeMutableBufferPointer { columns in
                        var job = reel_grey_shrink(
                            source: bits == 8 ? bytes.baseAddress : words.baseAddress,
                            row_bytes: rowPixels * (bits == 8 ? 1 : 2), width: shape.width,
                            height: shape.height, target: target.baseAddress,
                            target_width: shape.targetWidth, target_height: shape.targetHeight,
                            columns: columns.baseAddress)
                        switch (bits, isFast) {
                        case (8, true): reel_shrink_grey8(&job)
                        case (8, false): reel_shrink_grey8_scalar(&job)
                        case (_, true): reel_shrink_grey16(&job, UInt32(bits - 8))
                        case (_, false): reel_shrink_grey16_scalar(&job, UInt32(bits - 8))
                        }
                    }
                }
            }
        }
        return target
    }
}
