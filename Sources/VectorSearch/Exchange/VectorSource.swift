import CKernels

/// Rows that can be read in any order, as often as needed: a file, a segment, an array.
package protocol VectorSource: Sendable {
    /// Rows.
    var count: Int { get }
    /// Elements per row.
    var dimension: Int { get }
    /// What errors call it.
    var name: String { get }
    /// Rows as 32-bit numbers, row-major.
    func copy(rows range: Range<Int>, to values: UnsafeMutablePointer<Float>)
}

extension VectorSegment: VectorSource {
    package var name: String { path }
}

/// Rows in memory.
package struct VectorArray: VectorSource {
    package let name = "memory"
    package let dimension: Int
    package let count: Int
    let values: [Float]  // count × dimension

    package init(values: [Float], dimension: Int) {
        precondition(dimension > 0 && values.count % dimension == 0, "Rows are whole.")
        self.values = values
        self.dimension = dimension
        count = values.count / dimension
    }

    package func copy(rows range: Range<Int>, to output: UnsafeMutablePointer<Float>) {
        values.withUnsafeBufferPointer {
            guard let start = $0.baseAddress else { return }
            output.update(
                from: start + range.lowerBound * dimension, count: range.count * dimension)
        }
    }
}

/// Rows of another source, of unit length: inner products with them are cosines. Rows of zero
/// length stay so.
package struct UnitVectors: VectorSource {
    let base: any VectorSource

    package init(_ base: any VectorSource) { self.base = base }

    package var name: String { base.name }
    package var count: Int { base.count }
    package var dimension: Int { base.dimension }

    package func copy(rows range: Range<Int>, to values: UnsafeMutablePointer<Float>) {
        base.copy(rows: range, to: values)
        var lengths = [Float](repeating: 0, count: range.count)
        reel_unit_length(values, range.count, dimension, &lengths)
    }
}

extension VectorSource {
    /// Single rows, in the order asked for.
    func rows(_ numbers: [Int]) -> [Float] {
        [Float](unsafeUninitializedCapacity: numbers.count * dimension) { values, filled in
            if let start = values.baseAddress {
                for (place, row) in numbers.enumerated() {
                    copy(rows: row..<row + 1, to: start + place * dimension)
                }
            }
            filled = numbers.count * dimension
        }
    }

    /// Refuses numbers that are not finite, before any work is done.
    func requireFinite(workers: Int) throws {
        let step = max(1, (1 << 18) / dimension)
        let bad = Workers(count: workers).map((count + step - 1) / step) { block -> Int? in
            let range = block * step..<min((block + 1) * step, count)
            return withUnsafeTemporaryAllocation(
                of: Float.self, capacity: range.count * dimension
            ) { values in
                guard let start = values.baseAddress else { return nil }
                copy(rows: range, to: start)
                let found = reel_first_beyond(start, range.count * dimension, .infinity)
                return found < range.count * dimension
                    ? range.lowerBound * dimension + found : nil
            }
        }
        if let place = bad.compactMap({ $0 }).first {
            throw VectorSearchError.valueNotFinite(
                path: name, row: place / dimension, column: place % dimension)
        }
    }
}
