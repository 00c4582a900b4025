import Tensors
import Testing

@Suite("Products agree with the definition")
struct MatrixProductTests {
    private func naive(_ left: Matrix, _ right: Matrix) -> Matrix {
        Matrix(
            rows: left.rows, columns: right.rows,
            elements: (0..<left.rows).flatMap { row in
                (0..<right.rows).map { column in
                    Float(
                        zip(left[row], right[column]).reduce(0.0) {
                            $0 + Double($1.0) * Double($1.1)
                        })
                }
            })
    }

    /// Rows on both sides of the limit between our kernel and OpenBLAS.
    @Test(
        "a linear layer, with and without bias, alone and added",
        arguments: [1, 7, 24, 25, 60], [(1, 1), (9, 5), (300, 64)])
    func linear(rows: Int, shape: (outputs: Int, inputs: Int)) {
        var numbers = Numbers(seed: UInt64(rows * 1000 + shape.outputs))
        let input = Matrix(
            rows: rows, columns: shape.inputs, elements: numbers.floats(rows * shape.inputs))
        let plain = Matrix(
            rows: shape.outputs, columns: shape.inputs,
            elements: numbers.floats(shape.outputs * shape.inputs))
        let bias = numbers.floats(shape.outputs)
        let before = numbers.floats(rows * shape.outputs)
        let product = naive(input, plain).elements
        for usesBias in [false, true] {
            let shifted = product.enumerated().map {
                $1 + (usesBias ? bias[$0 % shape.outputs] : 0)
            }
            let vector = usesBias ? WeightVector(bias) : nil
            var output = Matrix(rows: rows, columns: shape.outputs, elements: before)
            MatrixProduct.apply(WeightMatrix(plain), bias: vector, to: input, into: &output)
            #expect(largestDifference(output.elements, shifted) <= 1e-5)

            output = Matrix(rows: rows, columns: shape.outputs, elements: before)
            MatrixProduct.add(WeightMatrix(plain), bias: vector, of: input, to: &output)
            let expected = zip(shifted, before).map { $0 + $1 }
            #expect(largestDifference(output.elements, expected) <= 1e-5)
        }
    }

    @Test("two matrices")
    func matrices() {
        var numbers = Numbers(seed: 5)
        let left = Matrix(rows: 33, columns: 20, elements: numbers.floats(660))
        let right = Matrix(rows: 17, columns: 20, elements: numbers.floats(340))
        let found = MatrixProduct.multiply(left, byTransposed: right)
        #expect(largestDifference(found.elements, naive(left, right).elements) <= 1e-5)
    }

    @Test("blocks inside wider matrices, as attention uses them")
    func blocks() {
        var numbers = Numbers(seed: 6)
        let whole = Matrix(rows: 6, columns: 10, elements: numbers.floats(60))
        let part = Matrix(
            rows: 6, columns: 4, elements: (0..<6).flatMap { whole[$0].dropFirst(3).prefix(4) })
        var scores = Matrix(rows: 6, columns: 6)
        var context = Matrix(rows: 6, columns: 10, repeating: 9)
        whole.withBlock { block in
            let q = MatrixProduct.Block(
                start: block.start + 3, rows: 6, columns: 4, stride: 10)
            scores.withUnsafeMutableElements { scores in
                guard let start = scores.baseAddress else { return }
                MatrixProduct.multiply(q, byTransposed: q, scale: 0.5, into: start, stride: 6)
            }
            scores.withBlock { scores in
                context.withUnsafeMutableElements { context in
                    guard let start = context.baseAddress else { return }
                    MatrixProduct.multiply(scores, by: q, into: start + 3, stride: 10)
                }
            }
        }
        let expectedScores = naive(part, part).elements.map { $0 / 2 }
        #expect(largestDifference(scores.elements, expectedScores) <= 1e-5)
        let transposed = Matrix(
            rows: 4, columns: 6,
            elements: (0..<4).flatMap { column in (0..<6).map { part[$0, column] } })
        let product = naive(scores, transposed)
        for row in 0..<6 {
            #expect(
                largestDifference(
                    Array(context[row].dropFirst(3).prefix(4)), Array(product[row])) <= 1e-5)
            #expect(context[row].prefix(3).allSatisfy { $0 == 9 })
            #expect(context[row].suffix(3).allSatisfy { $0 == 9 })
        }
    }

    // Not `configure`: it may swap the kernels under a product of another test.
    @Test("the chosen kernels have a name")
    func coreName() {
        #expect(!OpenBLAS.coreName.isEmpty && OpenBLAS.coreName != "unknown")
    }
}
