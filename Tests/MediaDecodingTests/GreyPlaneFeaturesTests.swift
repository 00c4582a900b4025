import CKernels
import TestSupport
import Testing

@testable import MediaDecoding

@Suite struct GreyPlaneFeaturesTests {
    @Test(arguments: [0, 1, 31, 32, 33, 200, 14_400, 16_383, 16_384, 40_001])
    func vectorSumsEqualTheScalarOnes(count: Int) {
        var random = SeededRandom(seed: UInt64(count) + 1)
        func bytes() -> [UInt8] {
            (0..<(count + 1)).map { _ in .random(in: 0...255, using: &random) }
        }
        let (first, middle, last) = (bytes(), bytes(), bytes())
        let white = [UInt8](repeating: 255, count: count + 1)
        let black = [UInt8](repeating: 0, count: count + 1)
        for (a, b, c) in [(first, middle, last), (black, white, white), (white, black, black)] {
            let moments = reel_moments_of_pixels(a, count)
            let plain = reel_moments_of_pixels_scalar(a, count)
            #expect(moments.sum == plain.sum && moments.squares == plain.squares)
            #expect(moments.sum == a.prefix(count).reduce(0) { $0 + UInt64($1) })
            let blend = reel_blend_products_of_pixels(a, b, c, count)
            let plainBlend = reel_blend_products_of_pixels_scalar(a, b, c, count)
            #expect(
                blend.along == plainBlend.along && blend.whole == plainBlend.whole
                    && blend.moved == plainBlend.moved)
        }
        var counts = [UInt32](repeating: 0, count: 32)
        reel_grey_histogram(first, count, &counts)
        var expected = [UInt32](repeating: 0, count: 32)
        for pixel in first.prefix(count) { expected[Int(pixel) / 8] += 1 }
        #expect(counts == expected)
    }

    private func plane(_ grey: (_ x: Int, _ y: Int) -> Int) -> GreyPlane {
        GreyPlane(
            pixels: (0..<(GreyPlane.width * GreyPlane.height)).map {
                UInt8(grey($0 % GreyPlane.width, $0 / GreyPlane.width))
            })
    }

    @Test func aBlendIsKnownByItsShare() throws {
        let one = CoarsePlane(of: plane { x, _ in x })
        let other = CoarsePlane(of: plane { _, y in 200 - y })
        let mixed = CoarsePlane(of: plane { x, y in (3 * x + 200 - y) / 4 })
        let blend = try #require(mixed.blend(from: one, to: other))
        #expect(abs(blend.share - 0.25) < 0.02)
        #expect(blend.miss < 0.02)
        #expect(one.blend(from: other, to: other) == nil)
        let strange = try #require(
            CoarsePlane(of: plane { x, _ in x / 16 % 2 * 200 }).blend(from: one, to: other))
        #expect(strange.miss > 0.5)
    }

    @Test func likenessIgnoresLight() {
        let dark = CoarsePlane(of: plane { x, y in 20 + x / 4 + y / 3 })
        let bright = CoarsePlane(of: plane { x, y in 80 + x / 2 + 2 * y / 3 })
        #expect(dark.likeness(to: bright) > 0.98)
        #expect(dark.likeness(to: CoarsePlane(of: plane { x, y in 200 - x / 4 - y / 3 })) < -0.98)
        #expect(dark.likeness(to: CoarsePlane(of: GreyPlane(grey: 9))) == 0)
        let lifted = CoarsePlane(of: plane { x, y in 60 + x / 4 + y / 3 })
        #expect(abs(dark.distance(to: lifted) - 40) < 0.01)
        #expect(dark.structuralDistance(to: lifted) < 0.01)
    }

    @Test func hashesOfLikePicturesAreClose() {
        func picture(_ light: Int, _ noise: Int) -> GreyPlane {
            plane { x, y in
                min(255, 30 + light + 60 * ((x / 20 + y / 30) % 3) + (x * 7 + y * 3) % (noise + 1))
            }
        }
        let hash = PerceptualHash(of: picture(0, 0))
        #expect(hash.distance(to: PerceptualHash(of: picture(25, 0))) == 0)
        #expect(hash.distance(to: PerceptualHash(of: picture(25, 4))) <= 3)
        #expect(hash.distance(to: PerceptualHash(of: plane { x, y in (x * y / 60) % 250 })) > 10)
    }

    @Test func sharpPicturesHaveMoreDetail() {
        let sharp = plane { x, _ in x / 4 % 2 * 200 }
        let soft = plane { x, _ in abs(x % 16 - 8) * 25 }
        #expect(sharp.detail > 1.5 * soft.detail)
        #expect(GreyPlane(grey: 80).detail == 0)
        let brightness = plane { x, _ in x % 2 * 100 }.brightness
        #expect(abs(brightness.mean - 50) < 1e-9 && abs(brightness.contrast - 50) < 1e-9)
    }
}
