import CKernels

/// Scores shortlisted rows exactly: by their sketches first, and then those that are not ruled
/// out. Rows of which only the codes are known are scored by what the codes stand for.
final class Refinement {
    private let limit: Int
    private let dimension: Int

    private var positions: [UInt32]
    private var dots: [Int32]
    private let bounds: UnsafeMutablePointer<Float>  // 5 × capacity
    private let lowest: UnsafeMutablePointer<Float>
    private let pending: UnsafeMutablePointer<reel_candidate>
    private let capacity: Int
    private var heap: [reel_candidate]

    init(dimension: Int, limit: Int, capacity: Int) {
        self.dimension = dimension
        self.limit = limit
        self.capacity = capacity
        positions = [UInt32](repeating: 0, count: capacity)
        dots = [Int32](repeating: 0, count: capacity)
        bounds = .allocate(capacity: 5 * capacity)
        lowest = .allocate(capacity: limit)
        pending = .allocate(capacity: capacity)
        heap = [reel_candidate](repeating: reel_candidate(), count: limit)
    }

    deinit {
        bounds.deallocate()
        lowest.deallocate()
        pending.deallocate()
    }

    /// - Parameter fine: the same query in whole numbers.
    func best(
        of rows: ArraySlice<reel_shortlisted>, in index: IVFPQIndex,
        for query: UnsafePointer<Float>, _ fine: FineQuery
    ) -> [VectorMatch] {
        let metric = index.quantizer.metric
        var possible = reel_possible(
            lowest: lowest, lowestCount: 0, limit: limit, pending: pending, pendingCount: 0)
        var kept = 0
        let queryBounds = reel_query_bounds_make(
            fine.numbers.scale, fine.numbers.norm, fine.numbers.error, dimension, metric.kernel)
        for (number, part) in index.parts.enumerated() {
            let count = setPositions(
                of: rows, from: index.firstRows[number], to: index.firstRows[number + 1])
            guard count > 0 else { continue }
            if let sketch = part.rows?.sketch {
                let rowBounds = reel_row_bounds(
                    multiplier: bounds, offset: bounds + capacity, fixed: bounds + 2 * capacity,
                    perNorm: bounds + 3 * capacity, perError: bounds + 4 * capacity)
                withUnsafePointer(to: fine.numbers) { fine in
                    reel_fine_dot(
                        sketch.codes, positions, count, reel_sketch_width(dimension), fine, &dots)
                }
                reel_row_bounds_set(
                    sketch.sketches, positions, count, dimension, metric.kernel, rowBounds)
                reel_offer_bounds(
                    &possible, dots, rowBounds, count, queryBounds, UInt64(number) << 32,
                    positions, nil, 0)
            } else {
                for row in positions[..<count] {
                    var score = codeScore(Int(row), part.codes, query, index.quantizer)
                    kept = reel_offer_scores(
                        &heap, kept, limit, &score, 1, UInt64(number) << 32 | UInt64(row))
                }
            }
        }
        reel_possible_prune(&possible)
        let survivors = UnsafeBufferPointer(start: pending, count: possible.pendingCount)
        // Those of a part follow one another.
        for part in survivors.chunked(by: { $0.position >> 32 }) {
            guard let first = part.first,
                let segment = index.parts[Int(first.position >> 32)].rows
            else { continue }
            let scorer = RowScorer(segment: segment, metric: metric)
            // Rows lie far apart: all are asked for before the first is needed.
            for candidate in part {
                let bytes = segment.rows(candidate.rowRange)
                reel_fetch_ahead(bytes.baseAddress, bytes.count)
            }
            for candidate in part {
                var score: Float = 0
                scorer.score(
                    rows: candidate.rowRange, queries: query, queryCount: 1, into: &score,
                    stride: 1)
                kept = reel_offer_scores(&heap, kept, limit, &score, 1, candidate.position)
            }
        }
        return heap[..<kept]
            .sorted {
                $0.score != $1.score ? $0.score > $1.score : $0.position < $1.position
            }
            .map {
                VectorMatch(
                    segment: Int($0.position >> 32), row: Int($0.position & 0xffff_ffff),
                    score: $0.score)
            }
    }

    /// Of the rows of one part: their positions there, into `positions`.
    private func setPositions(
        of rows: ArraySlice<reel_shortlisted>, from first: Int, to end: Int
    ) -> Int {
        var count = 0
        for row in rows where Int(row.row) >= first && Int(row.row) < end {
            positions[count] = row.row - UInt32(first)
            count += 1
        }
        return count
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
    /// Itself among the rows of its part.
    fileprivate var rowRange: Range<Int> {
        let row = Int(position & 0xffff_ffff)
        return row..<row + 1
    }
}

extension UnsafeBufferPointer {
    /// Runs of neighbours that share a key.
    fileprivate func chunked<Key: Equatable>(by key: (Element) -> Key) -> [Self] {
        var chunks: [Self] = []
        var start = 0
        for end in 0..<count where end + 1 == count || key(self[end + 1]) != key(self[end]) {
            chunks.append(Self(rebasing: self[start...end]))
            start = end + 1
        }
        return chunks
    }
}
