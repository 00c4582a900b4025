import CKernels
import Foundation
import TestSupport
import Testing
import VectorSearch

@Suite struct VectorSegmentTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ body: () throws -> Void) -> VectorSearchError? {
        do {
            try body()
            return nil
        } catch { return error as? VectorSearchError }
    }

    private func contents(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func store(_ bytes: some Sequence<UInt8>, as name: String = "changed.vectors") throws
        -> String
    {
        let path = folder.path(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func openAndVerify(_ path: String) throws {
        try VectorSegment(path: path).verify()
    }

    // MARK: What is written is read

    @Test(arguments: VectorElement.allCases, [0, 1, 3, 1000])
    func rowsComeBack(element: VectorElement, count: Int) throws {
        let rows = randomRows(count, 100, seed: 1)
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 100, element: element, generation: 9, rows: rows)
        let segment = try VectorSegment(path: path)
        try segment.verify()
        #expect(segment.element == element)
        #expect(segment.dimension == 100)
        #expect(segment.count == count)
        #expect(segment.generation == 9)
        #expect(segment.byteCount == (try contents(path)).count)
        for row in 0..<count {
            let written = Array(rows[row * 100..<(row + 1) * 100])
            let found = try segment.vector(row)
            switch element {
            case .float32: #expect(found == written)
            case .float16: #expect(found == written.map { Float(Float16($0)) })
            case .int8:
                // Half a step of 127 up to the largest number.
                let step = (written.map(abs).max() ?? 0) / 127
                #expect(zip(found, written).allSatisfy { abs($0 - $1) <= 0.501 * step })
            }
        }
    }

    @Test func theBytesAreThoseOfTheDescribedFormat() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 2, element: .float16, generation: 0x0102_0304_0506_0708,
            rows: [1, -2, 0.5, 0])
        let data: [UInt8] = [0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0x00, 0x00]
        var expected = Array("REELVECT".utf8)
        expected += [1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0]
        expected += [8, 7, 6, 5, 4, 3, 2, 1] + [UInt8](repeating: 0, count: 16)
        let table = withUnsafeBytes(of: reel_crc32c_scalar(0, data, 8)) { Array($0) }
        expected += withUnsafeBytes(of: reel_crc32c_scalar(0, table, 4)) { Array($0) }
        expected += withUnsafeBytes(of: reel_crc32c_scalar(0, expected, 60)) { Array($0) }
        #expect(try contents(path) == expected + data + table)
    }

    @Test(arguments: VectorElement.allCases)
    func oneRowAtATimeGivesTheSameFileAsAllAtOnce(element: VectorElement) throws {
        let rows = randomRows(1500, 200, seed: 2)  // more than a block of 256 KiB
        let (first, second) = (folder.path("a.vectors"), folder.path("b.vectors"))
        try VectorSegmentWriter.write(
            path: first, dimension: 200, element: element, generation: 1, rows: rows)
        let writer = try VectorSegmentWriter(
            path: second, dimension: 200, element: element, generation: 1)
        for row in 0..<1500 { try writer.append(Array(rows[row * 200..<(row + 1) * 200])) }
        try writer.finish()
        #expect(try contents(first) == contents(second))
        try openAndVerify(second)
    }

    @Test(arguments: VectorElement.allCases)
    func copiedRowsKeepEveryBit(element: VectorElement) throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 200, element: element, generation: 1,
            rows: randomRows(1500, 200, seed: 3))
        let segment = try VectorSegment(path: path)
        let copyPath = folder.path("b.vectors")
        let writer = try VectorSegmentWriter(
            path: copyPath, dimension: 200, element: element, generation: 2)
        try writer.append(rows: 0..<0, of: segment)
        try writer.append(rows: 1400..<1500, of: segment)
        try writer.append(rows: 3..<700, of: segment)
        try writer.finish()
        let copy = try VectorSegment(path: copyPath)
        try copy.verify()
        #expect(copy.count == 797)
        #expect(try copy.vector(99) == segment.vector(1499))
        #expect(try copy.vector(100) == segment.vector(3))
    }

    @Test func aDamagedRowIsNotCopied() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 4, element: .float32, generation: 1,
            rows: randomRows(8, 4, seed: 4))
        var bytes = try contents(path)
        bytes[70] ^= 1
        let damaged = try VectorSegment(path: store(bytes))
        let writer = try VectorSegmentWriter(
            path: folder.path("b.vectors"), dimension: 4, element: .float32, generation: 2)
        #expect(
            error { try writer.append(rows: 5..<6, of: damaged) }
                == .damagedRows(path: damaged.path, rows: 0..<8))
        #expect(writer.count == 0)
    }

    // MARK: What is refused when writing

    @Test(arguments: [Float.nan, .infinity, -.infinity], VectorElement.allCases)
    func valuesThatAreNotFiniteAreRefusedAndLeaveNothing(
        value: Float, element: VectorElement
    ) throws {
        let path = folder.path("a.vectors")
        var rows = randomRows(5, 10, seed: 5)
        rows[37] = value
        let found = error {
            try VectorSegmentWriter.write(
                path: path, dimension: 10, element: element, generation: 1, rows: rows)
        }
        #expect(found == .valueNotFinite(path: path, row: 3, column: 7))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func aValueTooBigForSixteenBitsIsRefused() throws {
        let path = folder.path("a.vectors")
        let writer = try VectorSegmentWriter(
            path: path, dimension: 1, element: .float16, generation: 1)
        try writer.append([65_519, -65_519])
        #expect(
            error { try writer.append([1, 65_520]) }
                == .valueNotFinite(path: path, row: 3, column: 0))
        try writer.finish()
        #expect(try VectorSegment(path: path).vector(0) == [65_504])
    }

    @Test func aWriterThatIsLetGoLeavesNothing() throws {
        var writer: VectorSegmentWriter? = try VectorSegmentWriter(
            path: folder.path("a.vectors"), dimension: 2, element: .float32, generation: 1)
        try writer?.append([1, 2])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
                == ["a.vectors.partial"])
        writer = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func whatAKilledWriterLeftIsNotASegmentAndIsReplaced() throws {
        let path = folder.path("a.vectors")
        _ = try store([UInt8](repeating: 0, count: 5000), as: "a.vectors.partial")
        #expect(
            error { _ = try VectorSegment(path: path + ".partial") }
                == .notASegment(path: path + ".partial"))
        try VectorSegmentWriter.write(
            path: path, dimension: 1, element: .float32, generation: 1, rows: [1])
        try openAndVerify(path)
    }

    @Test func aMissingFolderIsNamed() {
        let path = folder.path("missing/a.vectors")
        let found = error {
            try VectorSegmentWriter.write(
                path: path, dimension: 1, element: .float32, generation: 1, rows: [1])
        }
        #expect(found == .cannotWrite(path: path + ".partial", errorNumber: ENOENT))
    }

    // MARK: What is refused when reading

    @Test func aMissingFileAndAFolderAndAPipeAreNamed() throws {
        let missing = folder.path("missing.vectors")
        #expect(
            error { _ = try VectorSegment(path: missing) }
                == .cannotOpen(path: missing, errorNumber: ENOENT))
        #expect(
            error { _ = try VectorSegment(path: folder.url.path) }
                == .cannotOpen(path: folder.url.path, errorNumber: EISDIR))
        let pipe = folder.path("pipe.vectors")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(
            error { _ = try VectorSegment(path: pipe) }
                == .cannotOpen(path: pipe, errorNumber: EINVAL))
    }

    @Test func aFileCutAtAnyLengthIsRefused() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 3, element: .float32, generation: 1,
            rows: randomRows(20, 3, seed: 6))
        let whole = try contents(path)
        for length in 0..<whole.count {
            let found = error { _ = try VectorSegment(path: try store(whole[..<length])) }
            guard case .wrongSize(_, UInt64(length), let need) = found else {
                Issue.record("cut at \(length): \(String(describing: found))")
                continue
            }
            #expect(need == (length < 64 ? 64 : UInt64(whole.count)))
        }
        let longer = error { _ = try VectorSegment(path: try store(whole + [0])) }
        #expect(longer?.description.contains("too long") == true)
    }

    @Test func aTailOfZerosIsSeenWhenOpening() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 100, element: .float32, generation: 1,
            rows: randomRows(1500, 100, seed: 7))
        var bytes = try contents(path)
        for place in bytes.indices.suffix(5000) { bytes[place] = 0 }
        let changed = try store(bytes)
        #expect(error { _ = try VectorSegment(path: changed) } == .damagedChecksums(path: changed))
    }

    @Test(arguments: VectorElement.allCases)
    func aThousandFlippedBitsAreAllFound(element: VectorElement) throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 10, element: element, generation: 1,
            rows: randomRows(200, 10, seed: 8))
        let whole = try contents(path)
        var random = SeededRandom(seed: 9)
        for _ in 0..<1000 {
            var bytes = whole
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let bit = UInt8.random(in: 0..<8, using: &random)
            bytes[place] ^= 1 << bit
            #expect(
                error { try openAndVerify(try store(bytes)) } != nil,
                "bit \(bit) of byte \(place)")
        }
    }

    @Test func damageIsFoundInEveryBlock() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 100, element: .float32, generation: 1,
            rows: randomRows(1500, 100, seed: 10))
        let whole = try contents(path)  // 600 000 bytes of rows: three blocks
        let blocks = [0..<656, 655..<1311, 1310..<1500]
        for (place, rows) in zip([64, 64 + 262_144, whole.count - 13], blocks) {
            var bytes = whole
            bytes[place] ^= 128
            let changed = try store(bytes)
            let segment = try VectorSegment(path: changed)
            #expect(error { try segment.verify() } == .damagedRows(path: changed, rows: rows))
        }
    }

    /// A field of the header with a value it must not have; the checksum is made to fit.
    struct BadField: CustomTestStringConvertible {
        var name: String
        var offset: Int
        var value: UInt64
        var byteCount = 4
        var testDescription: String { "\(name) = \(value)" }
    }

    static let badFields: [BadField] =
        [0, 65_537, 1 << 31, 0xffff_ffff].map {
            BadField(name: "dimension", offset: 16, value: $0)
        }
        + [0, 1, 2048, 5000, 1 << 31].map { BadField(name: "block size", offset: 20, value: $0) }
        + [1 << 32, 1 << 63, .max].map {
            BadField(name: "count", offset: 24, value: $0, byteCount: 8)
        }
        + [0, 3, 0xffff_ffff].map { BadField(name: "element type", offset: 12, value: $0) }
        + [BadField(name: "format version", offset: 8, value: 0)]
        + [40, 48].map { BadField(name: "reserved number", offset: $0, value: 1, byteCount: 8) }

    private func withHeader(_ field: BadField) throws -> String {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 2, element: .float32, generation: 1, rows: [1, 2, 3, 4])
        var bytes = try contents(path)
        for index in 0..<field.byteCount {
            bytes[field.offset + index] = UInt8(truncatingIfNeeded: field.value >> (8 * index))
        }
        let checksum = reel_crc32c(0, bytes, 60)
        for index in 0..<4 {
            bytes[60 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index))
        }
        return try store(bytes)
    }

    @Test(arguments: badFields)
    func impossibleHeadersAreNamed(field: BadField) throws {
        let path = try withHeader(field)
        #expect(
            error { _ = try VectorSegment(path: path) }
                == .badHeader(path: path, field: field.name, value: field.value))
    }

    @Test(arguments: [0, 1, 3, 0xffff_ffff] as [UInt64])
    func aCountThatDoesNotFitTheFileIsRefusedWithoutAllocating(count: UInt64) throws {
        let path = try withHeader(
            BadField(name: "count", offset: 24, value: count, byteCount: 8))
        guard case .wrongSize(_, 84, _) = error({ _ = try VectorSegment(path: path) }) else {
            Issue.record("a count of \(count) was accepted")
            return
        }
    }

    @Test func aNewerFormatIsRefusedWithItsVersion() throws {
        let path = try withHeader(BadField(name: "format version", offset: 8, value: 3))
        let found = error { _ = try VectorSegment(path: path) }
        #expect(
            found?.description
                == "\(path) is in format 3, but this program reads up to format 2. "
                + "Use the newer program that wrote it, or rebuild the library.")
    }

    @Test(arguments: [-1, 2, Int.max, Int.min])
    func aRowThatIsNotThereIsRefused(row: Int) throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 2, element: .float32, generation: 1, rows: [1, 2, 3, 4])
        let segment = try VectorSegment(path: path)
        #expect(error { _ = try segment.vector(row) } != nil)
    }

    @Test func aSegmentCutWhileItIsOpenIsAnErrorNotASignal() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 64, element: .float32, generation: 1, sketch: true,
            rows: randomRows(3000, 64, seed: 11))
        let index = try FlatIndex(segments: [try VectorSegment(path: path)])
        let need = index.segments[0].byteCount
        #expect(truncate(path, 5000) == 0)
        let expected = VectorSearchError.wrongSize(path: path, have: 5000, need: UInt64(need))
        let query = randomRows(1, 64, seed: 12)
        #expect(error { _ = try index.nearest(3, to: query) } == expected)
        #expect(error { _ = try index.scores(of: [query], matches: [(0, 2999)]) } == expected)
        #expect(error { try index.segments[0].verify() } == expected)
    }

    @Test func anUnlinkedSegmentCanStillBeRead() throws {
        let path = folder.path("a.vectors")
        try VectorSegmentWriter.write(
            path: path, dimension: 2, element: .float32, generation: 1, rows: [1, 2])
        let segment = try VectorSegment(path: path)
        #expect(unlink(path) == 0)
        try segment.verify()
        #expect(try segment.vector(0) == [1, 2])
    }
}
