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
            Array(matches.map(\.row).filter { $0 != own }.prefix(Self.neighbours))
        }
        let cost = SearchCost(
            dimension: rows.dimension, partCount: index.quantizer.partCount,
            bits: index.quantizer.bits, listCount: index.quantizer.listCount)
        let flat = cost.flat(rowCount: rows.count)
        let listCount = index.quantizer.listCount
        var points: [OperatingPoint] = []
        for steps in Self.stages(listCount) {
            let found = places(of: truth, queries, numbers, steps: steps)
            var isEnough = false
            for (step, probes) in steps.enumerated() {
                let scanned = Double(rows.count) * Double(probes) / Double(listCount)
                var cheapest: Float = .infinity
                for length in Self.lengths {
                    let point = OperatingPoint(
                        recall: Self.recall(found.map { $0[step] }, truth, within: length),
                        shortlist: length, probes: probes,
                        cost: cost.lists(probes: probes, rowsScanned: scanned, shortlist: length))
                    cheapest = min(cheapest, point.cost)
                    points.append(point)
                }
                isEnough =
                    isEnough || cheapest > 2 * flat || points[points.count - 1].recall > 0.9995
            }
            if isEnough { break }
        }
        return Self.frontier(of: points)
    }

    /// Numbers of lists to try, each a quarter more than the one before, in stages: every stage
    /// looks at the lists of the one before again, and is the last if that is enough.
    static func stages(_ listCount: Int) -> [[Int]] {
        var steps = [1]
        while let last = steps.last, last < listCount {
            steps.append(min(listCount, max(last + 1, last * 5 / 4)))
        }
        return [0..<6, 6..<64, 64..<512, 512..<Int.max].map { limits in
            steps.filter { limits.contains($0) }
        }.filter { !$0.isEmpty }
    }

    private static let lengths = [
        10, 12, 15, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 260, 320, 400, 520, 640, 800,
        1024, 1400, 2048,
    ]

    /// The share of the true neighbours that stand among the first `length`, less twice the
    /// standard error of this sample: other queries find as many with some certainty.
    /// - Parameter places: of each query, those of its true neighbours that are met.
    static func recall(_ places: [[Int]], _ truth: [[Int]], within length: Int) -> Float {
        let shares = zip(places, truth).compactMap { places, truth in
            truth.isEmpty
                ? nil : Double(places.count { $0 < length }) / Double(truth.count)
        }
        guard !shares.isEmpty else { return 0 }
        let count = Double(shares.count)
        let mean = shares.reduce(0, +) / count
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return Float(max(0, mean - 2 * (variance / count).squareRoot()))
    }

    /// Per query and step, the places of the true neighbours.
    private func places(
        of truth: [[Int]], _ queries: QueryMatrix, _ own: [Int], steps: [Int]
    ) -> [[[Int]]] {
        let shares = Workers.ranges(of: queries.count, by: max(1, queries.count / 8))
        return workers.map(shares.count) { share in
            let search = IVFPQSearch(quantizer: index.quantizer, limit: 1, wanted: 1)
            return shares[share].map { number in
                queries.withRow(number) {
                    search.places(
                        of: truth[number], without: own[number], in: index, for: $0, steps: steps)
                }
            }
        }.flatMap { $0 }
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
