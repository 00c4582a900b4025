import Checkpoints
import Tensors
import Transformers

/// What follows the encoder on the way from a text to its vector, as `modules.json` of
/// sentence-transformers lists it; without that file, the mean of the tokens' states.
struct SentencePipeline: Sendable {
    /// Of the vectors.
    let dimension: Int
    private let pooling: Pooling
    private let steps: [Step]

    private enum Step: Sendable {
        case dense(DenseLayer)
        case unitLength
    }

    /// - Parameter hiddenSize: of the encoder's states.
    init(_ directory: ModelDirectory, hiddenSize: Int) throws {
        guard let list = try SentenceModules(directory) else {
            let settings = try directory.settings(in: "1_Pooling/config.json")
            pooling = try settings.map { try Pooling($0, width: hiddenSize) } ?? .standard
            steps = []
            dimension = hiddenSize * pooling.modes.count
            return
        }
        var pooling: Pooling?
        var steps: [Step] = []
        var width = hiddenSize
        for (index, module) in list.modules.enumerated() {
            switch (module.type, pooling) {
            case ("Transformer", nil) where index == 0 && module.folder.isEmpty: break
            case ("Pooling", nil) where index == 1:
                let found = try Pooling(
                    directory.part(module.folder).configuration, width: hiddenSize)
                width *= found.modes.count
                pooling = found
            case ("Dense", .some):
                let layer = try DenseLayer(directory.part(module.folder), inputs: width)
                width = layer.outputs
                steps.append(.dense(layer))
            case ("Normalize", .some): steps.append(.unitLength)
            // Of training only.
            case ("Dropout", .some): break
            default:
                throw EmbedderError.unsupportedModule(
                    path: list.path, type: module.type, folder: module.folder)
            }
        }
        guard let pooling else {
            throw EmbedderError.unsupportedModule(path: list.path, type: "no Pooling", folder: "")
        }
        self.pooling = pooling
        self.steps = steps
        dimension = width
    }

    /// Texts × dimension.
    /// - Parameter promptLength: tokens at the beginning of each text that belong to its prompt.
    func vectors(of states: HiddenStates, promptLength: Int) -> Matrix {
        var vectors = pooling.apply(to: states, promptLength: promptLength)
        for step in steps {
            switch step {
            case .dense(let layer): vectors = layer(vectors)
            case .unitLength: Rows.makeUnitLength(&vectors)
            }
        }
        return vectors
    }

    /// Whether it matters how long a prompt is.
    var leavesPromptsOut: Bool { !pooling.includesPrompt }
}
