import Corpus
import Foundation
import Retrieval
import TestSupport
import Testing

@testable import Service

/// Our own encoder beside Foundation's, which is the oracle: the same bytes.
@Suite struct JSONLineTests {
    private func expected(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    private struct Everything: Encodable {
        enum Kind: String, Encodable {
            case plain
            case slash = "a/b"
        }
        var text = "a / \"b\" \\ c"
        var empty = ""
        var missing: String?
        var flag = true
        var whole = -12
        var small: UInt8 = 255
        var large = UInt64.max
        var least = Int64.min
        var number = 0.1
        var float: Float = 0.1
        var kind = Kind.slash
        var kinds = [Kind.plain, .slash]
        var numbers: [Double] = [
            1, -0.0, 1e300, .leastNonzeroMagnitude, 3, 123_456_789_012_345_680, 1e16, 1e-7,
        ]
        var floats: [Float] = [1, 1e-30, 16_777_216, 0.33333334]
        var optional: [Int?] = [1, nil, 3]
        var table = ["b": 1, "a": 2, "B": 3, "_": 4, "a1": 5, "a10": 6, "a2": 7]
        var nested = ["x": ["y": [["z": true]]]]
        var none: [String] = []
        var noTable: [String: Int] = [:]
        var date = Date(timeIntervalSinceReferenceDate: 12.5)
        var data = Data([1, 2, 3])
        var address = URL(fileURLWithPath: "/a/b c")
        var decimal = Decimal(string: "12.50")!
    }

    @Test func everyKindOfValueIsWrittenAsFoundationDoes() throws {
        #expect(try JSONLine.text(of: Everything()) == expected(Everything()))
    }

    /// A hit with everything a hit may have, or with nothing that it may lack.
    private static func hit(isFull: Bool) -> Hit {
        let asset = Asset(
            id: AssetID(value: 77), kind: .video, path: "/films/\"a\" b.mp4", durationSeconds: 12.5,
            title: isFull ? "A / title" : nil)
        var frames = ChannelEvidence(score: 0.5, raw: 0.31, weight: 1)
        frames.timeSeconds = 3
        frames.keyFrame = 2
        frames.thumbnail = "/t/2.jpg"
        frames.falseAlarmRate = 0.25
        var words = ChannelEvidence(score: 1, raw: 4.2, weight: 0.5)
        words.terms = ["car": 3.1, "a": 1, "Z": 2]
        let span = TimeSpan(startSeconds: 1.5, endSeconds: 3)
        let part = HitPart(
            query: "a car", moment: span,
            channels: isFull
                ? [.frames: frames, .keywords: words]
                : [.meaning: ChannelEvidence(score: 0, raw: nil, weight: 1)])
        var hit = Hit(asset: asset, moment: span, parts: isFull ? [part, part] : [part])
        guard isFull else { return hit }
        hit.reranking = RerankEvidence(score: 0.9, raw: -2.5, weight: 0.25)
        hit.falseAlarmRate = 0.125
        hit.snippet = Snippet(pieces: [
            .init(text: "a ", isMatch: false), .init(text: "car\n", isMatch: true),
        ])
        hit.keyFrame = 2
        hit.hasCaptions = true
        hit.duplicates = [MomentPlace(path: "/other.mp4", moment: span)]
        return hit
    }

    @Test(arguments: [SearchDocument.Addresses.paths, .links], [false, true])
    func anAnswerWritesItselfAsFoundationDoes(
        addresses: SearchDocument.Addresses, isFull: Bool
    ) throws {
        let hits = isFull ? [Self.hit(isFull: true), Self.hit(isFull: false)] : []
        let answer = SearchAnswer(
            query: "a \"car\"", generation: 7, hits: hits, assets: AssetRanking.assets(of: hits),
            missing: isFull ? ["No frames.", "No meaning."] : [], notes: isFull ? ["Slow."] : [],
            milliseconds: ["total": 1.25, "embed": 0.5], stage: "fused")
        let document = SearchDocument(answer, addresses: addresses, showsStage: isFull)
        #expect(try JSONLine.text(of: document) == expected(document))
    }

    @Test func whatIsNoNumberIsNoDocument() throws {
        var hit = Self.hit(isFull: false)
        hit.parts[0].channels[.meaning]?.score = .nan
        let answer = SearchAnswer(
            query: "", generation: 1, hits: [hit], assets: [], missing: [], notes: [],
            milliseconds: [:], stage: "fused")
        #expect(throws: EncodingError.self) {
            try JSONLine.text(of: SearchDocument(answer))
        }
    }

    @Test func everyCharacterIsWrittenAsFoundationDoes() throws {
        let all = (0..<0x300).compactMap { UnicodeScalar(UInt32($0)) }.map(String.init)
        let more = [
            "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{10FFFF}", "日本", "e\u{301}", "👩‍👩‍👧", "\r\n",
        ]
        for text in all + more {
            #expect(try JSONLine.text(of: [text]) == expected([text]))
            #expect(try JSONLine.text(of: [text: 1]) == expected([text: 1]))
        }
        let text = all.joined()
        #expect(try JSONLine.text(of: text) == expected(text))
    }

    /// Trees of arrays, objects and values, as deep as they get.
    private indirect enum Tree: Encodable {
        case text(String)
        case number(Double)
        case whole(Int)
        case flag(Bool)
        case nothing
        case list([Tree])
        case table([String: Tree])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .whole(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            case .nothing: try container.encodeNil()
            case .list(let value): try container.encode(value)
            case .table(let value): try container.encode(value)
            }
        }

        static func random(_ depth: Int, _ random: inout SeededRandom) -> Tree {
            switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
            case 0: .text(word(&random))
            case 1: .number(Double.random(in: -1e6...1e6, using: &random))
            case 2: .whole(Int.random(in: -1000...1000, using: &random))
            case 3: .flag(Bool.random(using: &random))
            case 4: .nothing
            case 5:
                .list(
                    (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                        Tree.random(depth - 1, &random)
                    })
            default:
                .table(
                    Dictionary(
                        (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                            (word(&random), Tree.random(depth - 1, &random))
                        }, uniquingKeysWith: { $1 }))
            }
        }

        static func word(_ random: inout SeededRandom) -> String {
            let letters = [
                "a", "b", "A", "Z", "1", "2", "10", "_", "/", "\"", "ä", "日", " ", ".", "-",
            ]
            return (0..<Int.random(in: 0..<6, using: &random))
                .map { _ in letters.randomElement(using: &random)! }.joined()
        }
    }

    @Test func anyTreeIsWrittenAsFoundationDoes() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<500 {
            let tree = Tree.random(5, &random)
            #expect(try JSONLine.text(of: tree) == expected(tree))
        }
    }

    private struct InPieces: Encodable {
        enum Keys: String, CodingKey { case outer, list, last, first }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            var outer = container.nestedContainer(keyedBy: Keys.self, forKey: .outer)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try container.encode(1, forKey: .last)
            try outer.encode("x", forKey: .first)
            try list.encode(2)
            var inner = list.nestedContainer(keyedBy: Keys.self)
            try inner.encode(true, forKey: .first)
            try list.encode("y")
        }
    }

    @Test func containersMayBeFilledInAnyOrder() throws {
        #expect(
            try JSONLine.text(of: [InPieces(), InPieces()]) == expected([InPieces(), InPieces()]))
    }

    @Test func whatIsNoNumberIsRefused() {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(throws: EncodingError.self) { try JSONLine.text(of: ["x": value]) }
            #expect(throws: EncodingError.self) { try JSONLine.text(of: [Float(value)]) }
        }
    }
}
