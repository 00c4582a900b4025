import Checkpoints
import JSONText
import Tensors
import Transformers

/// How the states of a text's tokens become one vector, as `config.json` of a Pooling module of
/// sentence-transformers says. With several modes their vectors stand side by side.
struct Pooling: Sendable, Equatable {
    /// In the order of their vectors. Raw values as new files write them.
    enum Mode: String, CaseIterable, Sendable {
        case firstToken = "cls"
        case maximum = "max"
        case mean
        /// The sum over the square root of the tokens' number.
        case meanByRoot = "mean_sqrt_len_tokens"
        /// The mean with weights that grow with the place: 1, 2, 3, …
        case weightedMean = "weightedmean"
        case lastToken = "lasttoken"

        /// The flag of older files.
        var flag: String {
            switch self {
            case .firstToken: "pooling_mode_cls_token"
            case .maximum: "pooling_mode_max_tokens"
            case .mean: "pooling_mode_mean_tokens"
            case .meanByRoot: "pooling_mode_mean_sqrt_len_tokens"
            case .weightedMean: "pooling_mode_weightedmean_tokens"
            case .lastToken: "pooling_mode_lasttoken"
            }
        }
    }

    let modes: [Mode]
    /// Whether the tokens of a prompt count.
    let includesPrompt: Bool

    /// What encoders without such files are pooled by.
    static let standard = Pooling(modes: [.mean], includesPrompt: true)

    private init(modes: [Mode], includesPrompt: Bool) {
        self.modes = modes
        self.includesPrompt = includesPrompt
    }

    /// - Parameter width: of the states.
    init(_ settings: ModelConfiguration, width: Int) throws {
        for key in ["word_embedding_dimension", "embedding_dimension"] {
            guard try settings.size(key, default: width) == width else {
                throw settings.wrong(key, expected: "\(width), the width of the encoder's states")
            }
        }
        self.init(
            modes: try Self.modes(settings),
            includesPrompt: try settings.flag("include_prompt", default: true))
    }

    private static func modes(_ settings: ModelConfiguration) throws -> [Mode] {
        guard let value = settings["pooling_mode"] else {
            let flagged = try Mode.allCases.filter { try settings.flag($0.flag, default: false) }
            return flagged.isEmpty ? standard.modes : flagged
        }
        let names = value.string.map { [$0] } ?? value.array?.map { $0.string ?? "" } ?? []
        let modes = names.compactMap(Mode.init(rawValue:))
        guard !modes.isEmpty, modes.count == names.count, modes.count <= Mode.allCases.count else {
            throw settings.wrong(
                "pooling_mode",
                expected: "one or several of "
                    + Mode.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return modes
    }

    /// Texts × (modes × width).
    /// - Parameter promptLength: tokens at the beginning of each text that belong to its prompt.
    func apply(to states: HiddenStates, promptLength: Int) -> Matrix {
        let width = states.matrix.columns
        let skipped = includesPrompt ? 0 : promptLength
        return Matrix(rows: states.sequences.count, columns: modes.count * width) { output in
            for (text, rows) in states.sequences.bounds.enumerated() {
                // Of a text that is all prompt, the last token.
                let start = min(rows.lowerBound + skipped, rows.upperBound - 1)
                for (place, mode) in modes.enumerated() {
                    let first = (text * modes.count + place) * width
                    Self.pool(
                        start..<rows.upperBound, firstWeight: start - rows.lowerBound + 1, mode,
                        states.matrix,
                        into: UnsafeMutableBufferPointer(rebasing: output[first..<first + width]))
                }
            }
        }
    }

    /// - Parameter firstWeight: of the first row in a weighted mean.
    private static func pool(
        _ rows: Range<Int>, firstWeight: Int, _ mode: Mode, _ states: Matrix,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        switch mode {
        case .firstToken: _ = output.update(fromContentsOf: states[rows.lowerBound])
        case .lastToken: _ = output.update(fromContentsOf: states[rows.upperBound - 1])
        case .mean: Rows.mean(of: rows, in: states, into: output)
        case .meanByRoot:
            Rows.mean(of: rows, in: states, into: output)
            let root = Float(rows.count).squareRoot()
            for column in output.indices { output[column] *= root }
        case .weightedMean:
            let weights = (0..<rows.count).map { Float(firstWeight + $0) }
            let sum = weights.reduce(0, +)
            combine(rows, of: states, weights: weights.map { $0 / sum }, into: output)
        case .maximum:
            _ = output.update(fromContentsOf: states[rows.lowerBound])
            states.withUnsafeElements { elements in
                for row in rows.dropFirst() {
                    let start = row * output.count
                    for column in output.indices {
                        output[column] = max(output[column], elements[start + column])
                    }
                }
            }
        }
    }

    private static func combine(
        _ rows: Range<Int>, of states: Matrix, weights: [Float],
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        guard let to = output.baseAddress else { return }
        Matrix(rows: 1, columns: rows.count, elements: weights).withBlock { weights in
            states.withBlock { states in
                MatrixProduct.multiply(
                    weights,
                    by: .init(
                        start: states.start + rows.lowerBound * states.stride, rows: rows.count,
                        columns: states.columns, stride: states.stride),
                    into: to, stride: states.columns)
            }
        }
    }
}
