import Foundation
import TestSupport
import Testing

@testable import VectorSearch

@Suite struct VectorFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var goldens: URL {
        Bundle.module.resourceURL?.appending(path: "Goldens") ?? URL(filePath: "/missing")
    }

    private func golden(_ name: String) -> String { goldens.appending(path: name).path }

    private func store(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        let path = folder.path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func contents(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func error(_ body: () throws -> Void) -> VectorSearchError? {
        do {
            try body()
            return nil
        } catch { return error as? VectorSearchError }
    }

    @Test(arguments: ["a.npy", "a.fvecs", "a.faiss"])
    func whatIsWrittenIsRead(name: String) throws {
        let values = randomRows(37, 9, seed: 1)
        let path = folder.path(name)
        try VectorFileWriter.write(VectorArray(values: values, dimension: 9), to: path)
        let file = try VectorFile(path: path)
        #expect(file.count == 37)
        #expect(file.dimension == 9)
        #expect(file.rows(Array(0..<37)) == values)
        #expect(file.rows([36, 0]) == Array(values[36 * 9..<37 * 9]) + Array(values[..<9]))
    }

    @Test(arguments: ["a.npy", "a.ivecs"])
    func wholeNumbersComeBackExactly(name: String) throws {
        let numbers: [Int64] = [0, -1, 16_777_217, 2_147_483_647, 5, -2_147_483_648]
        let path = folder.path(name)
        try VectorFileWriter.write(numbers, columns: 3, to: path)
        #expect(try VectorFile(path: path).integers() == numbers)
        #expect(try VectorFile(path: path).count == 2)
    }

    @Test(arguments: [
        ("<f4", [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], [1, -2] as [Float]),
        ("<f2", [0, 0x3c, 0, 0xc0], [1, -2]),
        ("<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0], [1, -2]),
        ("|i1", [1, 0xfe], [1, -2]), ("|u1", [1, 0xfe], [1, 254]),
        ("<i4", [1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff], [1, -2]),
    ])
    func everyKindOfNumberIsWidened(type: String, bytes: [UInt8], values: [Float]) throws {
        let header = VectorFileWriter.numPyHeader(type, rows: 1, columns: 2)
        let file = try VectorFile(path: store(header + bytes, as: "a.npy"))
        #expect(file.rows([0]) == values)
    }

    @Test func bytesOfBvecsAreNumbers() throws {
        let path = try store([2, 0, 0, 0, 7, 255, 2, 0, 0, 0, 0, 1], as: "a.bvecs")
        #expect(try VectorFile(path: path).rows([0, 1]) == [7, 255, 0, 1])
    }

    @Test func bytesAreWrittenAsBvecs() throws {
        let path = folder.path("a.bvecs")
        let values: [Float] = [7, 255, 0, 1]
        try VectorFileWriter.write(VectorArray(values: values, dimension: 2), to: path)
        #expect(try contents(path) == [2, 0, 0, 0, 7, 255, 2, 0, 0, 0, 0, 1])
        #expect(try VectorFile(path: path).rows([0, 1]) == values)
    }

    @Test(arguments: [-1, 256, 0.5, .nan, .infinity] as [Float])
    func whatIsNoByteIsNotWrittenAsBvecs(value: Float) throws {
        let path = folder.path("a.bvecs")
        let found = error {
            try VectorFileWriter.write(
                VectorArray(values: [1, 2, 3, value], dimension: 2), to: path)
        }
        #expect(
            found?.description
                == "\(path) holds whole numbers from 0 to 255, but vector 1 has \(value) at column 1. "
                + "Write .fvecs or .npy.")
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
    }

    @Test(arguments: [
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 0), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (92233720368547758079, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }",
        "{'descr': '<f4', 'fortran_order': False}", "", "{", "'descr':",
    ])
    func arraysThatCannotBeReadAreNamed(header: String) throws {
        let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
        let path = try store(
            bytes + Array(header.utf8) + [UInt8](repeating: 0, count: 8), as: "a.npy")
        guard case .badFormat(path, _, _) = error({ _ = try VectorFile(path: path) }) else {
            Issue.record("\(header) was accepted")
            return
        }
    }

    @Test(arguments: ["a.npy", "a.fvecs", "a.faiss"])
    func aFileCutAtAnyLengthIsRefused(name: String) throws {
        let path = folder.path(name)
        try VectorFileWriter.write(
            VectorArray(values: randomRows(5, 3, seed: 2), dimension: 3), to: path)
        let whole = try contents(path)
        for length in 0..<whole.count {
            // Whole records of .fvecs are a shorter file.
            if name == "a.fvecs", length % 16 == 0, length > 0 { continue }
            let cut = try store(whole[..<length], as: "cut-" + name)
            #expect(error { _ = try VectorFile(path: cut) } != nil, "cut at \(length)")
        }
    }

    @Test func recordsOfDifferentLengthsAreRefused() throws {
        let path = try store([1, 0, 0, 0, 7, 2, 0, 0, 0, 0], as: "a.bvecs")
        guard case .badFormat = error({ _ = try VectorFile(path: path) }) else {
            Issue.record("a second record of another length was accepted")
            return
        }
    }

    // MARK: FAISS

    @Test(arguments: ["ip", "l2"])
    func flatIndexesOfFAISSGiveItsNeighbours(metric: String) throws {
        let path = folder.path("c")
        var options = VectorCollectionWriter.Options()
        options.metric = try #require(VectorMetric(name: metric))
        try VectorCollectionWriter(path: path, creating: true, workers: 1).build(
            VectorFile(path: golden("flat-\(metric).faiss")), options)
        let collection = try VectorCollection(path: path)
        let answer = try collection.nearest(5, to: VectorFile(path: golden("queries.npy")))
        #expect(
            answer.identifiers == (try VectorFile(path: golden("flat-\(metric).npy")).integers()))
        // And byte for byte what FAISS wrote.
        let output = folder.path("again.faiss")
        try collection.export(to: output)
        #expect(try contents(output) == contents(golden("flat-\(metric).faiss")))
    }

    @Test(arguments: ["ip-4", "l2-8"])
    func listsOfFAISSGiveItsNeighbours(name: String) throws {
        let path = folder.path("c")
        let index = try #require(try FAISSIVFPQ(ifAt: golden("lists-\(name).faiss")))
        #expect(index.count == 300)
        try VectorCollectionWriter(path: path, creating: true, workers: 1).importLists(index)
        let collection = try VectorCollection(path: path)
        let answer = try collection.nearest(5, to: VectorFile(path: golden("queries.npy")))
        #expect(
            answer.identifiers == (try VectorFile(path: golden("lists-\(name).npy")).integers()))
        let output = folder.path("again.ivfpq.faiss")
        try collection.export(to: output)
        let again = try FAISSIVFPQ(path: output)
        #expect(again.codes == index.codes)
        #expect(again.identifiers == index.identifiers)
        #expect(again.rowStarts == index.rowStarts)
        #expect(again.quantizer.identity == index.quantizer.identity)
        #expect(try FAISSIVFPQ(ifAt: golden("flat-ip.faiss")) == nil)
        let writer = try VectorCollectionWriter(path: path, workers: 1)
        guard
            case .notSupported = error({
                try writer.add(VectorArray(values: randomRows(1, 16, seed: 3), dimension: 16))
            })
        else {
            Issue.record("vectors were added to codes alone")
            return
        }
    }

    @Test(arguments: ["lists-ip-4.faiss", "flat-l2.faiss"])
    func damagedIndexesOfFAISSNeverTrap(name: String) throws {
        let whole = try contents(golden(name))
        func read(_ path: String) {
            _ = error { _ = try FAISSIVFPQ(ifAt: path) }
            _ = error { _ = try VectorFile(path: path) }
        }
        for length in stride(from: 0, to: whole.count, by: 7) {
            let cut = try store(whole[..<length], as: "cut.faiss")
            #expect(
                error {
                    if try FAISSIVFPQ(ifAt: cut) == nil { _ = try VectorFile(path: cut) }
                } != nil, "cut at \(length)")
        }
        var random = SeededRandom(seed: 4)
        for _ in 0..<1000 {
            var bytes = whole
            // Mostly the numbers that say how much there is.
            let place = Int.random(in: 0..<min(200, bytes.count), using: &random)
            bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            read(try store(bytes, as: "changed.faiss"))
        }
    }
}
