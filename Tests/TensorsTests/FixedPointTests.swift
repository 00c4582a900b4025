import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Products in fixed point stay near those in single precision")
struct FixedPointTests {
    /// Shapes with part of a panel, of a block, of a group, of a pair; rows with part of a tile.
    static let shapes: [(outputs: Int, inputs: Int)] = [
        (1, 1), (16, 8), (17, 33), (40, 130), (33, 513), (64, 1100),
    ]

    private func example(
        rows: Int, _ shape: (outputs: Int, inputs: Int)
    ) -> (input: Matrix, weights: Matrix, bias: [Float], before: [Float]) {
        var numbers = Numbers(seed: UInt64(rows * 1000 + shape.inputs))
        return (
            Matrix(
                rows: rows, columns: shape.inputs, elements: numbers.floats(rows * shape.inputs)),
            Matrix(
                rows: shape.outputs, columns: shape.inputs,
                elements: numbers.floats(shape.outputs * shape.inputs)),
            numbers.floats(shape.outputs), numbers.floats(rows * shape.outputs)
        )
    }

    /// In units of the error that rounding makes: half a step on both sides, over so many terms.
    @Test("a layer, alone and added", arguments: [1, 5, 6, 13, 100], shapes)
    func layer(rows: Int, shape: (outputs: Int, inputs: Int)) {
        let (input, weights, bias, before) = example(rows: rows, shape)
        for (precision, step) in [(Precision.int16, Float(1) / 2047), (.int8, Float(1) / 63)] {
            for adding in [false, true] {
                var exact = Matrix(rows: rows, columns: shape.outputs, elements: before)
                var found = exact
                LinearWeights(WeightMatrix(weights), bias: WeightVector(bias), precision: .fp32)
                    .apply(to: input, into: &exact, adding: adding)
                let packed = LinearWeights(
                    WeightMatrix(weights), bias: WeightVector(bias), precision: precision)
                #expect(packed.precision == precision)
                packed.apply(to: input, into: &found, adding: adding)
                let difference = largestDifference(found.elements, exact.elements)
                #expect(difference <= 3 * step * Float(shape.inputs).squareRoot())
                if shape.inputs > 100 { #expect(difference > 0) }
            }
        }
    }

    @Test("every level of the processor gives the same", arguments: [1, 5, 14, 100], shapes)
    func levelsAgree(rows: Int, shape: (outputs: Int, inputs: Int)) {
        let (input, weights, bias, before) = example(rows: rows, shape)
        let results = levels.map { level in
            [int16(level, input, weights, bias, before), int8(level, input, weights, bias, before)]
        }
        for result in results.dropFirst() {
            for (found, plain) in zip(result, results[0]) {
                #expect(largestDifference(found, plain) <= 1e-5 * Float(shape.inputs))
            }
        }
    }

    /// In 256 and 512 bits where the processor has them; the oracle runs everywhere, beside single
    /// precision.
    @Test("eight bits: every level gives the same", arguments: [1, 5, 6, 14, 100], shapes)
    func byteLevelsAgree(rows: Int, shape: (outputs: Int, inputs: Int)) {
        let (input, weights, bias, before) = example(rows: rows, shape)
        let plain = eightBit(reel_bytes_plain, input, weights, bias, before)
        for level in byteLevels {
            let found = eightBit(level, input, weights, bias, before)
            #expect(largestDifference(found, plain) <= 1e-5 * Float(shape.inputs))
        }
        var exact = Matrix(rows: rows, columns: shape.outputs, elements: before)
        LinearWeights(WeightMatrix(weights), bias: WeightVector(bias), precision: .fp32)
            .apply(to: input, into: &exact, adding: true)
        let difference = largestDifference(plain, exact.elements)
        #expect(difference <= 3 / 127 * Float(shape.inputs).squareRoot())
        if shape.inputs > 100 { #expect(difference > 0) }
    }

    private var byteLevels: [reel_byte_level] {
        switch reel_best_byte_level() {
        case reel_bytes_vnni512:
            reel_has_vnni256() != 0
                ? [reel_bytes_vnni256, reel_bytes_vnni512] : [reel_bytes_vnni512]
        case reel_bytes_vnni256: [reel_bytes_vnni256]
        default: []
        }
    }

    @Test("eight bits: every level codes rows alike", arguments: [1, 7, 128, 300])
    func codesAgree(columns: Int) {
        var numbers = Numbers(seed: UInt64(columns))
        var values = numbers.floats(9 * columns)
        for column in 0..<columns {
            values[column] = abs(values[column])
            values[columns + column] = -abs(values[columns + column])
            values[2 * columns + column] = 0
        }
        values[4 * columns] = .nan
        values[6 * columns - 1] = -.infinity
        values[7 * columns - 1] = .greatestFiniteMagnitude
        values[7 * columns - columns] = -.greatestFiniteMagnitude
        func coded(_ level: reel_vector_level) -> (codes: [UInt8], noted: [UInt32]) {
            let groups = 9 * reel_eight_bit_groups(columns)
            var codes = [UInt8](repeating: 1, count: 9 * reel_eight_bit_stride(columns))
            var scales = [Float](repeating: 0, count: groups)
            var shifts = scales
            reel_eight_bit_rows_at(level, values, 9, columns, &codes, &scales, &shifts)
            return (codes, (scales + shifts).map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern })
        }
        let plain = coded(reel_level_plain)
        #expect(plain.noted.contains(0x7fc0_0000) && plain.noted.contains(0))
        for level in levels.dropFirst() {
            let found = coded(level)
            #expect(found.codes == plain.codes && found.noted == plain.noted)
        }
    }

    @Test("eight bits: a row alone is as it is among others")
    func rowsStandAlone() {
        let (input, weights, bias, _) = example(rows: 20, (outputs: 33, inputs: 300))
        let level = reel_best_byte_level()
        let before = [Float](repeating: 0, count: 20 * 33)
        let all = eightBit(level, input, weights, bias, before)
        for row in [0, 7, 19] {
            let alone = Matrix(rows: 1, columns: 300, elements: Array(input[row]))
            let found = eightBit(level, alone, weights, bias, Array(before.prefix(33)))
            #expect(found == Array(all[row * 33..<(row + 1) * 33]))
        }
    }

    @Test(
        "numbers that are not finite are not lost",
        arguments: [Float.nan, .infinity], [Precision.int16, .int8])
    func notFinite(value: Float, precision: Precision) {
        var (input, weights, _, _) = example(rows: 3, (outputs: 20, inputs: 40))
        let good = LinearWeights(WeightMatrix(weights), bias: nil, precision: precision)
        input[1, 7] = value
        var output = Matrix(rows: 3, columns: 20)
        good.apply(to: input, into: &output)
        #expect(output[0].allSatisfy(\.isFinite) && output[2].allSatisfy(\.isFinite))
        #expect(output[1].allSatisfy { !$0.isFinite })
        weights[4, 3] = value
        input[1, 7] = 0
        LinearWeights(WeightMatrix(weights), bias: nil, precision: precision)
            .apply(to: input, into: &output)
        #expect((0..<3).allSatisfy { !output[$0, 4].isFinite && output[$0, 5].isFinite })
    }

    @Test(
        "zeros and the smallest numbers give no division by zero",
        arguments: [Float(0), Float.leastNonzeroMagnitude])
    func tiny(value: Float) {
        for precision in [Precision.int16, .int8] {
            let matrix = Matrix(rows: 2, columns: 9, repeating: value)
            var output = Matrix(rows: 2, columns: 2, repeating: 5)
            LinearWeights(WeightMatrix(matrix), bias: WeightVector([1, 2]), precision: precision)
                .apply(to: matrix, into: &output)
            #expect(output.elements == [1, 2, 1, 2])
        }
    }

    /// The largest codes everywhere: 512 products of them must fit 32 bits, four of them 16.
    @Test("the largest sums do not overflow")
    func extremes() {
        for inputs in [128, 512, 1024] {
            for (precision, tolerance) in [(Precision.int16, Float(1e-3)), (.int8, 1e-2)] {
                for sign in [Float(1), -1] {
                    let input = Matrix(rows: 7, columns: inputs, repeating: 3)
                    let weights = Matrix(rows: 18, columns: inputs, repeating: sign * 2)
                    var output = Matrix(rows: 7, columns: 18)
                    LinearWeights(WeightMatrix(weights), bias: nil, precision: precision)
                        .apply(to: input, into: &output)
                    let expected = sign * 6 * Float(inputs)
                    #expect(
                        output.elements.allSatisfy {
                            abs($0 / expected - 1) <= tolerance
                        })
                }
            }
        }
    }

    private func int16(
        _ level: reel_vector_level, _ input: Matrix, _ weights: Matrix, _ bias: [Float],
        _ before: [Float]
    ) -> [Float] {
        let packed = Packed(weights, bias)
        var codes = [Int16](
            repeating: 0, count: input.rows * reel_int16_stride(input.columns))
        var scales = [Float](repeating: 0, count: input.rows)
        reel_int16_rows(input.elements, input.rows, input.columns, &codes, &scales)
        reel_int16_pack(
            weights.elements, weights.rows, weights.columns, packed.words, packed.scales)
        var layer = reel_int16_weights(
            codes: packed.words, scales: packed.scales, bias: packed.bias, outputs: weights.rows,
            depth: weights.columns)
        var output = before
        reel_int16_product_at(
            level, codes, scales, input.rows, &layer, 0, reel_panel_count(weights.rows), 1,
            &output, weights.rows)
        return output
    }

    private func int8(
        _ level: reel_vector_level, _ input: Matrix, _ weights: Matrix, _ bias: [Float],
        _ before: [Float]
    ) -> [Float] {
        let packed = Packed(weights, bias)
        let groups = reel_int8_groups(input.columns)
        var codes = [UInt8](repeating: 0, count: input.rows * reel_int8_stride(input.columns))
        var scales = [Float](repeating: 0, count: input.rows * groups)
        var zeros = scales
        reel_int8_rows(input.elements, input.rows, input.columns, &codes, &scales, &zeros)
        reel_int8_pack(
            weights.elements, weights.rows, weights.columns, packed.bytes, packed.scales,
            packed.sums)
        var layer = reel_int8_weights(
            codes: packed.bytes, scales: packed.scales, sums: packed.sums, bias: packed.bias,
            outputs: weights.rows, depth: weights.columns)
        var output = before
        reel_int8_product_at(
            level, codes, scales, zeros, input.rows, &layer, 0, reel_panel_count(weights.rows), 1,
            &output, weights.rows)
        return output
    }

    private func eightBit(
        _ level: reel_byte_level, _ input: Matrix, _ weights: Matrix, _ bias: [Float],
        _ before: [Float]
    ) -> [Float] {
        let packed = Packed(weights, bias)
        var codes = [UInt8](
            repeating: 0, count: input.rows * reel_eight_bit_stride(input.columns))
        var scales = [Float](
            repeating: 0, count: input.rows * reel_eight_bit_groups(input.columns))
        var shifts = scales
        reel_eight_bit_rows(input.elements, input.rows, input.columns, &codes, &scales, &shifts)
        reel_eight_bit_pack(
            weights.elements, weights.rows, weights.columns, packed.bytes, packed.scales,
            packed.sums)
        var layer = reel_eight_bit_weights(
            codes: packed.bytes, scales: packed.scales, sums: packed.sums,
            bias: packed.bias, outputs: weights.rows, depth: weights.columns)
        var output = before
        reel_eight_bit_product_at(
            level, codes, scales, shifts, input.rows, &layer, 0, reel_panel_count(weights.rows),
            1, &output, weights.rows)
        return output
    }

    /// Room for packed weights, aligned as the kernels want it.
    private final class Packed {
        let words: UnsafeMutablePointer<Int16>
        let bytes: UnsafeMutablePointer<Int8>
        let scales: UnsafeMutablePointer<Float>
        let sums: UnsafeMutablePointer<Float>
        let bias: UnsafeMutablePointer<Float>
        private var blocks: [UnsafeMutableRawPointer] = []

        init(_ weights: Matrix, _ values: [Float]) {
            let places = reel_panel_count(weights.rows) * reel_panel_width
            let depth = weights.columns + 8
            var blocks: [UnsafeMutableRawPointer] = []
            func room<Number>(_ type: Number.Type, _ count: Int) -> UnsafeMutablePointer<Number> {
                let block = UnsafeMutableRawPointer.allocate(
                    byteCount: count * MemoryLayout<Number>.stride, alignment: 64)
                blocks.append(block)
                return block.bindMemory(to: type, capacity: count)
            }
            words = room(Int16.self, places * depth)
            bytes = room(Int8.self, places * depth)
            scales = room(Float.self, places * depth)
            sums = room(Float.self, places * depth)
            bias = room(Float.self, places)
            bias.initialize(repeating: 0, count: places)
            for (place, value) in values.enumerated() { bias[place] = value }
            self.blocks = blocks
        }

        deinit { for block in blocks { block.deallocate() } }
    }
}
