/// A rectangle of single-precision numbers, row after row: what goes into and comes out of models.
package struct Matrix: Sendable, Equatable {
    package let rows: Int
    package let columns: Int
    /// rows × columns, row-major.
    package private(set) var elements: [Float]

    package init(rows: Int, columns: Int, elements: [Float]) {
        precondition(rows >= 0 && columns >= 0, "A matrix has no negative side.")
        precondition(elements.count == rows * columns, "Elements must fill the matrix exactly.")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    package init(rows: Int, columns: Int, repeating value: Float = 0) {
        self.init(
            rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
    }

    /// Made in place: `fill` must write every element.
    package init(
        rows: Int, columns: Int,
        filledBy fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows {
        let count = rows * columns
        let elements = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
        self.init(rows: rows, columns: columns, elements: elements)
    }

    /// Room for a result that is about to be written whole; holds anything until then.
    package static func room(rows: Int, columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, filledBy: { _ in })
    }

    /// Rows of equal length, stacked.
    package init(stacking matrices: [Matrix], columns: Int) {
        var elements: [Float] = []
        elements.reserveCapacity(matrices.reduce(0) { $0 + $1.elements.count })
        for matrix in matrices {
            precondition(matrix.columns == columns, "Stacked matrices are equally wide.")
            elements.append(contentsOf: matrix.elements)
        }
        self.init(
            rows: matrices.reduce(0) { $0 + $1.rows }, columns: columns, elements: elements)
    }

    /// One row, without a copy.
    package subscript(row: Int) -> ArraySlice<Float> {
        precondition(row >= 0 && row < rows, "No such row.")
        return elements[row * columns..<(row + 1) * columns]
    }

    package subscript(row: Int, column: Int) -> Float {
        get { elements[offset(row, column)] }
        set { elements[offset(row, column)] = newValue }
    }

    private func offset(_ row: Int, _ column: Int) -> Int {
        precondition(row >= 0 && row < rows && column >= 0 && column < columns, "Out of bounds.")
        return row * columns + column
    }

    package func withUnsafeElements<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try elements.withUnsafeBufferPointer(body)
    }

    package mutating func withUnsafeMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try elements.withUnsafeMutableBufferPointer { try body($0) }
    }
}
