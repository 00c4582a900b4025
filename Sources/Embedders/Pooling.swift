import Checkpoints
import Tensors
import Transformers

/// How the states of a text's tokens become one vector, as sentence-transformers notes it.
enum Pooling: Sendable, Equatable {
    case meanOfTokens
    case firstToken

    /// From `modules.json` and `1_Pooling/config.json`; without them the mean.
    init(_ directory: ModelDirectory) throws {
        try Self.checkModules(directory)
        let name = "1_Pooling/config.json"
        guard let settings = try directory.settings(in: name) else {
            self = .meanOfTokens
            return
        }
        var modes: [String] = []
        if settings["pooling_mode"] != nil {
            modes = [try settings.string("pooling_mode")]
        } else {
            let known = [
                "cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens",
                "weightedmean_tokens", "lasttoken",
            ]
            for mode in known where try settings.flag("pooling_mode_" + mode, default: false) {
                modes.append(mode)
            }
        }
        switch modes {
        case ["mean_tokens"], ["mean"]: self = .meanOfTokens
        case ["cls_token"], ["cls"]: self = .firstToken
        default:
            throw EmbedderError.unsupportedPooling(
                path: directory.path(of: name), found: modes.joined(separator: " and "))
        }
    }

    /// A further network behind the encoder would be left out silently.
    private static func checkModules(_ directory: ModelDirectory) throws {
        guard directory.fileExists("modules.json") else { return }
        let path = directory.path(of: "modules.json")
        let known = ["Transformer", "Pooling", "Normalize"]
        for type in try SentenceModules(path: path).types {
            let name = type.split(separator: ".").last.map(String.init) ?? type
            guard known.contains(name) else {
                throw EmbedderError.unsupportedPooling(path: path, found: name)
            }
        }
    }

    /// Texts × hidden size.
    func apply(to states: HiddenStates) -> Matrix {
        let width = states.matrix.columns
        return Matrix(rows: states.sequences.count, columns: width) { output in
            for (text, rows) in states.sequences.bounds.enumerated() {
                let place = UnsafeMutableBufferPointer(
                    rebasing: output[text * width..<(text + 1) * width])
                switch self {
                case .meanOfTokens: Rows.mean(of: rows, in: states.matrix, into: place)
                case .firstToken:
                    _ = place.update(fromContentsOf: states.matrix[rows.lowerBound])
                }
            }
        }
    }
}
