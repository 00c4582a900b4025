internal import CKernels

/// Facts to learn from: a row of terms and values each, eight bytes a number.
struct SparseRows: Sendable {
    /// Terms there are.
    let width: Int
    private var starts: [UInt64] = [0]
    private var terms: [UInt32] = []
    private var values: [Float] = []
    /// Of each row, the sum of its squared values, and 1 for the constant.
    private var squares: [Float] = []

    init(width: Int) { self.width = width }

    var count: Int { squares.count }

    mutating func append(_ vectors: [FactVector]) {
        for vector in vectors {
            terms += vector.numbers
            values += vector.values
            starts.append(UInt64(terms.count))
            squares.append(vector.values.reduce(1) { $0 + $1 * $1 })
        }
    }

    /// The rows as the kernels read them, while `body` runs.
    func withKernelRows<Result>(
        _ body: (UnsafePointer<reel_sparse_rows>) throws -> Result
    ) rethrows -> Result {
        try starts.withUnsafeBufferPointer { starts in
            try terms.withUnsafeBufferPointer { terms in
                try values.withUnsafeBufferPointer { values in
                    try squares.withUnsafeBufferPointer { squares in
                        var rows = reel_sparse_rows(
                            starts: starts.baseAddress, terms: terms.baseAddress,
                            values: values.baseAddress, squares: squares.baseAddress,
                            width: width)
                        return try body(&rows)
                    }
                }
            }
        }
    }
}
