import CKernels

/// The rows of a segment as the mapping has them, for looking at single ones in no order.
struct StoredRows {
    let element: VectorElement
    let dimension: Int
    let rowByteCount: Int
    /// Null where all there is is the sketch.
    let values: UnsafeRawPointer?
    let sketch: VectorSegment.Sketch?

    /// Asks for the memory of a row that will be scored soon: rows lie far apart.
    func fetchAhead(_ row: Int) {
        if let values {
            reel_fetch_ahead(values + row * rowByteCount, rowByteCount)
        }
    }

    /// The exact product of a row and a query, as `RowScorer` has it; nil for rows of whole numbers.
    func product(_ row: Int, _ query: UnsafePointer<Float>) -> Float? {
        guard let values else { return nil }
        let start = values + row * rowByteCount
        var score: Float = 0
        if element == .float16 {
            reel_dot_f16(
                start.assumingMemoryBound(to: UInt16.self), 1, dimension, query, 1, &score, 1)
        } else {
            reel_dot_f32(
                start.assumingMemoryBound(to: Float.self), 1, dimension, query, 1, &score, 1)
        }
        return score
    }
}
