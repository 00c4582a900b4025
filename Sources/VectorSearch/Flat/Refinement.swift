import CKernels

/// Scores shortlisted rows exactly: by their sketches first, and then those that are not ruled
/// out. Rows of which only the codes are known are scored by what the codes stand for.
final class Refinement {
    private let limit: Int
    private let dimension: Int

    // One allocation each, given back in `deinit`.
    private let positions: UnsafeMutablePointer<UInt32>  // capacity
    private let dots: UnsafeMutablePointer<Int32>  // capacity
    private let bounds: UnsafeMutablePointer<Float>  // 5 × capacity
    private let lowest: UnsafeMutablePointer<Float>  // 2 × limit
    private let pending: UnsafeMutablePointer<reel_candidate>  // capacity
    private let heap: UnsafeMutablePointer<reel_candidate>  // limit
    private let capacity: Int

    /// - Parameter capacity: rows of a shortlist at most.
    init(dimension: Int, limit: Int, capacity: Int) {
        self.dimension = dimension
        self.limit = limit
        self.capacity = capacity
        positions = .allocate(capacity: capacity)
        dots = .allocate(capacity: capacity)
        bounds = .allocate(capacity: 5 * capacity)
        lowest = .allocate(capacity: 2 * limit)
        pending = .allocate(capacity: capacity)
        heap = .allocate(capacity: limit)
    }

    deinit {
        positions.deallocate()
        dots.deallocate()
        bounds.deallocate()
        lowest.deallocate()
        pending.deallocate()
        heap.deallocate()
    }

    /// The best rows of a shortlist, best first.
    /// - Parameters:
    ///   - rows: of the whole index, in any order.
    ///   - fine: the same query in whole numbers.
    func best(
        of rows: UnsafeBufferPointer<UInt32>, in index: IVFPQIndex,
        for query: UnsafePointer<Float>, _ fine: FineQuery
    ) -> [VectorMatch] {
        var possible = reel_possible_make(lowest, limit, pending)
        var kept = 0
        for (number, stored) in index.stored.enumerated() {
            let ofPart = positions(
                of: rows, in: index.firstRows[number]..<index.firstRows[number + 1])
            guard !ofPart.isEmpty else { continue }
            if let sketch = stored?.sketch {
                offer(ofPart, of: sketch, number, fine, to: &possible, index.quantizer.metric)
                continue
            }
            for row in ofPart {
                var score = codeScore(
                    Int(row), index.parts[number].codes, query, index.quantizer)
                kept = reel_offer_scores(
                    heap, kept, limit, &score, 1, UInt64(number) << 32 | UInt64(row))
            }
        }
        reel_possible_prune(&possible)
        let survivors = UnsafeBufferPointer(start: pending, count: possible.pendingCount)
        // All are asked for before the first is needed.
        for candidate in survivors { index.stored[candidate.part]?.fetchAhead(candidate.row) }
        for candidate in survivors {
            var score = exactScore(of: candidate, in: index, for: query)
            kept = reel_offer_scores(heap, kept, limit, &score, 1, candidate.position)
        }
        return sorted(kept)
    }

    /// Of some rows of the whole index those of one part: their positions there.
    private func positions(
        of rows: UnsafeBufferPointer<UInt32>, in part: Range<Int>
    ) -> UnsafeBufferPointer<UInt32> {
        var count = 0
        for row in rows where Int(row) >= part.lowerBound && Int(row) < part.upperBound {
            positions[count] = row - UInt32(part.lowerBound)
            count += 1
        }
        return UnsafeBufferPointer(start: positions, count: count)
    }

    /// Offers rows of a part by their sketches.
    private func offer(
        _ rows: UnsafeBufferPointer<UInt32>, of sketch: VectorSegment.Sketch, _ part: Int,
        _ fine: FineQuery, to possible: inout reel_possible, _ metric: VectorMetric
    ) {
        let rowBounds = reel_row_bounds(
            multiplier: bounds, offset: bounds + capacity, fixed: bounds + 2 * capacity,
            perNorm: bounds + 3 * capacity, perError: bounds + 4 * capacity)
        withUnsafePointer(to: fine.numbers) {
            reel_fine_dot(sketch.codes, rows.baseAddress, rows.count, sketch.width, $0, dots)
        }
        reel_row_bounds_set(
            sketch.sketches, rows.baseAddress, rows.count, dimension, metric.kernel, rowBounds)
        let queryBounds = reel_query_bounds_make(
            fine.numbers.scale, fine.numbers.norm, fine.numbers.error, dimension, metric.kernel)
        reel_offer_bounds(
            &possible, dots, rowBounds, rows.count, queryBounds, UInt64(part) << 32,
            rows.baseAddress, nil, 0)
    }

    private func exactScore(
        of candidate: reel_candidate, in index: IVFPQIndex, for query: UnsafePointer<Float>
    ) -> Float {
        let metric = index.quantizer.metric
        if metric == .innerProduct,
            let score = index.stored[candidate.part]?.product(candidate.row, query)
        {
            return score
        }
        var score: Float = 0
        guard let segment = index.parts[candidate.part].rows else { return score }
        RowScorer(segment: segment, metric: metric).score(
            rows: candidate.row..<candidate.row + 1, queries: query, queryCount: 1, into: &score,
            stride: 1)
        return score
    }

    /// What the heap holds, best first.
    private func sorted(_ count: Int) -> [VectorMatch] {
        var found = UnsafeMutableBufferPointer(start: heap, count: count)
        found.sort { $0.score != $1.score ? $0.score > $1.score : $0.position < $1.position }
        return found.map { VectorMatch(segment: $0.part, row: $0.row, score: $0.score) }
    }

    private func codeScore(
        _ row: Int, _ segment: IVFPQSegment, _ query: UnsafePointer<Float>,
        _ quantizer: IVFQuantizer
    ) -> Float {
        let list = segment.list(of: row)
        var values = [Float](repeating: 0, count: dimension)
        quantizer.parts.decode(segment.codes(of: row..<row + 1, inList: list), to: &values)
        for column in 0..<dimension {
            values[column] += quantizer.centres.values[list * dimension + column]
        }
        var score: Float = 0
        if quantizer.metric == .euclidean {
            reel_squared_distance_f32(values, 1, dimension, query, &score)
            return -score
        }
        reel_dot_f32(values, 1, dimension, query, 1, &score, 1)
        return score
    }
}

extension reel_candidate {
    /// Which segment it is in.
    var part: Int { Int(position >> 32) }
    /// Its row there.
    var row: Int { Int(position & 0xffff_ffff) }
}
