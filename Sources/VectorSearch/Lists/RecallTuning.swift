import CKernels

/// Finds out how many lists and rows must be looked at for a recall: by searching for a sample of
/// the stored rows, each left out of its own answer, and comparing with the exact answer.
struct RecallTuning {
    let index: IVFPQIndex
    let rows: VectorSegment
    let workers: Workers
    var queryCount = 400
    var seed: UInt64

    private static let neighbours = 10
    private static let longestShortlist = 2048

    /// Points in the order of their cost; each finds more than all cheaper ones.
    func points() throws -> [OperatingPoint] {
        guard rows.count > Self.neighbours else { return [] }
        var random = SplitMix64(seed: seed)
        let numbers = (0..<min(queryCount, rows.count)).map { _ in
            Int.random(in: 0..<rows.count, using: &random)
        }
        let queries = QueryMatrix(
            values: rows.rows(numbers), count: numbers.count, dimension: rows.dimension)
        let exact = try FlatIndex(segments: [rows], metric: index.quantizer.metric)
            .nearest(Self.neighbours + 1, to: queries, workers: workers.count)
        let truth = zip(exact, numbers).map { matches, own in
            Set(matches.map(\.row).filter { $0 != own }.prefix(Self.neighbours))
        }
        let cost = SearchCost(
            dimension: rows.dimension, partCount: index.quantizer.partCount,
            bits: index.quantizer.bits, listCount: index.quantizer.listCount)
        let flat = cost.flat(rowCount: rows.count)
        var points: [OperatingPoint] = []
        var probes = 1
        while true {
            let found = measure(probes, queries, numbers, truth)
            let scanned = Double(rows.count) * Double(probes) / Double(index.quantizer.listCount)
            var cheapest: Float = .infinity
            for length in Self.lengths {
                let point = OperatingPoint(
                    recall: found.recall(length), shortlist: length, probes: probes,
                    cost: cost.lists(probes: probes, rowsScanned: scanned, shortlist: length))
                cheapest = min(cheapest, point.cost)
                points.append(point)
            }
            if probes >= index.quantizer.listCount || cheapest > 2 * flat
                || found.recall(Self.longestShortlist) > 0.9995
            {
                break
            }
            probes = min(index.quantizer.listCount, max(probes + 1, probes * 5 / 4))
        }
        return Self.frontier(of: points)
    }

    private static let lengths = [
        10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 260, 320, 400, 520, 640, 800,
        1024, 1400, 2048,
    ]

    /// At which place of the shortlist each true neighbour stood.
    struct Ranks {
        var total: Int
        var ranks: [Int]  // ascending, of those that were met

        func recall(_ length: Int) -> Float {
            var low = 0
            var high = ranks.count
            while low < high {
                let middle = (low + high) / 2
                if ranks[middle] < length { low = middle + 1 } else { high = middle }
            }
            return Float(low) / Float(max(1, total))
        }
    }

    private func measure(
        _ probes: Int, _ queries: QueryMatrix, _ own: [Int], _ truth: [Set<Int>]
    ) -> Ranks {
        let shares = Workers.ranges(of: queries.count, by: max(1, queries.count / 8))
        let ranks = workers.map(shares.count) { share -> [Int] in
            let search = IVFPQSearch(
                index: index, limit: 1,
                effort: .init(probes: probes, shortlist: Self.longestShortlist))
            var ranks: [Int] = []
            queries.values.withUnsafeBufferPointer { values in
                guard let start = values.baseAddress else { return }
                for number in shares[share] {
                    let rows = search.shortlist(
                        for: start + number * queries.dimension, wanted: Self.longestShortlist,
                        allowed: nil
                    ).sorted { $0.value != $1.value ? $0.value > $1.value : $0.row < $1.row }
                    var place = 0
                    for row in rows where Int(row.row) != own[number] {
                        if truth[number].contains(Int(row.row)) { ranks.append(place) }
                        place += 1
                    }
                }
            }
            return ranks
        }.flatMap { $0 }
        return Ranks(total: truth.reduce(0) { $0 + $1.count }, ranks: ranks.sorted())
    }

    /// Points that nothing cheaper beats, thinned out to what the file has room for.
    private static func frontier(of points: [OperatingPoint]) -> [OperatingPoint] {
        var best: Float = 0
        var kept: [OperatingPoint] = []
        for point in points.sorted(by: { $0.cost < $1.cost }) where point.recall > best {
            best = point.recall
            kept.append(point)
        }
        // For each step of recall the cheapest point that reaches it.
        let steps: [Float] = [
            0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96,
            0.965, 0.97, 0.975, 0.98, 0.984, 0.988, 0.99, 0.992, 0.994, 0.996, 0.998, 0.999,
        ]
        var chosen: [OperatingPoint] = []
        for step in steps {
            guard let point = kept.first(where: { $0.recall >= step }) else { break }
            if chosen.last != point { chosen.append(point) }
        }
        if let last = kept.last, chosen.last != last { chosen.append(last) }
        return chosen
    }
}
