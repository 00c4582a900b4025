import Foundation
import Tensors
import TestSupport
import Testing

@testable import Embedders

@Suite struct VectorCacheTests {
    private static let vectors = Matrix(rows: 2, columns: 3, elements: [1, -2, 0.5, 0, 4, 3e-9])
    private static let key = VectorCache.Key(
        model: "abc", precision: .int16, use: "tags", texts: ["a dog", "a cat"])
    private let folder: TemporaryFolder
    private var path: String { folder.path("cache/vectors") }

    init() throws { folder = try TemporaryFolder() }

    /// What a cache that is opened anew says, and whether the vectors had to be made.
    private func ask(
        _ key: VectorCache.Key = Self.key, making vectors: Matrix = Self.vectors,
        in folder: String? = nil
    ) throws -> (vectors: Matrix, wasMade: Bool) {
        var wasMade = false
        let found = try VectorCache(folder: folder ?? path).matrix(
            key, rows: vectors.rows, columns: vectors.columns
        ) {
            wasMade = true
            return vectors
        }
        return (found, wasMade)
    }

    private func file() throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(names.count == 1)
        return URL(fileURLWithPath: path + "/" + (try #require(names.first)))
    }

    @Test func vectorsAreMadeOnceAndReadInTheNextRun() throws {
        #expect(try ask() == (Self.vectors, true))
        let other = Matrix(rows: 2, columns: 3, repeating: 7)
        #expect(try ask(making: other) == (Self.vectors, false))
    }

    @Test func oneCacheRemembersWithoutAFolder() throws {
        let cache = VectorCache(folder: nil)
        var count = 0
        for _ in 0..<3 {
            let found = try cache.matrix(Self.key, rows: 2, columns: 3) {
                count += 1
                return Self.vectors
            }
            #expect(found == Self.vectors)
        }
        #expect(count == 1)
    }

    private static let others: [VectorCache.Key] = [
        .init(model: "abd", precision: .int16, use: "tags", texts: ["a dog", "a cat"]),
        .init(model: "abc", precision: .int8, use: "tags", texts: ["a dog", "a cat"]),
        .init(model: "abc", precision: .int16, use: "query", texts: ["a dog", "a cat"]),
        .init(model: "abc", precision: .int16, use: "tags", texts: ["a dog", "a cow"]),
        .init(model: "abc", precision: .int16, use: "tags", texts: ["a dog 5 a cat"]),
        .init(model: "abc", precision: .int16, use: "tags", texts: ["a cat", "a dog"]),
    ]

    @Test(arguments: others)
    func whatVectorsDependOnTellsThemApart(_ other: VectorCache.Key) throws {
        _ = try ask()
        let vectors = Matrix(rows: 2, columns: 3, repeating: 7)
        #expect(try ask(other, making: vectors) == (vectors, true))
        #expect(try ask() == (Self.vectors, false))
    }

    private static let damages: [@Sendable (inout Data) -> Void] = [
        { $0.removeLast() }, { $0.removeAll() }, { $0.append(0) }, { $0[0] ^= 1 },
        { $0[8] ^= 1 }, { $0[16] ^= 1 }, { $0[20] ^= 1 }, { $0[$0.count - 1] ^= 0x40 },
    ]

    @Test(arguments: damages.indices)
    func damagedFilesAreMadeAgain(_ damage: Int) throws {
        _ = try ask()
        var bytes = try Data(contentsOf: file())
        Self.damages[damage](&bytes)
        try bytes.write(to: file())
        #expect(try ask() == (Self.vectors, true))
        #expect(try ask() == (Self.vectors, false))
    }

    @Test func aFileOfAnotherShapeIsMadeAgain() throws {
        _ = try ask()
        let flat = Matrix(rows: 3, columns: 2, elements: Self.vectors.elements)
        #expect(try ask(making: flat) == (flat, true))
    }

    @Test func whereNothingCanBeWrittenVectorsAreMadeEachTime() throws {
        try Data().write(to: folder.url.appendingPathComponent("cache"))
        #expect(try ask() == (Self.vectors, true))
        #expect(try ask() == (Self.vectors, true))
    }

    @Test func whatCannotBeMadeIsNotRemembered() throws {
        struct Refused: Error {}
        let cache = VectorCache(folder: path)
        #expect(throws: Refused.self) {
            try cache.matrix(Self.key, rows: 2, columns: 3) { throw Refused() }
        }
        #expect(try cache.matrix(Self.key, rows: 2, columns: 3) { Self.vectors } == Self.vectors)
    }
}
