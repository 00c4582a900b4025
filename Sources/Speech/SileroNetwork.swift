import CKernels
import Checkpoints
import Tensors

/// Silero VAD's network for 16 kHz (versions 5 and 6; github.com/snakers4/silero-vad, MIT): a
/// learned spectrum, four convolutions over its time, and a recurrent cell that remembers the sound
/// so far.
///
/// All but the recurrent cell is the same for every window, so many windows go through each layer
/// as one matrix product. The products read overlapping windows where the samples lie: a stride of
/// one window from row to row makes the usual copy into columns unnecessary.
package struct SileroNetwork: Sendable {
    /// Samples before each window that the network sees again.
    static let context = 64
    static let width = Int(REEL_LSTM_WIDTH)

    private static let filterLength = 256
    private static let hop = 128
    private static let bins = 129
    /// Spectra a window: three of its samples, and one that ends in their mirror image.
    private static let frames = 4

    private let spectrum: WeightMatrix  // 2 · 129 × 256: real parts, then imaginary parts
    private let convolution1: Convolution  // 129 → 128 channels, 4 frames
    private let convolution2: Convolution  // 128 → 64, every other frame: 2
    private let convolution3: Convolution  // 64 → 64, every other frame: 1
    private let convolution4: Convolution  // 64 → 128; of one frame, only the middle tap matters
    private let inputGates: WeightMatrix  // 512 × 128: input, forget, candidate, output
    private let gateBias: WeightVector  // 512
    private let stateGates: WeightMatrix  // 128 × 512, transposed
    private let output: WeightVector  // 128
    private let outputBias: Float

    /// A convolution with three taps; weights are channels out × (3 · channels in), tap by tap.
    private struct Convolution: Sendable {
        var weights: WeightMatrix
        var bias: WeightVector
    }

    /// - Parameter path: a safetensors file, or by its name an ONNX file of the 16 kHz network. Those
    ///   of one release need not hold the same weights: of 6.2.3 they do not.
    package init(path: String) throws {
        let source = try Self.numbers(path: path)
        func numbers(_ name: String, _ shape: [Int]) throws -> WeightStorage {
            let (storage, found) = try source(name)
            guard found == shape else {
                throw CheckpointError.wrongShape(
                    name: name, path: path, expected: shape, found: found)
            }
            return storage
        }
        func vector(_ name: String, _ count: Int) throws -> WeightVector {
            WeightVector(storage: try numbers(name, [count]))
        }
        func convolution(_ name: String, from inputs: Int, to outputs: Int) throws -> Convolution {
            let taps = 3
            let weights = try numbers(name + ".weight", [outputs, inputs, taps])
            // From channel by channel to tap by tap: then neighbouring frames are one row.
            let rows = WeightMatrix(rows: outputs, columns: taps * inputs, storage: weights)
            let reordered = rows.withUnsafeElements { source in
                Matrix(rows: outputs, columns: taps * inputs) { target in
                    for output in 0..<outputs {
                        for input in 0..<inputs {
                            for tap in 0..<taps {
                                target[(output * taps + tap) * inputs + input] =
                                    source[(output * inputs + input) * taps + tap]
                            }
                        }
                    }
                }
            }
            return Convolution(
                weights: WeightMatrix(reordered), bias: try vector(name + ".bias", outputs))
        }
        spectrum = WeightMatrix(
            rows: 2 * Self.bins, columns: Self.filterLength,
            storage: try numbers("stft_conv.weight", [2 * Self.bins, 1, Self.filterLength]))
        convolution1 = try convolution("conv1", from: Self.bins, to: 128)
        convolution2 = try convolution("conv2", from: 128, to: 64)
        convolution3 = try convolution("conv3", from: 64, to: 64)
        convolution4 = try convolution("conv4", from: 64, to: Self.width)
        let gates = 4 * Self.width
        inputGates = WeightMatrix(
            rows: gates, columns: Self.width,
            storage: try numbers("lstm_cell.weight_ih", [gates, Self.width]))
        let stateRows = WeightMatrix(
            rows: gates, columns: Self.width,
            storage: try numbers("lstm_cell.weight_hh", [gates, Self.width]))
        stateGates = WeightMatrix(
            stateRows.withUnsafeElements { source in
                Matrix(rows: Self.width, columns: gates) { target in
                    for gate in 0..<gates {
                        for value in 0..<Self.width {
                            target[value * gates + gate] = source[gate * Self.width + value]
                        }
                    }
                }
            })
        let inputBias = try vector("lstm_cell.bias_ih", gates)
        let stateBias = try vector("lstm_cell.bias_hh", gates)
        gateBias = inputBias.withUnsafeElements { input in
            stateBias.withUnsafeElements { state in
                WeightVector(zip(input, state).map { $0 + $1 })
            }
        }
        output = WeightVector(storage: try numbers("final_conv.weight", [1, Self.width, 1]))
        outputBias = try vector("final_conv.bias", 1).withUnsafeElements { $0[0] }
    }

    /// Finds tensors of a file by their names in the safetensors file.
    private static func numbers(
        path: String
    ) throws -> (_ name: String) throws -> (WeightStorage, shape: [Int]) {
        guard path.hasSuffix(".onnx") else {
            let file = try SafetensorsFile(path: path)
            return { name in (try file.floats(name), file.tensors[name]?.shape ?? []) }
        }
        let file = try ONNXWeights(path: path)
        return { name in
            guard let tensor = file.tensors[nameInONNX(name)] else {
                throw CheckpointError.missingTensor(name: nameInONNX(name), path: path)
            }
            let elements = tensor.elements
            let storage = WeightStorage(count: elements.count) { memory in
                _ = memory.initialize(from: elements)
            }
            return (storage, tensor.shape)
        }
    }

    private static func nameInONNX(_ name: String) -> String {
        let layers = [
            "stft_conv.weight": "stft.forward_basis_buffer", "conv1": "encoder.0.reparam_conv",
            "conv2": "encoder.1.reparam_conv", "conv3": "encoder.2.reparam_conv",
            "conv4": "encoder.3.reparam_conv", "lstm_cell": "decoder.rnn",
            "final_conv": "decoder.decoder.2",
        ]
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let whole = layers[name] ?? parts.first.flatMap { layers[$0] }.map { $0 + "." + parts[1] }
        return "model." + (whole ?? name)
    }

    /// What the recurrent cell remembers from one window to the next.
    struct State: Sendable {
        fileprivate var hidden = [Float](repeating: 0, count: SileroNetwork.width)
        fileprivate var cell = [Float](repeating: 0, count: SileroNetwork.width)
    }

    /// - Parameter samples: 64 of context, then 512 for each window.
    /// - Returns: a probability, 0…1, for each window.
    func probabilities(_ samples: UnsafeBufferPointer<Float>, state: inout State) -> [Float] {
        let windows = (samples.count - Self.context) / VoiceWindow.length
        guard windows > 0, let start = samples.baseAddress else { return [] }
        let magnitudes = magnitudes(start, windows)
        // Each window's frames lie side by side: 4 × 129, then 4 × 128, 2 × 64, 1 × 64, 1 × 128.
        let first = apply(
            convolution1, to: magnitudes, channels: Self.bins, taps: [1..<3, 0..<3, 0..<3, 0..<2],
            from: [0, 0, 1, 2])
        let second = apply(
            convolution2, to: first, channels: 128, taps: [1..<3, 0..<3], from: [0, 1])
        let third = apply(convolution3, to: second, channels: 64, taps: [1..<3], from: [0])
        let fourth = apply(convolution4, to: third, channels: 64, taps: [1..<2], from: [0])
        var gates = Matrix.room(rows: windows, columns: 4 * Self.width)
        MatrixProduct.apply(inputGates, bias: gateBias, to: fourth, into: &gates)
        return recur(&gates, state: &state)
    }

    /// Magnitudes of the spectra, windows × (4 · 129). The fourth spectrum of a window needs 64
    /// samples after it: they are its own last ones in reverse, without the very last.
    private func magnitudes(_ start: UnsafePointer<Float>, _ windows: Int) -> Matrix {
        let mirrored = Matrix(rows: windows, columns: Self.filterLength) { target in
            let (known, length) = (Self.filterLength - 64, VoiceWindow.length + Self.context)
            for window in 0..<windows {
                let samples = start + window * VoiceWindow.length
                guard let row = target.baseAddress.map({ $0 + window * Self.filterLength }) else {
                    return
                }
                row.update(from: samples + length - known, count: known)
                for index in 0..<64 { row[known + index] = samples[length - 2 - index] }
            }
        }
        let columns = Self.frames * Self.bins
        var spectra = Matrix.room(rows: windows, columns: 2 * Self.bins)
        return Matrix(rows: windows, columns: columns) { target in
            guard let target = target.baseAddress else { return }
            for frame in 0..<Self.frames {
                let isLast = frame == Self.frames - 1
                spectrum.withBlock { weights in
                    mirrored.withBlock { mirrored in
                        let block =
                            isLast
                            ? mirrored
                            : MatrixProduct.Block(
                                start: start + frame * Self.hop, rows: windows,
                                columns: Self.filterLength, stride: VoiceWindow.length)
                        spectra.withUnsafeMutableElements { spectra in
                            guard let spectra = spectra.baseAddress else { return }
                            MatrixProduct.multiply(
                                block, byTransposed: weights, into: spectra,
                                stride: 2 * Self.bins)
                            reel_magnitudes(
                                spectra, windows, Self.bins, target + frame * Self.bins, columns)
                        }
                    }
                }
            }
        }
    }

    /// A convolution over the few frames of each window, with its bias, and nothing below zero.
    /// - Parameters:
    ///   - input: windows × (frames · channels).
    ///   - taps: for each frame of the output, the taps that do not fall on padding.
    ///   - from: the frame of the input that the first of those taps sees.
    /// - Returns: windows × (frames of the output · channels out).
    private func apply(
        _ convolution: Convolution, to input: Matrix, channels: Int, taps: [Range<Int>],
        from frames: [Int]
    ) -> Matrix {
        let outputs = convolution.weights.rows
        let columns = taps.count * outputs
        var output = Matrix.room(rows: input.rows, columns: columns)
        input.withBlock { input in
            convolution.weights.withBlock { weights in
                output.withUnsafeMutableElements { output in
                    guard let output = output.baseAddress else { return }
                    for (place, taps) in taps.enumerated() {
                        MatrixProduct.multiply(
                            .init(
                                start: input.start + frames[place] * channels, rows: input.rows,
                                columns: taps.count * channels, stride: input.stride),
                            byTransposed: .init(
                                start: weights.start + taps.lowerBound * channels,
                                rows: outputs, columns: taps.count * channels,
                                stride: weights.stride),
                            into: output + place * outputs, stride: columns)
                    }
                }
            }
        }
        // Frames of a window stand side by side and share the bias: rows of one frame each.
        convolution.bias.withUnsafeElements { bias in
            output.withUnsafeMutableElements { elements in
                reel_add_bias_rectify(
                    elements.baseAddress, bias.baseAddress, elements.count / outputs, outputs)
            }
        }
        return output
    }

    private func recur(_ gates: inout Matrix, state: inout State) -> [Float] {
        let windows = gates.rows
        let states = Matrix(rows: windows, columns: Self.width) { states in
            stateGates.withUnsafeElements { weights in
                gates.withUnsafeMutableElements { gates in
                    reel_lstm(
                        gates.baseAddress, windows, weights.baseAddress, &state.hidden,
                        &state.cell, states.baseAddress)
                }
            }
        }
        return [Float](unsafeUninitializedCapacity: windows) { probabilities, count in
            states.withUnsafeElements { states in
                output.withUnsafeElements { weights in
                    reel_rectified_logistic(
                        states.baseAddress, windows, Self.width, weights.baseAddress, outputBias,
                        probabilities.baseAddress)
                }
            }
            count = windows
        }
    }
}
