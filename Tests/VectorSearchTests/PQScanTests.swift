import CKernels
import TestSupport
import Testing

@testable import VectorSearch

@Suite struct PQScanTests {
    private func randomBytes(_ count: Int, below limit: UInt8, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0..<limit, using: &random) }
    }

    @Test(arguments: [1, 3, 4, 16, 64, 65, 128, 256], [1, 31, 32])
    func packedCodesComeBack(partCount: Int, rowCount: Int) {
        let codes = randomBytes(rowCount * partCount, below: 16, seed: 1)
        var block = [UInt8](repeating: 0xff, count: reel_code_block_size(partCount))
        reel_code_block_pack(codes, rowCount, partCount, &block)
        for row in 0..<rowCount {
            var found = [UInt8](repeating: 0, count: partCount)
            reel_code_block_unpack(block, row, partCount, &found)
            #expect(found == Array(codes[row * partCount..<(row + 1) * partCount]))
        }
    }

    @Test(arguments: [1, 4, 7, 16, 48, 64, 68, 128, 256])
    func everyVariantGivesTheSumsOfTheScalarTwin(partCount: Int) {
        let tables = randomRows(partCount * 16, 1, seed: 2)
        var entries = [UInt8](repeating: 0, count: reel_code_block_size(partCount))
        let rounded = reel_byte_tables_set(tables, partCount, 0, &entries)
        let blocks = randomBytes(5 * reel_code_block_size(partCount), below: 255, seed: 3)
        var expected = [UInt16](repeating: 0, count: 160)
        reel_code_scan_scalar(blocks, 5, partCount, entries, &expected)
        #expect(expected.allSatisfy { $0 <= rounded.largest })
        for (isAvailable, kernel) in [
            (true, reel_code_scan), (reel_dot_has_avx2(), reel_code_scan_avx2),
            (reel_dot_has_avx512(), reel_code_scan_avx512),
        ] as [(Bool, reel_code_scan_function)] where isAvailable {
            var found = [UInt16](repeating: 0, count: 160)
            kernel(blocks, 5, partCount, entries, &found)
            #expect(found == expected)
        }
    }

    @Test(arguments: [4, 32, 64, 128])
    func roundedTablesAreOffByHalfAStepAPart(partCount: Int) {
        let tables = randomRows(partCount * 16, 1, seed: 4)
        var entries = [UInt8](repeating: 0, count: reel_code_block_size(partCount))
        let rounded = reel_byte_tables_set(tables, partCount, 0, &entries)
        for seed in 0..<20 {
            let code = randomBytes(partCount, below: 16, seed: UInt64(seed))
            let exact = (0..<partCount).reduce(Float(0)) { $0 + tables[16 * $1 + Int(code[$1])] }
            let sum = (0..<partCount).reduce(0) { $0 + Int(entries[16 * $1 + Int(code[$1])]) }
            let found = rounded.lowest + rounded.step * Float(sum)
            #expect(abs(found - exact) <= rounded.step * Float(partCount) / 2 + 1e-4)
        }
    }

    @Test(arguments: [16, 256], [1, 5, 16, 33])
    func sumsOfBytesAgreeWithTheScalarTwin(centreCount: Int, partCount: Int) {
        let tables = randomRows(partCount * centreCount, 1, seed: 5)
        let codes = randomBytes(
            9 * partCount, below: UInt8(clamping: centreCount), seed: 6)
        var (found, expected) = ([Float](repeating: 0, count: 9), [Float](repeating: 0, count: 9))
        reel_pq_sums(codes, 9, partCount, centreCount, tables, 2, &found)
        reel_pq_sums_scalar(codes, 9, partCount, centreCount, tables, 2, &expected)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
    }

    @Test(arguments: [4, 8])
    func codesNameTheNearestCentre(bits: Int) {
        let sample = randomRows(400, 24, seed: 8)
        let quantizer = ProductQuantizer.train(
            sample: sample, dimension: 24, partCount: 8, bits: bits, seed: 1,
            workers: Workers(count: 1))
        var codes = [UInt8](repeating: 0, count: 400 * 8)
        quantizer.encode(sample, count: 400, to: &codes)
        let count = quantizer.centreCount
        for row in 0..<50 {
            for part in 0..<8 {
                func distance(_ centre: Int) -> Float {
                    (0..<3).reduce(0) {
                        let difference =
                            sample[row * 24 + part * 3 + $1]
                            - quantizer.centres[(part * 3 + $1) * count + centre]
                        return $0 + difference * difference
                    }
                }
                let found = distance(Int(codes[row * 8 + part]))
                let best = (0..<count).map(distance).min() ?? 0
                #expect(found <= best + 1e-5)
            }
        }
        let again = ProductQuantizer.train(
            sample: sample, dimension: 24, partCount: 8, bits: bits, seed: 1,
            workers: Workers(count: 2))
        #expect(again.centres == quantizer.centres)
    }
}
