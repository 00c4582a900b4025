import Corpus
import TestSupport
import Testing

@testable import MediaDecoding

@Suite struct ShotDetectorTests {
    /// Pictures as a camera might give them, at 25 frames a second.
    private struct Film {
        var planes: [GreyPlane] = []
        var link: [Int: FrameSample.Link] = [:]

        /// Shots found, the first left out.
        func boundaries() -> [ShotBoundary] {
            var detector = ShotDetector(settings: .init())
            var found: [ShotBoundary] = []
            for (index, plane) in planes.enumerated() {
                found += detector.add(
                    .init(
                        timeSeconds: Double(index) / 25, plane: plane,
                        difference: index > 0 ? plane.difference(to: planes[index - 1]) : 0,
                        link: link[index] ?? .successive))
            }
            return found + detector.finish()
        }

        mutating func add(_ scene: Scene, _ count: Int, pixelsAFrame: Int = 0) {
            for index in 0..<count { planes.append(scene.plane(moved: index * pixelsAFrame)) }
        }
        mutating func add(grey: UInt8, _ count: Int) {
            for _ in 0..<count { planes.append(GreyPlane(grey: grey)) }
        }
        mutating func dissolve(_ one: Scene, _ other: Scene, _ count: Int) {
            for index in 1...count {
                planes.append(
                    one.plane(moved: 0).blended(
                        other.plane(moved: 0), Double(index) / Double(count + 1)))
            }
        }
        mutating func fade(_ scene: Scene, to grey: UInt8, _ count: Int, backwards: Bool = false) {
            for index in 1...count {
                let share = Double(backwards ? count - index : index) / Double(count)
                planes.append(scene.plane(moved: 0).blended(GreyPlane(grey: grey), share))
            }
        }
    }

    /// Patches of grey on a sheet wider than the picture.
    private struct Scene {
        private static let cells = 64
        private var patches: [[Double]]

        init(seed: UInt64, brightness: Double = 110) {
            var random = SeededRandom(seed: seed)
            patches = (0..<10).map { _ in
                (0..<Self.cells).map { _ in
                    brightness + Double.random(in: -60...60, using: &random)
                }
            }
        }

        func plane(moved: Int, light: Double = 1) -> GreyPlane {
            var pixels: [UInt8] = []
            pixels.reserveCapacity(GreyPlane.width * GreyPlane.height)
            for y in 0..<GreyPlane.height {
                for x in 0..<GreyPlane.width {
                    let patch = patches[y / 9][(x + moved) / 16 % Self.cells]
                    pixels.append(UInt8(min(255, max(0, patch * light))))
                }
            }
            return GreyPlane(pixels: pixels)
        }
    }

    private let one = Scene(seed: 1)
    private let other = Scene(seed: 2)

    @Test(arguments: [0, 1, 2])
    func aCutIsFoundWhereItIs(pixelsAFrame: Int) {
        var film = Film()
        film.add(one, 50, pixelsAFrame: pixelsAFrame)
        film.add(other, 50, pixelsAFrame: pixelsAFrame)
        let found = film.boundaries()
        #expect(found.map(\.timeSeconds) == [2])
        #expect(found.map(\.transition) == [.cut])
        #expect(found.allSatisfy { $0.difference > 20 })
    }

    @Test(arguments: [1, 2, 4, 7])
    func aFlashIsNoShot(frames: Int) {
        var film = Film()
        film.add(one, 50)
        for _ in 0..<frames {
            film.planes.append(one.plane(moved: 0).blended(.init(grey: 235), 0.8))
        }
        film.add(one, 50)
        #expect(film.boundaries().isEmpty)
    }

    @Test func aCameraStrobeIsNoShot() {
        var film = Film()
        for _ in 0..<4 {
            film.add(one, 5)
            film.add(grey: 235, 1)
        }
        film.add(one, 60)
        #expect(film.boundaries().isEmpty)
    }

    @Test func aFlashUponACutIsOneShot() {
        var film = Film()
        film.add(one, 50)
        film.add(grey: 235, 2)
        film.add(other, 60)
        #expect(film.boundaries().map { ($0.timeSeconds * 25).rounded() } == [51])
    }

    @Test func aShotShownInBetweenIsNoFlash() {
        var film = Film()
        film.add(one, 50)
        film.add(other, 20)
        film.add(one, 50)
        #expect(film.boundaries().map(\.timeSeconds) == [2, 2.8])
    }

    @Test(arguments: [10, 20, 45])
    func aDissolveIsFoundOnceNearItsMiddle(frames: Int) throws {
        var film = Film()
        film.add(one, 75)
        film.dissolve(one, other, frames)
        film.add(other, 75)
        let found = film.boundaries()
        #expect(found.map(\.transition) == [.dissolve])
        let middle = 3 + Double(frames) / 50
        #expect(abs(try #require(found.first).timeSeconds - middle) < 0.2)
    }

    @Test(arguments: [UInt8(16), 235], [0, 12, 100])
    func aFadeIsFoundOnceWhileThePictureIsGone(grey: UInt8, held: Int) throws {
        var film = Film()
        film.add(one, 75)
        film.fade(one, to: grey, 15)
        film.add(grey: grey, held)
        film.fade(other, to: grey, 15, backwards: true)
        film.add(other, 75)
        let found = film.boundaries()
        #expect(found.map(\.transition) == [.fade])
        let time = try #require(found.first).timeSeconds
        #expect(time > 3.3 && time < 3.9 + Double(held) / 25)
    }

    @Test func moreLightIsNoDissolve() {
        var light = Film()
        light.add(one, 50)
        for index in 0..<25 {
            light.planes.append(one.plane(moved: 0, light: 1 + 0.4 * Double(index) / 25))
        }
        for _ in 0..<50 { light.planes.append(one.plane(moved: 0, light: 1.4)) }
        #expect(light.boundaries().isEmpty)
    }

    @Test func restlessPicturesAreNotCutAtEveryFrame() {
        var film = Film()
        for seed in 0..<60 { film.add(Scene(seed: UInt64(100 + seed)), 1) }
        #expect(film.boundaries().isEmpty)
        // But from a still shot to a restless one there is a cut.
        var after = Film()
        after.add(Scene(seed: 7, brightness: 70), 50)
        for seed in 0..<50 { after.add(Scene(seed: UInt64(200 + seed), brightness: 180), 1) }
        #expect(after.boundaries().map(\.timeSeconds) == [2])
    }

    @Test func whatTheReaderSaysOfAGapIsBelieved() {
        for (link, expected) in [(FrameSample.Link.quiet, [Double]()), (.cut, [2])] {
            var film = Film()
            film.add(one, 50)
            film.add(other, 50)
            film.link[50] = link
            #expect(film.boundaries().map(\.timeSeconds) == expected)
        }
    }

    @Test func aBlankStartOrEndIsNoBoundary() {
        var film = Film()
        film.add(grey: 16, 40)
        film.fade(one, to: 16, 20, backwards: true)
        film.add(one, 75)
        film.fade(one, to: 16, 20)
        film.add(grey: 16, 40)
        #expect(film.boundaries().isEmpty)
    }
}

extension GreyPlane {
    fileprivate func blended(_ other: GreyPlane, _ share: Double) -> GreyPlane {
        GreyPlane(
            pixels: zip(pixels, other.pixels).map {
                UInt8((Double($0) * (1 - share) + Double($1) * share).rounded())
            })
    }
}
