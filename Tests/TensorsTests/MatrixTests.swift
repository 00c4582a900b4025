import Tensors
import Testing

@Suite("Matrices keep their shape")
struct MatrixTests {
    @Test("rows, elements and stacking")
    func shape() {
        var matrix = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        #expect(Array(matrix[1]) == [4, 5, 6])
        matrix[0, 2] = 9
        #expect(matrix[0, 2] == 9)
        let stacked = Matrix(stacking: [matrix, matrix], columns: 3)
        #expect(stacked.rows == 4 && Array(stacked[3]) == [4, 5, 6])
        #expect(Matrix(stacking: [], columns: 3).rows == 0)
    }

    @Test("weights of their own equal the matrix they were made from")
    func weights() {
        let matrix = Matrix(rows: 2, columns: 2, elements: [1, 2, 3, 4])
        #expect(WeightMatrix(matrix).withUnsafeElements { Array($0) } == matrix.elements)
        #expect(WeightVector([5, 6]).withUnsafeElements { Array($0) } == [5, 6])
    }
}
