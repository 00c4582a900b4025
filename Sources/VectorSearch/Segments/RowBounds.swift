import CKernels

/// How far off the estimates of a segment's rows can be (ScoreBounds.h): the same for every query, so
/// that it is worked out once.
///
/// Sendable because the numbers are written before anybody else has it, and never again.
final class RowBounds: @unchecked Sendable {
    private let values: UnsafeMutablePointer<Float>  // 5 × count
    private let count: Int

    init(of segment: VectorSegment, _ metric: reel_metric) {
        count = segment.sketch == nil ? 0 : segment.count
        values = .allocate(capacity: 5 * count)
        guard let sketch = segment.sketch else { return }
        withExtendedLifetime(segment) {
            reel_row_bounds_set(
                sketch.sketches, nil, count, segment.dimension, metric, from(0))
        }
    }

    deinit { values.deallocate() }

    /// Those of this row and the ones after it; valid as long as `self`.
    func from(_ row: Int) -> reel_row_bounds {
        let first = values + row
        return reel_row_bounds(
            multiplier: first, offset: first + count, fixed: first + 2 * count,
            perNorm: first + 3 * count, perError: first + 4 * count)
    }
}
