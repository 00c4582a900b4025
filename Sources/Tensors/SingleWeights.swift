import CKernels
internal import Synchronization

/// The weights of a linear layer in single precision: where the file has them for the first products
/// of few rows, laid out in panels, once, when a product of many comes or few rows keep coming.
final class SingleWeights: Sendable {
    /// Outputs × inputs.
    private let weights: WeightMatrix
    /// Of whole panels of outputs, zeros where there is none.
    private let bias: AlignedMemory<Float>
    private let state = Mutex(State())

    private struct State {
        var panels: AlignedMemory<Float>?
        /// Without panels.
        var productCount = 0
    }

    init(_ weights: WeightMatrix, bias: AlignedMemory<Float>) {
        self.weights = weights
        self.bias = bias
    }

    /// The weights as a product of so many rows wants them.
    func laidOut(forRows rows: Int) -> LaidOut {
        state.withLock { state in
            if let panels = state.panels { return .panels(panels, bias: bias) }
            if rows <= Self.fewRows, state.productCount < Self.productsBeforePanels {
                state.productCount += 1
                return .rows(weights, bias: bias)
            }
            let panels = packed()
            state.panels = panels
            return .panels(panels, bias: bias)
        }
    }

    /// Up to here the weights' order does not matter, and laying them out would cost a search more
    /// than its query does.
    private static let fewRows = 24
    /// A program that serves gains by panels: they lie in large pages.
    private static let productsBeforePanels = 4

    enum LaidOut: Sendable {
        case rows(WeightMatrix, bias: AlignedMemory<Float>)
        case panels(AlignedMemory<Float>, bias: AlignedMemory<Float>)
    }

    private func packed() -> AlignedMemory<Float> {
        let places = reel_panel_count(weights.rows) * reel_panel_width
        let memory = AlignedMemory<Float>(count: places * weights.columns)
        weights.withUnsafeElements {
            reel_single_pack($0.baseAddress, weights.rows, weights.columns, memory.start)
        }
        weights.letGo()
        return memory
    }
}
