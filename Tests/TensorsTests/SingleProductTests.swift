import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Products in single precision agree with the definition")
struct SingleProductTests {
    /// Shapes with part of a panel, of a block of the depth, of a tile, of a chunk of rows.
    private static let shapes: [(rows: Int, outputs: Int, inputs: Int)] = [
        (1, 1, 1), (2, 16, 3), (13, 33, 17), (25, 48, 512), (30, 70, 513), (300, 20, 700),
    ]

    @Test("at every level, alone and added", arguments: shapes, levels)
    func levelsAgree(
        shape: (rows: Int, outputs: Int, inputs: Int), level: reel_vector_level
    ) {
        var numbers = Numbers(seed: UInt64(shape.rows * 1000 + shape.outputs))
        let input = numbers.floats(shape.rows * shape.inputs)
        let weights = numbers.floats(shape.outputs * shape.inputs)
        let panels = reel_panel_count(shape.outputs)
        let bias = numbers.floats(panels * reel_panel_width)
        var packed = [Float](repeating: 7, count: panels * reel_panel_width * shape.inputs)
        reel_single_pack(weights, shape.outputs, shape.inputs, &packed)
        let stride = shape.outputs + 3
        let before = numbers.floats(shape.rows * stride)
        packed.withUnsafeBufferPointer { packed in
            bias.withUnsafeBufferPointer { bias in
                var layer = reel_single_weights(
                    panels: packed.baseAddress, bias: bias.baseAddress, outputs: shape.outputs,
                    depth: shape.inputs)
                for adds in [Int32(0), 1] {
                    var found = before
                    var expected = before
                    reel_single_product_at(
                        level, input, shape.rows, &layer, 0, panels, adds, &found, stride)
                    reel_single_product_scalar(
                        input, shape.rows, &layer, 0, panels, adds, &expected, stride)
                    #expect(largestDifference(found, expected) <= 5e-5)
                    // Between the rows nothing is written.
                    for row in 0..<shape.rows {
                        let gap = row * stride + shape.outputs..<(row + 1) * stride
                        #expect(found[gap] == before[gap])
                    }
                }
            }
        }
    }

    /// 24 rows are multiplied where the weights lie, 25 with weights that were laid out.
    @Test("a layer", arguments: [1, 5, 24, 25, 60], [false, true])
    func layer(rows: Int, adding: Bool) {
        var numbers = Numbers(seed: UInt64(rows))
        let input = Matrix(rows: rows, columns: 77, elements: numbers.floats(rows * 77))
        let weights = Matrix(rows: 40, columns: 77, elements: numbers.floats(40 * 77))
        let bias = numbers.floats(40)
        let before = numbers.floats(rows * 40)
        var found = Matrix(rows: rows, columns: 40, elements: before)
        LinearWeights(WeightMatrix(weights), bias: WeightVector(bias), precision: .fp32)
            .apply(to: input, into: &found, adding: adding)
        let product = MatrixProduct.multiply(input, byTransposed: weights).elements
        let expected = product.enumerated().map {
            $1 + bias[$0 % 40] + (adding ? before[$0] : 0)
        }
        #expect(largestDifference(found.elements, expected) <= 1e-5)
    }

    @Test("a row alone is as it is among others", arguments: Precision.allCases)
    func rowsStandAlone(precision: Precision) {
        var numbers = Numbers(seed: 3)
        let input = Matrix(rows: 61, columns: 130, elements: numbers.floats(61 * 130))
        let weights = WeightMatrix(
            Matrix(rows: 50, columns: 130, elements: numbers.floats(50 * 130)))
        let layer = LinearWeights(weights, bias: nil, precision: precision)
        var all = Matrix(rows: 61, columns: 50)
        layer.apply(to: input, into: &all)
        let part = Matrix(
            rows: 30, columns: 130, elements: (7..<37).flatMap { Array(input[$0]) })
        var found = Matrix(rows: 30, columns: 50)
        layer.apply(to: part, into: &found)
        #expect(found.elements == (7..<37).flatMap { Array(all[$0]) })
    }
}
