import CKernels
internal import Synchronization

/// The centres of the lists, and which of them a vector belongs to.
///
/// Centres are kept in 32 bits and in eight: a row is compared with a thousand of them through
/// integer products, which is off by less than a hundredth of the vectors' lengths and four times
/// as fast.
struct CentreTable: Sendable {
    let metric: VectorMetric
    let dimension: Int
    let values: [Float]  // count × dimension
    let count: Int

    // Packed as the queries of `reel_coarse_dot`: rows are compared with all of them.
    private let packed: [UInt8]
    private let scales: [Float]
    /// |c|² / 2 for distances, 0 for products.
    private let penalties: [Float]
    // Sketched as rows: one query is compared with all of them.
    private let codes: [Int8]
    private let sketches: [reel_row_sketch]
    private let width: Int
    /// Made when the first batch comes: neither training nor a single query needs it.
    private let product = Made<CentreProduct>()

    init(values: [Float], dimension: Int, metric: VectorMetric) {
        self.metric = metric
        self.dimension = dimension
        self.values = values
        let count = values.count / dimension
        let width = reel_sketch_width(dimension)
        let groups = (count + 15) / 16
        var packed = [UInt8](repeating: 0, count: groups * 16 * width)
        var scales = [Float](repeating: 0, count: groups * 16)
        var penalties = scales
        var errors = [Float](repeating: 0, count: 16)
        var norms = errors
        var codes = [Int8](repeating: 0, count: count * width)
        var sketches = [reel_row_sketch](repeating: reel_row_sketch(), count: count)
        values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            reel_sketch_rows(start, count, dimension, &codes, &sketches)
            for group in 0..<groups {
                let first = group * 16
                let taken = min(16, count - first)
                packed.withUnsafeMutableBufferPointer { packed in
                    scales.withUnsafeMutableBufferPointer { scales in
                        guard let packed = packed.baseAddress, let scales = scales.baseAddress
                        else { return }
                        reel_coarse_queries_pack(
                            start + first * dimension, taken, dimension,
                            reel_coarse_zero(), packed + first * width, scales + first, &errors,
                            &norms)
                    }
                }
                if metric == .euclidean {
                    for centre in 0..<taken {
                        penalties[first + centre] = norms[centre] * norms[centre] / 2
                    }
                }
            }
        }
        (self.count, self.width) = (count, width)
        (self.packed, self.scales, self.penalties) = (packed, scales, penalties)
        (self.codes, self.sketches) = (codes, sketches)
    }

    /// Room that `assign` and `nearest` work in; one a thread.
    final class Room {
        static let rowCount = 240
        fileprivate var dots: [Int32]
        fileprivate var sums = [Int32](repeating: 0, count: rowCount)
        fileprivate var best = [Float](repeating: 0, count: rowCount)
        fileprivate var codes: [Int8]
        fileprivate var sketches = [reel_row_sketch](
            repeating: reel_row_sketch(), count: rowCount)
        fileprivate var scores: [Float]
        fileprivate var keys: [Int32]
        fileprivate var chosen: [UInt32]
        fileprivate let product = CentreProduct.Room()

        init(_ centres: CentreTable) {
            dots = [Int32](repeating: 0, count: max(Self.rowCount * 64, centres.count))
            codes = [Int8](repeating: 0, count: Self.rowCount * centres.width)
            scores = [Float](repeating: 0, count: centres.count)
            keys = [Int32](repeating: 0, count: centres.count)
            chosen = [UInt32](repeating: 0, count: centres.count)
        }
    }

    // MARK: Rows to centres

    /// The list of each row.
    func assign(
        _ rows: UnsafePointer<Float>, count rowCount: Int,
        to lists: UnsafeMutablePointer<UInt32>, in room: Room
    ) {
        for block in Workers.ranges(of: rowCount, by: Room.rowCount) {
            reel_sketch_rows(
                rows + block.lowerBound * dimension, block.count, dimension, &room.codes,
                &room.sketches)
            assign(
                codes: room.codes, sketches: room.sketches, count: block.count,
                to: lists + block.lowerBound, in: room)
        }
    }

    /// The same for up to `Room.rowCount` rows that are sketched already.
    func assign(
        codes: UnsafePointer<Int8>, sketches: UnsafePointer<reel_row_sketch>, count rowCount: Int,
        to lists: UnsafeMutablePointer<UInt32>, in room: Room
    ) {
        reel_code_sums(codes, rowCount, width, &room.sums)
        for row in 0..<rowCount { room.best[row] = -.infinity }
        lists.update(repeating: 0, count: rowCount)
        packed.withUnsafeBufferPointer { packed in
            scales.withUnsafeBufferPointer { scales in
                penalties.withUnsafeBufferPointer { penalties in
                    room.dots.withUnsafeMutableBufferPointer { dots in
                        guard let packed = packed.baseAddress, let scales = scales.baseAddress,
                            let penalties = penalties.baseAddress, let dots = dots.baseAddress
                        else { return }
                        for first in stride(from: 0, to: count, by: 64) {
                            let groups = min(4, (count - first + 15) / 16)
                            reel_coarse_dot(
                                codes, room.sums, rowCount, width, packed + first * width,
                                reel_coarse_zero(), groups, dots)
                            for group in 0..<groups {
                                let centre = first + group * 16
                                reel_nearest_centres(
                                    dots + group * rowCount * 16, sketches, rowCount,
                                    scales + centre, penalties + centre, min(16, count - centre),
                                    UInt32(centre), &room.best, lists)
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: A query to lists

    struct Probe {
        var list: Int
        /// What the centre alone contributes to the score of the list's rows, but for what is the
        /// same in all lists.
        var score: Float
    }

    /// The nearest lists, best first.
    func nearest(_ wanted: Int, to fine: FineQuery, in room: Room) -> [Probe] {
        withScores(of: fine, in: room) { scores in
            let kept = reel_choose_largest(scores, count, wanted, &room.keys, &room.chosen)
            // Sorted as whole numbers: the score's bits so that better ones come first, then the list.
            let order = room.chosen[..<kept].map { list in
                let bits = (scores[Int(list)] + 0).bitPattern
                let falling = bits >> 31 == 0 ? ~bits & (.max >> 1) : bits
                return UInt64(falling) << 32 | UInt64(list)
            }.sorted()
            return order.map {
                let list = Int($0 & 0xffff_ffff)
                return Probe(list: list, score: scores[list])
            }
        }
    }

    /// Calls `body` with the scores of all lists: off by far less than the codes of the rows are.
    func withScores<Result>(
        of fine: FineQuery, in room: Room, _ body: (UnsafePointer<Float>) -> Result
    ) -> Result {
        withUnsafePointer(to: fine.numbers) { fine in
            codes.withUnsafeBufferPointer {
                reel_fine_dot($0.baseAddress, nil, count, width, fine, &room.dots)
            }
            reel_estimate_scores(
                room.dots, sketches, count, fine.pointee.scale, metric.kernel, &room.scores)
        }
        return room.scores.withUnsafeBufferPointer {
            guard let scores = $0.baseAddress else { preconditionFailure("There are lists.") }
            return body(scores)
        }
    }

    /// Calls `body` with the number of each query and the scores of all lists.
    func forEachScores(
        of queries: UnsafePointer<Float>, count queryCount: Int, in room: Room,
        _ body: (Int, UnsafePointer<Float>) -> Void
    ) {
        let product = product.value {
            CentreProduct(values, dimension: dimension, metric: metric)
        }
        for block in Workers.ranges(of: queryCount, by: CentreProduct.queryCount) {
            product.setScores(
                of: queries + block.lowerBound * dimension, count: block.count, in: room.product)
            room.product.scores.withUnsafeBufferPointer {
                guard let scores = $0.baseAddress else { return }
                for query in block { body(query, scores + (query - block.lowerBound) * count) }
            }
        }
    }
}

/// A value made once, by whoever needs it first.
private final class Made<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)

    func value(_ make: () -> Value) -> Value {
        made.withLock { made in
            if let made { return made }
            let value = make()
            made = value
            return value
        }
    }
}
