import Foundation
import TestSupport
import Testing

/// `reel vectors` on arrays as NumPy writes them, against exact neighbours computed here.
@Suite struct VectorsCommandTests {
    private static let dimension = 32
    private static let top = 10
    private let folder: TemporaryFolder
    private let base: [[Float]]
    private let queries: [[Float]]

    init() throws {
        folder = try TemporaryFolder()
        var random = SeededRandom(seed: 11)
        func rows(_ count: Int) -> [[Float]] {
            (0..<count).map { _ in
                (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) }
            }
        }
        base = rows(3000)
        queries = rows(20)
        try write(base, to: "base.npy")
        try write(queries, to: "queries.npy")
    }

    @Test(arguments: ["flat", "ivfpq"])
    func anIndexFindsTheTrueNeighbours(_ kind: String) throws {
        let index = folder.path("index")
        let built = try BuiltProgram.run([
            "vectors", "build", "--input", folder.path("base.npy"), "--kind", kind, "--recall",
            "0.95", "--output", index,
        ])
        #expect(built.exitCode == 0, "\(built.messages)")
        let searched = try BuiltProgram.run([
            "vectors", "search", "--index", index, "--queries", folder.path("queries.npy"), "--top",
            "\(Self.top)", "--output", folder.path("ids.npy"),
        ])
        #expect(searched.exitCode == 0, "\(searched.messages)")
        #expect(try searched.objects().first?["queries"] as? Int == queries.count)

        let found = try readIdentifiers("ids.npy")
        var hits = 0
        for (query, neighbours) in zip(queries, found) {
            hits += Set(exactNeighbours(of: query)).intersection(neighbours).count
        }
        let recall = Double(hits) / Double(queries.count * Self.top)
        print("Recall@10 of \(kind): \(recall)")
        #expect(recall >= (kind == "flat" ? 1 : 0.9))
        let whole = try BuiltProgram.run(["vectors", "info", "--index", index, "--deep"])
        #expect(whole.exitCode == 0, "\(whole.messages)")
    }

    @Test(arguments: [
        ["vectors"], ["vectors", "guess"], ["vectors", "build", "--input", "none.npy"],
        ["vectors", "search", "--index", "none", "--queries", "none.npy", "--output", "x.npy"],
    ])
    func mistakesGetASentence(_ arguments: [String]) throws {
        let run = try BuiltProgram.run(arguments, in: folder.url.path)
        #expect(run.exitCode != 0 && run.exitCode < 100)
        #expect(run.messages.hasPrefix("reel: "))
    }

    private func exactNeighbours(of query: [Float]) -> [Int64] {
        let scores = base.map { row in zip(row, query).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        return scores.indices.sorted { scores[$0] > scores[$1] }.prefix(Self.top).map { Int64($0) }
    }

    /// .npy version 1.0, as `numpy.save` writes a float32 array.
    private func write(_ rows: [[Float]], to name: String) throws {
        var header =
            "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(Self.dimension)), }"
        header += String(repeating: " ", count: 64 - (10 + header.utf8.count + 1) % 64) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        for row in rows { row.withUnsafeBytes { data.append(contentsOf: $0) } }
        try data.write(to: folder.url.appendingPathComponent(name))
    }

    private func readIdentifiers(_ name: String) throws -> [[Int64]] {
        let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
        let start = 10 + Int(data[8]) + Int(data[9]) << 8
        let header = String(decoding: data[10..<start], as: UTF8.self)
        #expect(header.contains("'<i8'") && header.contains("(\(queries.count), \(Self.top))"))
        let values = data[start...].withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map {
                Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
            }
        }
        return queries.indices.map { Array(values[$0 * Self.top..<($0 + 1) * Self.top]) }
    }
}
