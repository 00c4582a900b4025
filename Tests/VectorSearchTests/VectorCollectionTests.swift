import CKernels
import Foundation
import TestSupport
import Testing

@testable import VectorSearch

@Suite struct VectorCollectionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Rows around a few centres, as real embeddings are.
    private func clustered(_ count: Int, _ dimension: Int, seed: UInt64) -> [Float] {
        let centres = randomRows(20, dimension, seed: 99)
        let noise = randomRows(count, dimension, seed: seed)
        var random = SeededRandom(seed: seed)
        return (0..<count).flatMap { row -> [Float] in
            let centre = Int.random(in: 0..<20, using: &random)
            return (0..<dimension).map {
                centres[centre * dimension + $0] + 0.5 * noise[row * dimension + $0]
            }
        }
    }

    private func build(
        _ rows: [Float], _ dimension: Int, at name: String = "c", identifiers: [Int64]? = nil,
        _ change: (inout VectorCollectionWriter.Options) -> Void = { _ in }
    ) throws -> String {
        var options = VectorCollectionWriter.Options()
        change(&options)
        let path = folder.path(name)
        try VectorCollectionWriter(path: path, creating: true, workers: 2).build(
            VectorArray(values: rows, dimension: dimension), identifiers: identifiers, options)
        return path
    }

    private func exact(
        _ rows: [Float], _ dimension: Int, _ metric: VectorMetric, _ queries: [Float], _ limit: Int
    ) throws -> [Int64] {
        let path = folder.path("exact-\(UUID().uuidString).vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: dimension, element: .float32, generation: 1, rows: rows)
        let index = try FlatIndex(segments: [VectorSegment(path: path)], metric: metric)
        return try stride(from: 0, to: queries.count, by: dimension).flatMap {
            try index.nearest(limit, to: Array(queries[$0..<$0 + dimension])).map { Int64($0.row) }
        }
    }

    private func recall(_ found: [Int64], _ truth: [Int64], _ limit: Int) -> Double {
        var hits = 0
        for start in stride(from: 0, to: truth.count, by: limit) {
            hits +=
                Set(found[start..<start + limit]).intersection(truth[start..<start + limit])
                .count
        }
        return Double(hits) / Double(truth.count)
    }

    private func error(_ body: () throws -> Void) -> VectorSearchError? {
        do {
            try body()
            return nil
        } catch { return error as? VectorSearchError }
    }

    // MARK: What is found

    @Test(arguments: VectorMetric.allCases, [4, 8])
    func allListsAndALongShortlistFindWhatAFlatSearchFinds(
        metric: VectorMetric, bits: Int
    ) throws {
        let rows = clustered(3000, 36, seed: 1)
        let queries = clustered(20, 36, seed: 2)
        let path = try build(rows, 36) {
            $0.isApproximate = true
            $0.metric = metric
            $0.bits = bits
            $0.element = .float32
        }
        let collection = try VectorCollection(path: path)
        try collection.verify()
        let answer = try collection.nearest(
            10, to: VectorArray(values: queries, dimension: 36),
            effort: .lists(probes: 10_000, shortlist: 3000))
        // Cosine: stored rows are of unit length, so that scores may differ in the last bit.
        let truth = try exact(rows, 36, metric, queries, 10)
        #expect(recall(answer.identifiers, truth, 10) >= (metric == .cosine ? 0.99 : 1))
        if metric != .cosine { #expect(answer.identifiers == truth) }
    }

    @Test(arguments: VectorMetric.allCases)
    func theRecallAskedForIsReached(metric: VectorMetric) throws {
        let rows = clustered(12_000, 32, seed: 3)
        let queries = clustered(200, 32, seed: 4)
        let path = try build(rows, 32) {
            $0.isApproximate = true
            $0.metric = metric
        }
        let collection = try VectorCollection(path: path)
        let truth = try exact(rows, 32, metric, queries, 10)
        for wanted: Float in [0.8, 0.95, 0.99] {
            let answer = try collection.nearest(
                10, to: VectorArray(values: queries, dimension: 32), effort: .recall(wanted),
                workers: 2)
            let found = recall(answer.identifiers, truth, 10)
            #expect(found >= Double(wanted) - 0.02, "asked for \(wanted), found \(found)")
        }
        let points = collection.summary.points
        #expect(points.count > 2)
        #expect(zip(points, points.dropFirst()).allSatisfy { $0.recall < $1.recall })
    }

    @Test func theSameSeedGivesTheSameFilesWhateverTheWorkers() throws {
        let rows = clustered(4000, 20, seed: 5)
        func files(_ name: String, workers: Int, seed: UInt64) throws -> [Data] {
            var options = VectorCollectionWriter.Options()
            options.isApproximate = true
            options.seed = seed
            let path = folder.path(name)
            try VectorCollectionWriter(path: path, creating: true, workers: workers).build(
                VectorArray(values: rows, dimension: 20), options)
            return try ["1.codes", "1.vectors", "1.ids"].map {
                try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0))
            }
        }
        let first = try files("a", workers: 1, seed: 7)
        #expect(try files("b", workers: 2, seed: 7) == first)
        #expect(try files("c", workers: 2, seed: 8) != first)
    }

    @Test func listsAreOfSimilarLength() throws {
        let path = try build(clustered(8000, 16, seed: 6), 16) {
            $0.isApproximate = true
            $0.lists = 64
        }
        let codes = try IVFPQSegment(path: path + "/1.codes")
        let sizes = zip(codes.rowStarts, codes.rowStarts.dropFirst()).map { $1 - $0 }
        #expect(sizes.allSatisfy { $0 > 0 })
        #expect((sizes.max() ?? 0) < 8 * 8000 / 64)
    }

    @Test(arguments: [0, 1, 2, 5, 33])
    func fewVectorsAreNoTrouble(count: Int) throws {
        let rows = randomRows(count, 5, seed: 7)
        let query = VectorArray(values: randomRows(1, 5, seed: 8), dimension: 5)
        for isApproximate in [true, false, nil] {
            let name = "few-\(String(describing: isApproximate))"
            let path = try build(rows, 5, at: name) { $0.isApproximate = isApproximate }
            let collection = try VectorCollection(path: path)
            #expect(collection.count == count)
            let answer = try collection.nearest(40, to: query)
            #expect(Set(answer.identifiers.prefix(count)) == Set((0..<count).map { Int64($0) }))
            #expect(answer.identifiers.dropFirst(count).allSatisfy { $0 == -1 })
            #expect(try collection.nearest(0, to: query).identifiers.isEmpty)
        }
    }

    @Test(arguments: [0.0, 0.001, 0.2, 0.9])
    func onlyAllowedIdentifiersAreFound(share: Double) throws {
        let rows = clustered(5000, 24, seed: 9)
        let path = try build(rows, 24, identifiers: (0..<5000).map { 7 * $0 + 3 }) {
            $0.isApproximate = true
        }
        var random = SeededRandom(seed: 10)
        let allowed = Set(
            (0..<5000).filter { _ in Double.random(in: 0..<1, using: &random) < share }
                .map { Int64(7 * $0 + 3) })
        let answer = try VectorCollection(path: path).nearest(
            10, to: VectorArray(values: clustered(10, 24, seed: 11), dimension: 24),
            allowed: allowed)
        let found = answer.identifiers.filter { $0 >= 0 }
        #expect(Set(found).isSubset(of: allowed))
        #expect(found.count == 10 * min(10, allowed.count))
    }

    // MARK: What changes

    @Test(arguments: [true, false])
    func addedRemovedAndMergedVectorsAreFoundAsIfBuiltSo(isApproximate: Bool) throws {
        let (old, new) = (clustered(4000, 24, seed: 12), clustered(300, 24, seed: 13))
        let path = try build(old, 24) {
            $0.isApproximate = isApproximate
            $0.element = .float32
        }
        let writer = try VectorCollectionWriter(path: path, workers: 2)
        try writer.add(VectorArray(values: new, dimension: 24))
        let removed = Set((0..<4300).filter { $0 % 3 == 0 }.map { Int64($0) })
        #expect(try writer.remove(removed) == removed.count)
        #expect(try writer.remove(removed) == 0)
        let queries = clustered(20, 24, seed: 14)
        let kept = (0..<4300).filter { $0 % 3 != 0 }
        let rows = kept.flatMap { Array((old + new)[$0 * 24..<($0 + 1) * 24]) }
        let truth = try exact(rows, 24, .innerProduct, queries, 10).map { Int64(kept[Int($0)]) }
        func check() throws {
            let collection = try VectorCollection(path: path)
            try collection.verify()
            #expect(collection.count == kept.count)
            for effort in [
                VectorCollection.Effort.exact, .lists(probes: 9999, shortlist: 4300),
            ] {
                let answer = try collection.nearest(
                    10, to: VectorArray(values: queries, dimension: 24), effort: effort)
                #expect(answer.identifiers == truth)
            }
        }
        try check()
        let before = try VectorCollection(path: path)
        try writer.merge()
        try check()
        #expect(try VectorCollection(path: path).summary.partCount == 1)
        #expect(try VectorCollection(path: path).summary.deletedCount == 0)
        // A reader that was open keeps what it saw.
        let answer = try before.nearest(
            10, to: VectorArray(values: queries, dimension: 24), effort: .exact)
        #expect(answer.identifiers == truth)
        let files = try FileManager.default.contentsOfDirectory(atPath: path).count
        #expect(files == (isApproximate ? 5 : 4))
    }

    @Test func whatIsAddedIsFoundAsWellAsAfterARebuild() throws {
        let (old, new) = (clustered(5000, 24, seed: 30), clustered(100, 24, seed: 31))
        let queries = clustered(200, 24, seed: 32)
        let truth = try exact(old + new, 24, .innerProduct, queries, 10)
        func found(_ path: String) throws -> Double {
            let answer = try VectorCollection(path: path).nearest(
                10, to: VectorArray(values: queries, dimension: 24), effort: .recall(0.9))
            return recall(answer.identifiers, truth, 10)
        }
        let grown = try build(old, 24, at: "grown") { $0.isApproximate = true }
        try VectorCollectionWriter(path: grown, workers: 2)
            .add(VectorArray(values: new, dimension: 24))
        let rebuilt = try build(old + new, 24, at: "rebuilt") { $0.isApproximate = true }
        #expect(try found(rebuilt) >= 0.9)
        #expect(try found(grown) >= found(rebuilt) - 0.01)
        try VectorCollectionWriter(path: grown, workers: 2).merge()
        #expect(try found(grown) >= found(rebuilt) - 0.01)
    }

    /// The centres know nothing of what is added: what it takes to find it is measured anew.
    @Test func theRecallThatIsAskedForIsKeptWhenHarderVectorsAreAdded() throws {
        let (old, new) = (clustered(3000, 24, seed: 33), randomRows(3000, 24, seed: 34))
        let queries = clustered(100, 24, seed: 35) + randomRows(100, 24, seed: 36)
        let truth = try exact(old + new, 24, .innerProduct, queries, 10)
        let path = try build(old, 24) { $0.isApproximate = true }
        let before = try VectorCollection(path: path).summary.points
        let writer = try VectorCollectionWriter(path: path, workers: 2)
        // Too few to matter.
        try writer.add(VectorArray(values: Array(new[..<(20 * 24)]), dimension: 24))
        #expect(try VectorCollection(path: path).summary.points == before)
        try writer.add(VectorArray(values: Array(new[(20 * 24)...]), dimension: 24))
        let collection = try VectorCollection(path: path)
        #expect(collection.summary.points != before)
        let answer = try collection.nearest(
            10, to: VectorArray(values: queries, dimension: 24), effort: .recall(0.9))
        #expect(recall(answer.identifiers, truth, 10) >= 0.9)
        try writer.merge()
        #expect(try VectorCollection(path: path).summary.points == collection.summary.points)
    }

    @Test func driftTellsWhenOtherVectorsAreAdded() throws {
        let path = try build(clustered(3000, 24, seed: 15), 24) { $0.isApproximate = true }
        let before = try #require(try VectorCollection(path: path).drift)
        #expect(abs(before - 1) < 0.1)
        let writer = try VectorCollectionWriter(path: path, workers: 1)
        try writer.add(VectorArray(values: clustered(3000, 24, seed: 16), dimension: 24))
        #expect(try VectorCollection(path: path).summary.shouldRetrain == false)
        try writer.add(
            VectorArray(values: randomRows(6000, 24, seed: 17).map { 3 * $0 }, dimension: 24))
        #expect(try VectorCollection(path: path).summary.shouldRetrain)
    }

    @Test func identifiersThatOccurTwiceAreRefused() throws {
        #expect(
            error { _ = try build(randomRows(3, 2, seed: 18), 2, identifiers: [4, 5, 4]) }
                == .duplicateIdentifier(4))
        let path = try build(randomRows(3, 2, seed: 18), 2, at: "d", identifiers: [4, 5, 6])
        let writer = try VectorCollectionWriter(path: path, workers: 1)
        let more = VectorArray(values: [1, 2], dimension: 2)
        #expect(error { try writer.add(more, identifiers: [5]) } == .duplicateIdentifier(5))
        try writer.remove([5])
        try writer.add(more, identifiers: [5])
        try writer.add(more)
        let answer = try VectorCollection(path: path).nearest(9, to: more)
        #expect(Set(answer.identifiers) == [4, 5, 6, 7, -1])
        #expect(
            error { try writer.add(more, identifiers: [1, 2]) }
                == .wrongIdentifierCount(have: 2, need: 1))
    }

    // MARK: What is refused

    @Test(arguments: [Float.nan, .infinity, -.infinity], [true, false])
    func valuesThatAreNotFiniteAreRefused(value: Float, isApproximate: Bool) throws {
        var rows = randomRows(100, 4, seed: 19)
        rows[4 * 57 + 2] = value
        #expect(
            error { _ = try build(rows, 4) { $0.isApproximate = isApproximate } }
                == .valueNotFinite(path: "memory", row: 57, column: 2))
        let path = try build(randomRows(100, 4, seed: 19), 4, at: "fine")
        let collection = try VectorCollection(path: path)
        #expect(
            error {
                _ = try collection.nearest(
                    1, to: VectorArray(values: [1, 1, 1, 1, 1, value, 1, 1], dimension: 4))
            } == .queryNotFinite(query: 1, column: 1))
        #expect(
            error {
                _ = try collection.nearest(1, to: VectorArray(values: [1, 2, 3], dimension: 3))
            } == .wrongQueryDimension(index: 4, query: 3))
    }

    @Test func foldersAndLocksAreMinded() throws {
        let missing = folder.path("missing")
        #expect(
            error { _ = try VectorCollection(path: missing) } == .noCollection(path: missing))
        let path = try build([1, 2], 2)
        #expect(error { _ = try build([1, 2], 2) } == .collectionExists(path: path))
        let first = try VectorCollectionWriter(path: path, workers: 1)
        #expect(
            error { _ = try VectorCollectionWriter(path: path, workers: 1) }
                == .collectionBusy(path: path))
        withExtendedLifetime(first) {}
    }

    // MARK: Damage

    private func contents(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test(arguments: ["1.codes", "1.ids", "1.vectors", "vectors.manifest"])
    func aFileCutAtAnyLengthIsRefused(name: String) throws {
        let path = try build(randomRows(40, 4, seed: 20), 4) {
            $0.isApproximate = true
            $0.lists = 3
        }
        let whole = try contents(path + "/" + name)
        // Every length of the short files; of the vectors, which are filled up, some.
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 3000)) {
            try Data(whole[..<length]).write(to: URL(fileURLWithPath: path + "/" + name))
            #expect(error { _ = try VectorCollection(path: path) } != nil, "cut at \(length)")
        }
    }

    @Test(arguments: ["1.codes", "1.ids", "1.vectors", "vectors.manifest"])
    func aThousandFlippedBitsAreAllFound(name: String) throws {
        let path = try build(randomRows(300, 8, seed: 21), 8) {
            $0.isApproximate = true
            $0.lists = 3
        }
        let whole = try contents(path + "/" + name)
        let query = VectorArray(values: randomRows(1, 8, seed: 22), dimension: 8)
        var random = SeededRandom(seed: 23)
        for _ in 0..<1000 {
            var bytes = whole
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
            let found = error {
                let collection = try VectorCollection(path: path)
                // A search of damaged vectors must end, whatever it finds.
                _ = try collection.nearest(5, to: query)
                try collection.verify()
            }
            #expect(found != nil, "byte \(place)")
        }
    }

    @Test(
        arguments: [
            (8, 4, [2]), (12, 4, [3, 1 << 31]), (16, 4, [0, 65_537, 1 << 31, 0xffff_ffff]),
            (20, 4, [0, 1, 5000, 1 << 31]), (24, 8, [1, 299, 1 << 31, 1 << 32, 1 << 63, .max]),
            (40, 4, [0, 2, 1 << 24, 1 << 31, 0xffff_ffff]), (44, 2, [0, 9, 3, 65_535]),
            (46, 1, [0, 5, 8, 255]), (47, 1, [1]), (48, 4, [0, 9, 13, 0xffff_ffff]), (52, 4, [1]),
        ] as [(Int, Int, [UInt64])])
    func impossibleHeadersAreRefusedWithoutAllocating(
        offset: Int, size: Int, values: [UInt64]
    ) throws {
        let path = try build(randomRows(300, 8, seed: 24), 8) {
            $0.isApproximate = true
            $0.lists = 3
        }
        let name = path + "/1.codes"
        let whole = try contents(name)
        for value in values {
            var bytes = whole
            for place in 0..<size {
                bytes[offset + place] = UInt8(truncatingIfNeeded: value >> UInt64(8 * place))
            }
            let checksum = crc32c(bytes[..<60])
            for place in 0..<4 {
                bytes[60 + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * place))
            }
            try Data(bytes).write(to: URL(fileURLWithPath: name))
            #expect(
                error { _ = try IVFPQSegment(path: name) } != nil, "\(value) at \(offset)")
        }
    }

    @Test func listsOutOfOrderAreRefused() throws {
        let path = try build(randomRows(300, 8, seed: 25), 8) {
            $0.isApproximate = true
            $0.lists = 3
        }
        let segment = try IVFPQSegment(path: path + "/1.codes")
        for starts in [
            [0, 100, 50, 300], [1, 100, 200, 300], [0, 100, 400, 300], [0, 0, 0, 299],
        ] {
            let bad = path + "/bad.codes"
            // The writer trusts its caller, so that this is what a hostile file looks like.
            try? rewrite(path + "/1.codes", to: bad, rowStarts: starts, of: segment)
            #expect(
                error { _ = try IVFPQSegment(path: bad) }
                    == .damagedContents(path: bad, what: "lists"))
        }
    }

    /// Replaces the table of lists and makes the checksums fit.
    private func rewrite(
        _ path: String, to output: String, rowStarts: [Int], of segment: IVFPQSegment
    ) throws {
        var bytes = try contents(path)
        let header = try bytes.withUnsafeBytes { try IVFPQHeader(reading: $0, path: path) }
        let start = 64 + header.rowStarts.lowerBound
        for (number, value) in rowStarts.enumerated() {
            for place in 0..<8 {
                bytes[start + 8 * number + place] = UInt8(
                    truncatingIfNeeded: value >> (8 * place))
            }
        }
        func put(_ checksum: UInt32, at offset: Int) {
            for place in 0..<4 {
                bytes[offset + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * place))
            }
        }
        // One block of data.
        put(crc32c(bytes[64..<header.tableOffset]), at: header.tableOffset)
        put(crc32c(bytes[header.tableOffset...]), at: 56)
        put(crc32c(bytes[..<60]), at: 60)
        try Data(bytes).write(to: URL(fileURLWithPath: output))
    }

    @Test func codesCutWhileTheyAreOpenAreAnErrorNotASignal() throws {
        let path = try build(clustered(4000, 16, seed: 26), 16) { $0.isApproximate = true }
        let collection = try VectorCollection(path: path)
        let query = VectorArray(values: randomRows(1, 16, seed: 27), dimension: 16)
        for name in ["1.codes", "1.vectors"] {
            let whole = try contents(path + "/" + name)
            #expect(truncate(path + "/" + name, 100) == 0)
            let found = error { _ = try collection.nearest(3, to: query) }
            #expect(found?.description.contains("truncated") == true)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/" + name))
            try file.write(contentsOf: Data(whole))
            try file.close()
        }
    }
}

private func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let bytes = Array(bytes)
    return reel_crc32c(0, bytes, bytes.count)
}
