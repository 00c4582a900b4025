import CKernels

/// The exact score of stored rows: the one definition that every kind of search ends with.
///
/// A row's score is the same, bit for bit, whatever else is searched with it.
struct RowScorer: Sendable {
    let segment: VectorSegment
    let metric: VectorMetric

    /// `scores[query × stride + row]`. Rows of whole numbers are widened a few at a time.
    func score(
        rows range: Range<Int>, queries: UnsafePointer<Float>, queryCount: Int,
        into scores: UnsafeMutablePointer<Float>, stride: Int
    ) {
        withExtendedLifetime(segment) {
            switch (segment.element, metric) {
            case (.int8, _): scoreWidened(range, queries, queryCount, scores, stride)
            case (_, .euclidean): scoreDistances(range, queries, queryCount, scores, stride)
            case (.float32, _), (.float16, _):
                scoreProducts(range, queries, queryCount, scores, stride)
                if metric == .cosine { divide(range, queries, queryCount, scores, stride) }
            }
        }
    }

    private var dimension: Int { segment.dimension }

    private func scoreProducts(
        _ range: Range<Int>, _ queries: UnsafePointer<Float>, _ queryCount: Int,
        _ scores: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        let stored = segment.rows(range).baseAddress
        if segment.element == .float32 {
            reel_dot_f32(
                stored?.assumingMemoryBound(to: Float.self), range.count, dimension, queries,
                queryCount, scores, stride)
        } else {
            reel_dot_f16(
                stored?.assumingMemoryBound(to: UInt16.self), range.count, dimension, queries,
                queryCount, scores, stride)
        }
    }

    private func scoreDistances(
        _ range: Range<Int>, _ queries: UnsafePointer<Float>, _ queryCount: Int,
        _ scores: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        let stored = segment.rows(range).baseAddress
        for query in 0..<queryCount {
            let values = queries + query * dimension
            let output = scores + query * stride
            if segment.element == .float32 {
                reel_squared_distance_f32(
                    stored?.assumingMemoryBound(to: Float.self), range.count, dimension, values,
                    output)
            } else {
                reel_squared_distance_f16(
                    stored?.assumingMemoryBound(to: UInt16.self), range.count, dimension, values,
                    output)
            }
            for row in 0..<range.count { output[row] = -output[row] }
        }
    }

    private func scoreWidened(
        _ range: Range<Int>, _ queries: UnsafePointer<Float>, _ queryCount: Int,
        _ scores: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        let pieceRowCount = max(1, 4096 / dimension)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: pieceRowCount * dimension) { rows in
            guard let start = rows.baseAddress else { return }
            var first = range.lowerBound
            while first < range.upperBound {
                let piece = first..<min(first + pieceRowCount, range.upperBound)
                segment.copy(rows: piece, to: start)
                let output = scores + (first - range.lowerBound)
                if metric == .euclidean {
                    for query in 0..<queryCount {
                        let distances = output + query * stride
                        reel_squared_distance_f32(
                            start, piece.count, dimension, queries + query * dimension, distances)
                        for row in 0..<piece.count { distances[row] = -distances[row] }
                    }
                } else {
                    reel_dot_f32(
                        start, piece.count, dimension, queries, queryCount, output, stride)
                    if metric == .cosine { divide(piece, queries, queryCount, output, stride) }
                }
                first = piece.upperBound
            }
        }
    }

    /// Products become cosines.
    private func divide(
        _ range: Range<Int>, _ queries: UnsafePointer<Float>, _ queryCount: Int,
        _ scores: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { row in
            guard let values = row.baseAddress else { return }
            func length(_ vector: UnsafePointer<Float>) -> Float {
                var square: Float = 0
                reel_dot_f32(vector, 1, dimension, vector, 1, &square, 1)
                return square.squareRoot()
            }
            let queryLengths = (0..<queryCount).map { length(queries + $0 * dimension) }
            for (place, number) in range.enumerated() {
                segment.copy(rows: number..<number + 1, to: values)
                let rowLength = length(values)
                for query in 0..<queryCount {
                    let product = scores[query * stride + place]
                    let lengths = queryLengths[query] * rowLength
                    scores[query * stride + place] = lengths > 0 ? product / lengths : 0
                }
            }
        }
    }
}
