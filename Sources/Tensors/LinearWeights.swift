import CKernels

/// The weights and bias of a linear layer, laid out once for products at a precision.
package struct LinearWeights: Sendable {
    package let outputs: Int
    package let inputs: Int
    /// Whether all weights that were laid out anew are finite numbers; true of those that stay as they
    /// are, which nobody has looked at. A layer with one that is not has outputs that are not either.
    package let isFinite: Bool
    private let form: Form

    private enum Form: Sendable {
        case single(SingleWeights)
        case int16(
            codes: AlignedMemory<Int16>, scales: AlignedMemory<Float>, bias: AlignedMemory<Float>)
        case sevenBit(
            codes: AlignedMemory<Int8>, scales: AlignedMemory<Float>, sums: AlignedMemory<Float>,
            bias: AlignedMemory<Float>)
        case eightBit(
            codes: AlignedMemory<Int8>, scales: AlignedMemory<Float>, sums: AlignedMemory<Float>,
            bias: AlignedMemory<Float>)
    }

    /// - Parameter weights: outputs × inputs.
    package init(_ weights: WeightMatrix, bias: WeightVector?, precision: Precision) {
        precondition(bias.map { $0.count == weights.rows } ?? true, "One bias for each output.")
        (outputs, inputs) = (weights.rows, weights.columns)
        let places = reel_panel_count(outputs) * reel_panel_width
        // Whatever lays weights out gives outputs whose weights are not finite a scale that is none.
        func areFinite(_ scales: AlignedMemory<Float>, _ count: Int) -> Bool {
            UnsafeBufferPointer(start: scales.start, count: count).allSatisfy(\.isFinite)
        }
        switch precision {
        case .fp32:
            isFinite = true
            form = .single(SingleWeights(weights, bias: Self.padded(bias, to: places)))
        case .int16:
            let codes = AlignedMemory<Int16>(count: places * reel_int16_stride(inputs))
            let scales = AlignedMemory<Float>(count: places)
            weights.withUnsafeElements {
                reel_int16_pack(
                    $0.baseAddress, weights.rows, weights.columns, codes.start, scales.start)
            }
            weights.letGo()
            isFinite = areFinite(scales, places)
            form = .int16(codes: codes, scales: scales, bias: Self.padded(bias, to: places))
        case .int8 where Precision.hasEightBitProducts:
            let codes = AlignedMemory<Int8>(count: places * reel_eight_bit_stride(inputs))
            let scales = AlignedMemory<Float>(count: places)
            let sums = AlignedMemory<Float>(count: places * reel_eight_bit_groups(inputs))
            weights.withUnsafeElements {
                reel_eight_bit_pack(
                    $0.baseAddress, weights.rows, weights.columns, codes.start, scales.start,
                    sums.start)
            }
            weights.letGo()
            isFinite = areFinite(scales, places)
            form = .eightBit(
                codes: codes, scales: scales, sums: sums, bias: Self.padded(bias, to: places))
        case .int8:
            let codes = AlignedMemory<Int8>(count: places * reel_int8_stride(inputs))
            let scales = AlignedMemory<Float>(count: places * reel_int8_groups(inputs))
            let sums = AlignedMemory<Float>(count: scales.count)
            weights.withUnsafeElements {
                reel_int8_pack(
                    $0.baseAddress, weights.rows, weights.columns, codes.start, scales.start,
                    sums.start)
            }
            weights.letGo()
            isFinite = areFinite(scales, scales.count)
            form = .sevenBit(
                codes: codes, scales: scales, sums: sums, bias: Self.padded(bias, to: places))
        }
    }

    private static func padded(_ bias: WeightVector?, to count: Int) -> AlignedMemory<Float> {
        let memory = AlignedMemory<Float>(count: count)
        memory.start.initialize(repeating: 0, count: count)
        bias?.withUnsafeElements { bias in
            guard let from = bias.baseAddress else { return }
            memory.start.update(from: from, count: bias.count)
        }
        return memory
    }

    package var precision: Precision {
        switch form {
        case .single: .fp32
        case .int16: .int16
        case .sevenBit, .eightBit: .int8
        }
    }

    /// What becomes of a product's numbers.
    package enum Ending: Sendable {
        /// They take the place of what was there.
        case replacing
        /// They are added to what was there: the end of a residual branch.
        case adding
        /// They go through a curve and take the place of what was there.
        case activated(Activation)
    }

    /// output = input · weightsᵀ + bias; with `adding` output += the same. Rows stand for tokens.
    package func apply(to input: Matrix, into output: inout Matrix, adding: Bool = false) {
        precondition(
            output.rows == input.rows && output.columns == outputs,
            "The output must be tokens × outputs.")
        let stride = output.columns
        input.withBlock { input in
            output.withUnsafeMutableElements { output in
                guard let output = output.baseAddress else { return }
                Self.apply(
                    [self], to: LayerInput(input, precision), adding ? .adding : .replacing,
                    into: output, stride: stride)
            }
        }
    }

    /// The same for layers that read the same input: their outputs stand side by side.
    /// - Parameters:
    ///   - output: as many rows as the input has, all the layers' outputs wide.
    ///   - stride: floats from row to row of the output.
    package static func apply(
        _ layers: [LinearWeights], to input: LayerInput, _ ending: Ending,
        into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let rows = input.block.rows
        guard rows > 0 else { return }
        for layer in layers {
            precondition(
                layer.inputs == input.block.columns, "Each token must fit the layer's inputs.")
        }
        let prepared = layers.map { $0.prepared(for: input) }
        let panels = layers.reduce(0) { $0 + reel_panel_count($1.outputs) }
        // Unsafe only by type: all workers read, each writes columns of its own, and the memory is
        // held until `split` has waited for them.
        nonisolated(unsafe) let (input, output) = (input, output)
        Parallelism.split(panels, atLeast: max(2, Self.leastWork / (rows * input.block.columns))) {
            part in
            var (first, column) = (0, 0)
            for (layer, weights) in zip(layers, prepared) {
                let count = reel_panel_count(layer.outputs)
                let own = part.clamped(to: first..<first + count)
                if !own.isEmpty {
                    layer.multiply(
                        weights, own.lowerBound - first..<own.upperBound - first, input, ending,
                        into: output + column, stride: stride)
                }
                first += count
                column += layer.outputs
            }
        }
        // The memory behind the pointers lives as long as these.
        withExtendedLifetime((layers, prepared, input)) {}
    }

    /// Products of panels with rows, so that a piece of work takes a microsecond or two.
    private static let leastWork = 1 << 14

    /// The layer's numbers beside the input's, of one precision.
    ///
    /// `@unchecked Sendable` because it holds pointers: nobody writes what they point at while a
    /// product reads it, and the layer and the input keep it alive.
    private enum Prepared: @unchecked Sendable {
        case single(SingleWeights.LaidOut)
        case int16(reel_int16_weights, QuantizedRows.Int16Codes)
        case sevenBit(reel_int8_weights, QuantizedRows.SevenBitCodes)
        case eightBit(reel_eight_bit_weights, QuantizedRows.EightBitCodes)
    }

    private func prepared(for input: LayerInput) -> Prepared {
        switch (form, input.quantized?.codes) {
        case (.single(let weights), nil):
            return .single(weights.laidOut(forRows: input.block.rows))
        case (.int16(let codes, let scales, let bias), .int16(let rows)):
            return .int16(
                reel_int16_weights(
                    codes: codes.start, scales: scales.start, bias: bias.start, outputs: outputs,
                    depth: inputs), rows)
        case (.sevenBit(let codes, let scales, let sums, let bias), .sevenBit(let rows)):
            return .sevenBit(
                reel_int8_weights(
                    codes: codes.start, scales: scales.start, sums: sums.start, bias: bias.start,
                    outputs: outputs, depth: inputs), rows)
        case (.eightBit(let codes, let scales, let sums, let bias), .eightBit(let rows)):
            return .eightBit(
                reel_eight_bit_weights(
                    codes: codes.start, scales: scales.start, sums: sums.start, bias: bias.start,
                    outputs: outputs, depth: inputs), rows)
        default: preconditionFailure("Input and weights have one precision.")
        }
    }

    /// - Parameter output: of the layer's first output.
    private func multiply(
        _ prepared: Prepared, _ panels: Range<Int>, _ input: LayerInput, _ ending: Ending,
        into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let rows = input.block.rows
        let add: Int32 = if case .adding = ending { 1 } else { 0 }
        let column = panels.lowerBound * reel_panel_width
        let width = min(panels.upperBound * reel_panel_width, outputs) - column
        switch prepared {
        case .single(.rows(let weights, let bias)):
            weights.withBlock { weights in
                reel_few_rows_product(
                    input.block.start, rows, inputs, weights.start + column * inputs, width,
                    bias.start + column, add, output + column, stride)
            }
        case .single(.panels(let memory, let bias)):
            var weights = reel_single_weights(
                panels: memory.start, bias: bias.start, outputs: outputs, depth: inputs)
            reel_single_product(
                input.block.start, rows, &weights, panels.lowerBound, panels.count, add, output,
                stride)
        case .int16(var weights, let codes):
            reel_int16_product(
                codes.codes, codes.scales, rows, &weights, panels.lowerBound, panels.count, add,
                output, stride)
        case .sevenBit(var weights, let codes):
            reel_int8_product(
                codes.codes, codes.scales, codes.zeros, rows, &weights, panels.lowerBound,
                panels.count, add, output, stride)
        case .eightBit(var weights, let codes):
            reel_eight_bit_product(
                codes.codes, codes.scales, codes.shifts, rows, &weights, panels.lowerBound,
                panels.count, add, output, stride)
        }
        guard case .activated(let activation) = ending else { return }
        guard width < stride else { return activation.apply(to: output, count: rows * stride) }
        for row in 0..<rows {
            activation.apply(to: output + row * stride + column, count: width)
        }
    }
}
