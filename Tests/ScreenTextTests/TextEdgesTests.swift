import CKernels
import TestSupport
import Testing

struct TextEdgesTests {
    @Test(arguments: [0, 1, 2, 15, 16, 17, 18, 31, 33, 34, 200])
    func greyIsThatOfTheScalarTwin(count: Int) {
        var random = SeededRandom(seed: UInt64(count) + 1)
        let pixels = (0..<count * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        var fast = [UInt8](repeating: 0, count: count)
        var plain = fast
        reel_grey_from_rgb(pixels, count, &fast)
        reel_grey_from_rgb_scalar(pixels, count, &plain)
        #expect(fast == plain)
    }

    @Test func greyOfBlackAndWhiteIsBlackAndWhite() {
        var grey = [UInt8](repeating: 7, count: 2)
        reel_grey_from_rgb([0, 0, 0, 255, 255, 255], 2, &grey)
        #expect(grey == [0, 255])
    }

    @Test(arguments: [1, 2, 3, 15, 16, 17, 18, 31, 32, 33, 48, 49, 50, 64, 65, 130])
    func edgesAreThoseOfTheScalarTwin(width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        let height = 5
        // Steps of all sizes, and stretches without any.
        let grey = (0..<width * height).map { index in
            index % 7 < 3 ? UInt8(90) : UInt8.random(in: 0...255, using: &random)
        }
        let count = (width + 15) / 16 * height
        var fast = [UInt8](repeating: 99, count: 2 * count)
        var plain = fast
        fast.withUnsafeMutableBufferPointer {
            reel_count_edges(grey, width, height, 36, $0.baseAddress!, $0.baseAddress! + count)
        }
        plain.withUnsafeMutableBufferPointer {
            reel_count_edges_scalar(
                grey, width, height, 36, $0.baseAddress!, $0.baseAddress! + count)
        }
        #expect(fast == plain)
        #expect(fast.allSatisfy { $0 <= 8 })
    }

    @Test func aBarHasARiseAndAFallInEachRow() {
        let (width, height) = (40, 3)
        let grey = (0..<width * height).map { (20..<26).contains($0 % width) ? UInt8(200) : 20 }
        var rises = [UInt8](repeating: 9, count: 3 * height)
        var falls = rises
        reel_count_edges(grey, width, height, 36, &rises, &falls)
        #expect(rises == [0, 1, 0, 0, 1, 0, 0, 1, 0])
        #expect(falls == [0, 1, 0, 0, 1, 0, 0, 1, 0])
    }

    @Test(
        arguments: [([0, 0, 255, 255], 1), ([9, 9, 9, 9], 0)] as [([UInt8], Float)])
    func twoLevelsExplainAllOrNothing(grey: [UInt8], share: Float) {
        #expect(abs(reel_two_level_share(grey, 2, 0, 0, 2, 2) - share) < 1e-6)
    }

    @Test func enlargingKeepsCornersAndLevelGround() {
        let grey: [UInt8] = [0, 100, 200, 50]
        var large = [UInt8](repeating: 0, count: 6 * 6)
        reel_enlarge_grey(grey, 2, 2, &large, 6, 6)
        #expect([large[0], large[5], large[30], large[35]] == [0, 100, 200, 50])
        reel_enlarge_grey([77], 1, 1, &large, 6, 6)
        #expect(large.allSatisfy { $0 == 77 })
    }

    @Test func halvingTakesMeansOfFour() {
        var half = [UInt8](repeating: 0, count: 1)
        reel_halve_grey([10, 20, 99, 30, 41, 99, 99, 99, 99], 3, 3, &half)
        #expect(half == [25])
    }
}
