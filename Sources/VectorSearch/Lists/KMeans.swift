import CKernels

/// Lloyd's k-means over a sample of rows: the centres of the lists.
///
/// It starts from rows drawn at random. A centre that is left with hardly any rows is put beside
/// the one that has most, so that lists stay of similar length. The same seed gives the same
/// centres, whatever the number of workers: a centre's rows are added up in their order.
struct KMeans {
    var centreCount: Int
    var metric: VectorMetric
    var seed: UInt64
    var iterations = 8
    var workers: Workers

    /// - Parameter sample: rows × dimension.
    func centres(of sample: [Float], dimension: Int) -> [Float] {
        let rowCount = sample.count / dimension
        precondition(rowCount > 0 && centreCount > 0, "There is something to cluster.")
        var random = SplitMix64(seed: seed)
        var order = Array(0..<rowCount)
        order.shuffle(using: &random)
        var centres = [Float]()
        centres.reserveCapacity(centreCount * dimension)
        for centre in 0..<centreCount {
            let row = order[centre % rowCount]
            centres += sample[row * dimension..<(row + 1) * dimension]
        }
        normalize(&centres, dimension)
        let rows = SketchedRows(sample, dimension: dimension, workers: workers)
        for iteration in 0..<iterations {
            let table = CentreTable(values: centres, dimension: dimension, metric: metric)
            let lists = rows.assign(to: table, workers: workers)
            let members = Members(lists, listCount: centreCount)
            centres = means(of: members, sample, dimension, from: centres)
            // The last step only moves centres: every list has the rows it was given.
            if iteration < iterations - 1 { repair(&centres, members, dimension, &random) }
            normalize(&centres, dimension)
        }
        return centres
    }

    /// For inner products directions are clustered.
    private func normalize(_ centres: inout [Float], _ dimension: Int) {
        guard metric != .euclidean else { return }
        var lengths = [Float](repeating: 0, count: centres.count / dimension)
        reel_unit_length(&centres, centres.count / dimension, dimension, &lengths)
    }

    private func means(
        of members: Members, _ sample: [Float], _ dimension: Int, from centres: [Float]
    ) -> [Float] {
        let shares = Workers.ranges(of: centreCount, by: max(1, centreCount / 16))
        return workers.map(shares.count) { share -> [Float] in
            var result = [Float](repeating: 0, count: shares[share].count * dimension)
            sample.withUnsafeBufferPointer { sample in
                result.withUnsafeMutableBufferPointer { result in
                    guard let rows = sample.baseAddress, let sums = result.baseAddress else {
                        return
                    }
                    for (place, list) in shares[share].enumerated() {
                        let sum = sums + place * dimension
                        let rowsOfList = members.rows(of: list)
                        if rowsOfList.isEmpty {
                            for column in 0..<dimension {
                                sum[column] = centres[list * dimension + column]
                            }
                            continue
                        }
                        reel_mean_of_chosen(
                            rows, Array(rowsOfList), rowsOfList.count, dimension, sum)
                    }
                }
            }
            return result
        }.flatMap { $0 }
    }

    private func repair(
        _ centres: inout [Float], _ members: Members, _ dimension: Int,
        _ random: inout SplitMix64
    ) {
        let mean = members.rowCount / centreCount
        var sizes = (0..<centreCount).map { members.rows(of: $0).count }
        for list in 0..<centreCount where sizes[list] == 0 || sizes[list] < mean / 8 {
            guard let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }),
                sizes[largest] > max(1, 2 * mean)
                    || (sizes[list] == 0 && sizes[largest] > 1)
            else { continue }
            // Beside the largest, so that the two share its rows.
            for column in 0..<dimension {
                let value = centres[largest * dimension + column]
                let nudge: Float = random.next() & 1 == 0 ? 1.001 : 0.999
                centres[list * dimension + column] = value * nudge
                centres[largest * dimension + column] = value * (2 - nudge)
            }
            sizes[list] = sizes[largest] / 2
            sizes[largest] -= sizes[list]
        }
    }
}

/// Rows in the order of the lists they belong to.
struct Members: Sendable {
    /// First place of each list in `order`, and the number of rows at the end.
    let starts: [Int]
    let order: [UInt32]
    var rowCount: Int { order.count }

    init(_ lists: [UInt32], listCount: Int) {
        var starts = [Int](repeating: 0, count: listCount + 1)
        for list in lists { starts[Int(list) + 1] += 1 }
        for list in 0..<listCount { starts[list + 1] += starts[list] }
        var next = starts
        var order = [UInt32](repeating: 0, count: lists.count)
        for (row, list) in lists.enumerated() {
            order[next[Int(list)]] = UInt32(row)
            next[Int(list)] += 1
        }
        self.starts = starts
        self.order = order
    }

    func rows(of list: Int) -> ArraySlice<UInt32> { order[starts[list]..<starts[list + 1]] }
}

/// Rows in eight bits, kept while they are compared again and again.
private struct SketchedRows: Sendable {
    let blocks: [(codes: [Int8], sketches: [reel_row_sketch], count: Int)]

    init(_ rows: [Float], dimension: Int, workers: Workers) {
        let ranges = Workers.ranges(of: rows.count / dimension, by: CentreTable.Room.rowCount)
        let width = reel_sketch_width(dimension)
        blocks = workers.map(ranges.count) { block in
            let range = ranges[block]
            var codes = [Int8](repeating: 0, count: range.count * width)
            var sketches = [reel_row_sketch](repeating: reel_row_sketch(), count: range.count)
            rows.withUnsafeBufferPointer {
                guard let start = $0.baseAddress else { return }
                reel_sketch_rows(
                    start + range.lowerBound * dimension, range.count, dimension, &codes, &sketches)
            }
            return (codes, sketches, range.count)
        }
    }

    func assign(to centres: CentreTable, workers: Workers) -> [UInt32] {
        let shares = Workers.ranges(of: blocks.count, by: max(1, blocks.count / 16))
        return workers.map(shares.count) { share -> [UInt32] in
            let room = CentreTable.Room(centres)
            var lists: [UInt32] = []
            for block in blocks[shares[share]] {
                var found = [UInt32](repeating: 0, count: block.count)
                centres.assign(
                    codes: block.codes, sketches: block.sketches, count: block.count, to: &found,
                    in: room)
                lists += found
            }
            return lists
        }.flatMap { $0 }
    }
}

/// Random numbers that are the same in every run (Steele and others 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
