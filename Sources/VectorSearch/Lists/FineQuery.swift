import CKernels

/// A query in whole numbers (Int8Sketch.h), rounded once for the centres and for the rows.
final class FineQuery {
    private(set) var numbers = reel_fine_query()
    private let dimension: Int

    init(dimension: Int) {
        self.dimension = dimension
        numbers.codes = .allocate(capacity: 4 * reel_sketch_width(dimension))
    }

    deinit { numbers.codes.deallocate() }

    func set(_ query: UnsafePointer<Float>) {
        reel_fine_query_set(&numbers, query, dimension)
    }
}
