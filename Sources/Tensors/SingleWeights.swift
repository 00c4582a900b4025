import CKernels
internal import Synchronization

/// The weights of a linear layer in single precision: where the file has them for a product of few
/// rows, laid out in panels, once, when a product of many comes.
final class SingleWeights: Sendable {
    /// Outputs × inputs.
    private let weights: WeightMatrix
    /// Of whole panels of outputs, zeros where there is none.
    private let bias: AlignedMemory<Float>
    private let panels = Mutex<AlignedMemory<Float>?>(nil)

    init(_ weights: WeightMatrix, bias: AlignedMemory<Float>) {
        self.weights = weights
        self.bias = bias
    }

    /// The weights as a product of so many rows wants them.
    func laidOut(forRows rows: Int) -> LaidOut {
        rows <= Self.fewRows ? .rows(weights, bias: bias) : .panels(packed(), bias: bias)
    }

    /// Up to here the weights' order does not matter, and laying them out would cost a search more
    /// than its query does.
    private static let fewRows = 24

    enum LaidOut: Sendable {
        case rows(WeightMatrix, bias: AlignedMemory<Float>)
        case panels(AlignedMemory<Float>, bias: AlignedMemory<Float>)
    }

    private func packed() -> AlignedMemory<Float> {
        panels.withLock { panels in
            if let panels { return panels }
            let places = reel_panel_count(weights.rows) * reel_panel_width
            let memory = AlignedMemory<Float>(count: places * weights.columns)
            weights.withUnsafeElements {
                reel_single_pack($0.baseAddress, weights.rows, weights.columns, memory.start)
            }
            weights.letGo()
            panels = memory
            return memory
        }
    }
}
