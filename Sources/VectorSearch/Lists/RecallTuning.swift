import CKernels

/// Finds out how many lists and rows must be looked at for a recall: by searching for a sample of
/// the stored rows, each left out of its own answer, and comparing with the true answer.
struct RecallTuning {
    /// With the vectors of all its parts.
    let index: IVFPQIndex
    let workers: Workers
    /// The standard error of a recall of .95 is then some .003: two indexes that are asked for the
    /// same recall differ by less than .01.
    var queryCount = 1200
    var seed: UInt64
    /// How thoroughly to look for the true neighbours; nil for a look at every row, which takes
    /// many times as long.
    var truth: IVFPQIndex.Effort?

    private static let neighbours = 10

    init(index: IVFPQIndex, workers: Workers, seed: UInt64) {
        precondition(
            index.parts.allSatisfy { $0.rows != nil }, "Only stored vectors can be searched for.")
        self.index = index
        self.workers = workers
        self.seed = seed
    }

    /// Points in the order of their cost; each finds more than all cheaper ones.
    func points() throws -> [OperatingPoint] {
        guard index.count > Self.neighbours else { return [] }
        var random = SplitMix64(seed: seed)
        let numbers = (0..<min(queryCount, index.count)).map { _ in
            Int.random(in: 0..<index.count, using: &random)
        }
        let queries = QueryMatrix(
            values: numbers.flatMap(vector), count: numbers.count, dimension: index.dimension)
        let truth = zip(try neighbours(of: queries), numbers).map { matches, own in
            Array(
                matches.map { index.firstRows[$0.segment] + $0.row }.filter { $0 != own }
                    .prefix(Self.neighbours))
        }
        let cost = SearchCost(
            dimension: index.dimension, partCount: index.quantizer.partCount,
            bits: index.quantizer.bits, listCount: index.quantizer.listCount)
        let flat = cost.flat(rowCount: index.count)
        let listCount = index.quantizer.listCount
        var points: [OperatingPoint] = []
        for steps in Self.stages(listCount) {
            let found = places(of: truth, queries, numbers, steps: steps)
            let recalls = workers.map(steps.count) { Self.recalls(step: $0, of: found, truth) }
            var isEnough = false
            for (step, probes) in steps.enumerated() {
                let scanned = Double(index.count) * Double(probes) / Double(listCount)
                var cheapest: Float = .infinity
                for (length, recall) in zip(Self.lengths, recalls[step]) {
                    let point = OperatingPoint(
                        recall: recall, shortlist: length, probes: probes,
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

    /// A row of the whole index.
    private func vector(_ row: Int) -> [Float] {
        let place = index.place(of: row)
        return index.parts[place.part].rows?.rows([place.row]) ?? []
    }

    /// The rows nearest to each query, its own among them.
    private func neighbours(of queries: QueryMatrix) throws -> [[VectorMatch]] {
        if let truth {
            return try index.nearest(
                Self.neighbours + 1, to: queries, effort: truth, workers: workers.count)
        }
        return try FlatIndex(
            segments: index.parts.compactMap(\.rows), metric: index.quantizer.metric
        ).nearest(Self.neighbours + 1, to: queries, workers: workers.count)
    }

    /// Numbers of lists to try, each a twentieth more than the one before, in stages: every stage
    /// looks at the lists of the one before again, and is the last if that is enough. Up to 639 lists
    /// are all looked at in the third.
    static func stages(_ listCount: Int) -> [[Int]] {
        var steps = [1]
        while let last = steps.last, last < listCount {
            steps.append(min(listCount, max(last + 1, last * 21 / 20)))
        }
        return [0..<6, 6..<64, 64..<640, 640..<Int.max].map { limits in
            steps.filter { limits.contains($0) }
        }.filter { !$0.isEmpty }
    }

    /// Lengths of the shortlist to try, each about a tenth more than the one before.
    private static let lengths: [Int] = {
        var lengths = [10]
        while let last = lengths.last, last < 2048 {
            lengths.append(min(2048, max(last + 1, last * 11 / 10)))
        }
        return lengths
    }()

    /// The place in `lengths` of the shortest list that holds each place of a shortlist.
    private static let lengthOfPlace: [Int] = {
        var result: [Int] = []
        for (number, length) in lengths.enumerated() {
            result += [Int](repeating: number, count: length - result.count)
        }
        return result
    }()

    /// Per length, the share of the true neighbours that stand in so long a shortlist, less twice
    /// the standard error of this sample: other queries find as many with some certainty.
    /// - Parameter places: of each query what `ShortlistPlaces` found.
    private static func recalls(
        step: Int, of places: [[Int32]], _ truth: [[Int]]
    ) -> [Float] {
        // What is met at a length and at no shorter one; their sums are shares and their squares.
        var gains = [Double](repeating: 0, count: lengths.count)
        var squares = gains
        var sampled = 0
        for (places, truth) in zip(places, truth) where !truth.isEmpty {
            sampled += 1
            let met = places[step * truth.count..<(step + 1) * truth.count]
                .filter { $0 < lengthOfPlace.count }.sorted()
            let share = 1 / Double(truth.count)
            for (before, place) in met.enumerated() {
                let length = lengthOfPlace[Int(place)]
                gains[length] += share
                squares[length] += Double(2 * before + 1) * share * share
            }
        }
        guard sampled > 0 else { return gains.map { Float($0) } }
        var (sum, square) = (0.0, 0.0)
        return lengths.indices.map { length in
            sum += gains[length]
            square += squares[length]
            let mean = sum / Double(sampled)
            let variance = max(0, square / Double(sampled) - mean * mean)
            return Float(max(0, mean - 2 * (variance / Double(sampled)).squareRoot()))
        }
    }

    /// Of each query what `ShortlistPlaces` finds.
    private func places(
        of truth: [[Int]], _ queries: QueryMatrix, _ own: [Int], steps: [Int]
    ) -> [[Int32]] {
        let shares = Workers.ranges(of: queries.count, by: max(1, queries.count / 16))
        return workers.map(shares.count) { share in
            let search = ShortlistPlaces(index.quantizer)
            return shares[share].map { number in
                let targets = truth[number]
                let placeCount = steps.count * targets.count
                return [Int32](unsafeUninitializedCapacity: placeCount) { found, count in
                    count = placeCount
                    guard let start = found.baseAddress else { return }
                    queries.withRow(number) {
                        search.setPlaces(
                            of: targets, without: own[number], in: index, for: $0, steps: steps,
                            to: start)
                    }
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
