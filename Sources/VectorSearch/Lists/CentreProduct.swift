import CKernels

/// The centres laid out for products with many queries at once: a batch reads them a few times
/// instead of once a query. Sixteen-bit numbers (Int16Product.h) order the lists as single
/// precision does but for the closest calls.
///
/// `@unchecked Sendable` because it holds pointers: written once, here, and only read afterwards.
final class CentreProduct: @unchecked Sendable {
    private let codes: UnsafeMutableRawPointer
    private let scales: UnsafeMutableRawPointer
    private let bias: UnsafeMutableRawPointer
    private let count: Int
    private let dimension: Int

    /// Queries that are compared at once.
    static let queryCount = 48

    init(_ values: [Float], dimension: Int, metric: VectorMetric) {
        let count = values.count / dimension
        (self.count, self.dimension) = (count, dimension)
        let places = reel_panel_count(count) * reel_panel_width
        func room(_ bytes: Int) -> UnsafeMutableRawPointer {
            .allocate(byteCount: max(bytes, 64), alignment: 64)
        }
        codes = room(places * reel_int16_stride(dimension) * MemoryLayout<Int16>.stride)
        scales = room(places * MemoryLayout<Float>.stride)
        bias = room(places * MemoryLayout<Float>.stride)
        let offsets = bias.bindMemory(to: Float.self, capacity: places)
        offsets.initialize(repeating: 0, count: places)
        var factors = values
        if metric == .euclidean {
            // 2 q·c − |c|², which orders like minus the squared distance.
            values.withUnsafeBufferPointer { values in
                guard let start = values.baseAddress else { return }
                for centre in 0..<count {
                    let from = start + centre * dimension
                    reel_dot_f32(from, 1, dimension, from, 1, offsets + centre, 1)
                    offsets[centre] = -offsets[centre]
                }
            }
            for place in factors.indices { factors[place] *= 2 }
        }
        reel_int16_pack(
            factors, count, dimension, codes.assumingMemoryBound(to: Int16.self),
            scales.assumingMemoryBound(to: Float.self))
    }

    deinit {
        codes.deallocate()
        scales.deallocate()
        bias.deallocate()
    }

    /// Room for the scores of one block of queries; one a thread.
    final class Room {
        fileprivate var codes: [Int16] = []
        fileprivate var scales = [Float](repeating: 0, count: queryCount)
        fileprivate(set) var scores: [Float] = []  // queryCount × centres
    }

    /// Scores of some queries, at most `queryCount`, with all centres: queries × centres, into
    /// `room.scores`.
    func setScores(of queries: UnsafePointer<Float>, count queryCount: Int, in room: Room) {
        precondition(queryCount <= Self.queryCount, "A block has so many queries at most.")
        if room.scores.count < Self.queryCount * count {
            room.scores = [Float](repeating: 0, count: Self.queryCount * count)
            room.codes = [Int16](
                repeating: 0, count: Self.queryCount * reel_int16_stride(dimension))
        }
        reel_int16_rows(queries, queryCount, dimension, &room.codes, &room.scales)
        var centres = reel_int16_weights(
            codes: codes.assumingMemoryBound(to: Int16.self),
            scales: scales.assumingMemoryBound(to: Float.self),
            bias: bias.assumingMemoryBound(to: Float.self), outputs: count, depth: dimension)
        reel_int16_product(
            room.codes, room.scales, queryCount, &centres, 0, reel_panel_count(count), 0,
            &room.scores, count)
    }
}
