import Foundation
import TestSupport
import Testing

/// The files of the page, without a browser: all are there, and their colours can be read.
@Suite struct PageFileTests {
    private static let folder = BuiltProgram.checkout.appendingPathComponent("Sources/CPage/assets")

    /// Files that have an address of their own.
    private static let addresses = ["index.html": "/", "openapi.json": "/openapi.json"]

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func everyFileOfThePageIsServedAsItIs() throws {
        let server = try ServedProgram()
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.count > 20)
        for name in names {
            let answer = try server.get(Self.addresses[name] ?? "/page/\(name)")
            #expect(answer.status == 200, "\(name)")
            let bytes = try Data(contentsOf: Self.folder.appendingPathComponent(name))
            #expect(Data(answer.body) == bytes, "\(name)")
        }
    }

    @Test func noFileMakesMarkupOutOfText() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) {
            let text = try Self.text(name)
            for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                #expect(!text.contains(way), "\(name): \(way)")
            }
            #expect(!text.contains(" style=\""), "\(name)")
        }
    }

    /// Text on the ground it stands on; 4.5 is what WCAG 2.2 asks of text (1.4.3), 3 of signs
    /// (1.4.11).
    private static let pairs: [(text: String, ground: String, least: Double)] = [
        ("ink", "ground", 4.5), ("ink", "raised", 4.5), ("ink", "sunken", 4.5),
        ("ink-soft", "ground", 4.5), ("ink-soft", "raised", 4.5), ("ink-soft", "sunken", 4.5),
        ("accent", "ground", 4.5), ("accent", "raised", 4.5), ("accent", "sunken", 4.5),
        ("on-accent", "accent-fill", 4.5), ("on-mark", "mark", 4.5),
        ("danger", "ground", 4.5), ("danger", "raised", 4.5), ("danger", "sunken", 4.5),
        ("danger", "danger-ground", 4.5), ("good", "sunken", 4.5), ("ground", "ink", 4.5),
        ("line-strong", "raised", 3), ("line-strong", "ground", 3), ("moment", "raised", 3),
        ("moment", "ground", 3), ("keywords", "sunken", 3), ("frames", "sunken", 3),
        ("meaning", "sunken", 3), ("rerank", "sunken", 3),
    ]

    @Test(arguments: pairs)
    func textStandsOutFromItsGround(
        pair: (text: String, ground: String, least: Double)
    ) throws {
        let palette = try Self.palette()
        let text = try #require(palette[pair.text])
        let ground = try #require(palette[pair.ground])
        for (one, other) in zip(text, ground) {
            let contrast = Self.contrast(one, other)
            #expect(contrast >= pair.least, "\(pair.text) on \(pair.ground): \(contrast)")
        }
    }

    /// Relative luminances of each colour, light and dark.
    private static func palette() throws -> [String: [Double]] {
        var colours: [String: [Double]] = [:]
        for line in try text("palette.css").split(separator: "\n") {
            guard let name = line.firstMatch(of: /--([a-z-]+): light-dark\((.+)\)/) else {
                continue
            }
            colours[String(name.1)] = name.2.matches(of: /#([0-9a-f]{6})/).map {
                luminance(Int($0.1, radix: 16) ?? 0)
            }
        }
        return colours
    }

    /// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
    private static func luminance(_ colour: Int) -> Double {
        let parts = [16, 8, 0].map { shift in
            let value = Double(colour >> shift & 255) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ one: Double, _ other: Double) -> Double {
        (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }
}
