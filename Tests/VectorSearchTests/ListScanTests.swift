import CKernels
import TestSupport
import Testing

@Suite struct ListScanTests {
    private typealias Scan = reel_list_scan_function

    /// Those that this processor has.
    private var scans: [Scan] {
        [reel_list_scan_scalar, reel_list_scan]
            + (reel_dot_has_avx2() ? [reel_list_scan_avx2] : [])
            + (reel_has_vbmi2() ? [reel_list_scan_vbmi2] : [])
    }

    private var counts: [reel_list_count_function] {
        [reel_list_count_scalar, reel_list_count]
            + (reel_dot_has_avx2() ? [reel_list_count_avx2] : [])
            + (reel_has_vbmi2() ? [reel_list_count_vbmi2] : [])
    }

    /// Rows of two lists and a few queries with tables of their own.
    private struct Lists {
        var partCount: Int
        var rowCounts: [Int]
        var blocks: [[UInt8]]
        var entries: [[UInt8]]
        /// Of each query and list.
        var bases: [[UInt32]]
        var allowed: [UInt64]?

        init(partCount: Int, queryCount: Int, largestEntry: UInt8, isFiltered: Bool, seed: UInt64) {
            var random = SeededRandom(seed: seed)
            self.partCount = partCount
            rowCounts = [Int.random(in: 1...500, using: &random), 333]
            let size = reel_code_block_size(partCount)
            blocks = rowCounts.map { rowCount in
                (0..<(rowCount + 31) / 32 * size).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            }
            entries = (0..<queryCount).map { _ in
                (0..<size).map { place in
                    place < 16 * partCount ? UInt8.random(in: 0...largestEntry, using: &random) : 0
                }
            }
            bases = (0..<queryCount).map { _ in
                [4096, UInt32.random(in: 0...8192, using: &random)]
            }
            allowed = isFiltered ? (0..<16).map { _ in random.next() } : nil
        }

        /// The best rows of each query with their values, as a kernel keeps them.
        func best(_ wanted: Int, capacity: Int, by scan: Scan) -> [[UInt32]] {
            var values = [UInt16](repeating: 0, count: capacity * entries.count)
            var rows = [UInt32](repeating: 0, count: capacity * entries.count)
            var best = [reel_best_rows](repeating: reel_best_rows(), count: entries.count)
            return values.withUnsafeMutableBufferPointer { values in
                rows.withUnsafeMutableBufferPointer { rows in
                    best.withUnsafeMutableBufferPointer { best in
                        for query in entries.indices {
                            best[query].values = values.baseAddress! + query * capacity
                            best[query].rows = rows.baseAddress! + query * capacity
                            best[query].capacity = capacity
                            reel_best_rows_begin(&best[query], wanted)
                        }
                        let entrySize = reel_code_block_size(partCount)
                        entries.flatMap { $0 }.withUnsafeBufferPointer { entries in
                            var first = 0
                            for list in blocks.indices {
                                let together = bases.indices.map { query in
                                    reel_list_query(
                                        entries: entries.baseAddress! + query * entrySize,
                                        base: bases[query][list],
                                        best: best.baseAddress! + query)
                                }
                                (allowed ?? []).withUnsafeBufferPointer { words in
                                    scan(
                                        blocks[list], rowCounts[list], partCount, UInt32(first),
                                        allowed == nil ? nil : words.baseAddress, together,
                                        together.count)
                                }
                                first += rowCounts[list]
                            }
                        }
                        for query in entries.indices { reel_best_rows_end(&best[query]) }
                        return best.map { best in
                            (0..<best.count).flatMap { [best.rows[$0], UInt32(best.values[$0])] }
                        }
                    }
                }
            }
        }

        /// The same from values worked out one by one, and sorted.
        func expected(_ wanted: Int) -> [[UInt32]] {
            let size = reel_code_block_size(partCount)
            return entries.indices.map { query in
                var found: [(row: Int, value: Int)] = []
                var first = 0
                for list in blocks.indices {
                    for row in 0..<rowCounts[list] {
                        let number = first + row
                        if let allowed, allowed[number / 64] >> UInt64(number % 64) & 1 == 0 {
                            continue
                        }
                        var codes = [UInt8](repeating: 0, count: partCount)
                        blocks[list].withUnsafeBufferPointer {
                            reel_code_block_unpack(
                                $0.baseAddress! + row / 32 * size, row % 32, partCount, &codes)
                        }
                        let sum = codes.enumerated().reduce(0) {
                            $0 + Int(entries[query][16 * $1.offset + Int($1.element)])
                        }
                        found.append((number, min(65535, sum + Int(bases[query][list]))))
                    }
                    first += rowCounts[list]
                }
                let best = found.sorted { ($1.value, $0.row) < ($0.value, $1.row) }.prefix(wanted)
                return best.sorted { $0.row < $1.row }.flatMap {
                    [UInt32($0.row), UInt32($0.value)]
                }
            }
        }
    }

    @Test(arguments: [1, 4, 30, 64, 65, 128, 256], [1, 2, 3, 4, 7])
    func everyVariantKeepsTheBestRows(partCount: Int, queryCount: Int) {
        for (isFiltered, wanted, largestEntry) in [
            (false, 1, 15), (true, 20, 3), (false, 100, 1), (true, 1000, 15),
        ] as [(Bool, Int, UInt8)] {
            let lists = Lists(
                partCount: partCount, queryCount: queryCount,
                largestEntry: partCount > 4 ? largestEntry : 60, isFiltered: isFiltered,
                seed: UInt64(partCount + wanted))
            let expected = lists.expected(wanted)
            let least = (wanted + 64 + 31) / 32 * 32
            for scan in scans {
                #expect(lists.best(wanted, capacity: least, by: scan) == expected)
                #expect(lists.best(wanted, capacity: least + 256, by: scan) == expected)
            }
        }
    }

    @Test func valuesBeyondTheirRangeCountAsTheLargest() {
        var lists = Lists(
            partCount: 64, queryCount: 5, largestEntry: 15, isFiltered: false, seed: 9)
        lists.bases = lists.bases.map { _ in [65_000, 100_000] }
        for wanted in [3, 200] {
            let expected = lists.expected(wanted)
            for scan in scans {
                #expect(lists.best(wanted, capacity: 288, by: scan) == expected)
            }
        }
    }

    @Test(arguments: [1, 4, 64, 65, 256])
    func everyVariantCountsTheRowsThatReachALimit(partCount: Int) {
        let lists = Lists(
            partCount: partCount, queryCount: 1, largestEntry: partCount > 4 ? 15 : 60,
            isFiltered: false, seed: UInt64(partCount))
        let values = stride(from: 1, to: lists.expected(1000)[0].count, by: 2).map {
            lists.expected(1000)[0][$0]
        }.prefix(lists.rowCounts[0])
        let limits = [
            values[0], values.min()!, values.max()!, values.max()! + 1, values.max()! - 2, 0,
            65_535, .max,
        ]
        let expected = limits.map { limit in UInt32(values.count { $0 >= limit }) }
        for count in counts {
            var found = [UInt32](repeating: 5, count: limits.count)
            count(
                lists.blocks[0], lists.rowCounts[0], partCount, lists.entries[0],
                lists.bases[0][0], limits, limits.count, &found)
            #expect(found == expected.map { $0 + 5 })
        }
    }

    @Test(arguments: [1, 15, 16, 17, 64, 100, 256, 1025])
    func theLargestScoresAreChosen(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        for step in [1, 10_000] as [Float] {
            var scores = (0..<count).map { _ in
                (Float.random(in: -1...1, using: &random) * 10_000 / step).rounded() * step
            }
            for place in stride(from: 7, to: count, by: 9) { scores[place] = .nan }
            scores[0] = -.infinity
            let order = scores.indices.filter { !scores[$0].isNaN }.sorted {
                scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
            }
            for wanted in [0, 1, 2, 24, count / 2, count, count + 5] {
                let expected = order.prefix(wanted).sorted().map { UInt32($0) }
                for choose in [reel_choose_largest, reel_choose_largest_scalar] {
                    var keys = [Int32](repeating: 0, count: count)
                    var chosen = [UInt32](repeating: 0, count: count)
                    let kept = choose(scores, count, wanted, &keys, &chosen)
                    #expect(Array(chosen[..<kept]) == expected)
                }
            }
        }
    }
}
