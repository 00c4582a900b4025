import CKernels

/// The weights and bias of a linear layer, laid out once for products at a precision.
package struct LinearWeights: Sendable {
    package let outputs: Int
    package let inputs: Int
    private let form: Form

    private enum Form: Sendable {
        /// Where the file has them.
        case single(WeightMatrix, bias: WeightVector?)
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
        switch precision {
        case .fp32: form = .single(weights, bias: bias)
        case .int16:
            let codes = AlignedMemory<Int16>(count: places * reel_int16_stride(inputs))
            let scales = AlignedMemory<Float>(count: places)
            weights.withUnsafeElements {
                reel_int16_pack(
                    $0.baseAddress, weights.rows, weights.columns, codes.start, scales.start)
            }
            weights.letGo()
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

    /// output = input · weightsᵀ + bias; with `adding` output += the same. Rows stand for tokens.
    /// - Parameter quantized: the input's rows at this precision, where other layers read them too.
    package func apply(
        to input: Matrix, _ quantized: QuantizedRows? = nil, into output: inout Matrix,
        adding: Bool = false
    ) {
        if case .single(let weights, let bias) = form {
            if adding {
                MatrixProduct.add(weights, bias: bias, of: input, to: &output)
            } else {
                MatrixProduct.apply(weights, bias: bias, to: input, into: &output)
            }
            return
        }
        guard let rows = quantized ?? QuantizedRows(input, precision) else { return }
        precondition(rows.columns == inputs, "Each token must fit the layer's inputs.")
        precondition(
            output.rows == rows.rows && output.columns == outputs,
            "The output must be tokens × outputs.")
        let stride = output.columns
        output.withUnsafeMutableElements { output in
            guard let output = output.baseAddress else { return }
            multiply(rows, adding: adding, into: output, stride: stride)
        }
    }

    /// Up to here an input is one query, which has no batch to spread over the workers.
    private static let fewRows = 24

    private func multiply(
        _ rows: QuantizedRows, adding: Bool, into output: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let panels = reel_panel_count(outputs)
        // Unsafe only by type: all workers read, each writes columns of its own, and the memory is
        // held until `split` has waited for them.
        nonisolated(unsafe) let output = output
        Parallelism.split(panels, atLeast: rows.rows > Self.fewRows ? panels : 8) { part in
            let add: Int32 = adding ? 1 : 0
            switch (form, rows.codes) {
            case (
                .int16(let codes, let scales, let bias), .int16(let rowCodes, let rowScales)
            ):
                var weights = reel_int16_weights(
                    codes: codes.start, scales: scales.start, bias: bias.start, outputs: outputs,
                    depth: inputs)
                reel_int16_product(
                    rowCodes.start, rowScales.start, rows.rows, &weights, part.lowerBound,
                    part.count, add, output, stride)
            case (
                .sevenBit(let codes, let scales, let sums, let bias),
                .sevenBit(let rowCodes, let rowScales, let zeros)
            ):
                var weights = reel_int8_weights(
                    codes: codes.start, scales: scales.start, sums: sums.start, bias: bias.start,
                    outputs: outputs, depth: inputs)
                reel_int8_product(
                    rowCodes.start, rowScales.start, zeros.start, rows.rows, &weights,
                    part.lowerBound, part.count, add, output, stride)
            case (
                .eightBit(let codes, let scales, let sums, let bias),
                .eightBit(let rowCodes, let rowScales, let shifts)
            ):
                var weights = reel_eight_bit_weights(
                    codes: codes.start, scales: scales.start, sums: sums.start,
                    bias: bias.start, outputs: outputs, depth: inputs)
                reel_eight_bit_product(
                    rowCodes.start, rowScales.start, shifts.start, rows.rows, &weights,
                    part.lowerBound, part.count, add, output, stride)
            default: preconditionFailure("Input and weights have one precision.")
            }
        }
        // The memory behind the pointers lives as long as these.
        withExtendedLifetime((form, rows)) {}
    }
}
