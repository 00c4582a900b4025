import Tensors

/// Low-rank updates to a model's matrices (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large
/// Language Models") in the layout of PEFT: `adapter_config.json`, `adapter_model.safetensors` or `.bin`.
///
/// An adapted matrix is W + scale · B · A, with A rank × inputs and B outputs × rank; it is computed
/// once, when the model is opened. Modules that were trained whole (`modules_to_save`, a
/// classifier's head as a rule) come along in the same file.
package struct LowRankAdapter: Sendable {
    package let path: String
    /// The model it was trained on: a name, a hub's `owner/name`, or a path.
    package let baseModel: String
    /// Whether PEFT trained it as a classifier of texts ("SEQ_CLS").
    package let isClassifier: Bool
    private let file: any TensorFile
    private let updates: [Update]
    /// Names of tensors trained whole, as the file has them and as the model does.
    private let whole: [(key: String, name: String)]

    package static let configurationFile = "adapter_config.json"
    private static let keyPrefix = "base_model.model."
    private static let firstSuffix = ".lora_A.weight"
    private static let secondSuffix = ".lora_B.weight"

    /// One adapted matrix.
    private struct Update {
        /// `encoder.layer.0.attention.self.query`
        var module: String
        var scale: Float
        var first: WeightMatrix  // rank × inputs
        var second: WeightMatrix  // outputs × rank
    }

    package init(path: String) throws {
        self.path = path
        let settings = try AdapterSettings(path: path + "/" + Self.configurationFile)
        baseModel = settings.baseModel
        isClassifier = settings.isClassifier
        let format =
            WeightsFormat.allCases.first { MappedFile.hasEntry(path + "/" + $0.adapterName) }
            ?? .safetensors
        let file = try format.open(path + "/" + format.adapterName)
        self.file = file
        var updates: [Update] = []
        var whole: [(key: String, name: String)] = []
        for key in file.tensors.keys.sorted() {
            guard key.hasPrefix(Self.keyPrefix) else {
                throw CheckpointError.unknownAdapterTensor(name: key, path: file.path)
            }
            let name = String(key.dropFirst(Self.keyPrefix.count))
            if name.hasSuffix(Self.firstSuffix) {
                let module = String(name.dropLast(Self.firstSuffix.count))
                updates.append(try Self.update(module, in: file, settings))
            } else if name.hasSuffix(Self.secondSuffix) {
                let module = String(key.dropLast(Self.secondSuffix.count))
                guard file.tensors[module + Self.firstSuffix] != nil else {
                    throw CheckpointError.missingTensor(
                        name: module + Self.firstSuffix, path: file.path)
                }
            } else if name.contains("lora_") {
                // Embeddings, magnitudes: arithmetic that is not done here.
                throw CheckpointError.unknownAdapterTensor(name: key, path: file.path)
            } else {
                whole.append((key, name))
            }
        }
        try settings.check(
            adapted: updates.map(\.module), whole: whole.map(\.name), weights: file.path)
        self.updates = updates
        self.whole = whole
    }

    private static func update(
        _ module: String, in file: any TensorFile, _ settings: AdapterSettings
    ) throws -> Update {
        func matrix(_ suffix: String) throws -> WeightMatrix {
            let name = keyPrefix + module + suffix
            guard let shape = file.tensors[name]?.shape else {
                throw CheckpointError.missingTensor(name: name, path: file.path)
            }
            let rankSide = suffix == firstSuffix ? 0 : 1
            guard shape.count == 2, shape[rankSide] == settings.rank else {
                var expected = shape.count == 2 ? shape : [settings.rank, settings.rank]
                expected[rankSide] = settings.rank
                throw CheckpointError.wrongShape(
                    name: name, path: file.path, expected: expected, found: shape)
            }
            return WeightMatrix(rows: shape[0], columns: shape[1], storage: try file.floats(name))
        }
        return Update(
            module: module, scale: settings.scale, first: try matrix(firstSuffix),
            second: try matrix(secondSuffix))
    }

    /// The base model's weights with the updates added and the modules trained whole in place.
    package func merged(into weights: CheckpointWeights) throws -> CheckpointWeights {
        var tensors: [String: CheckpointWeights.Replacement] = [:]
        for update in updates {
            let name = try self.name(of: update.module + ".weight", in: weights)
            let (rows, columns) = (update.second.rows, update.first.columns)
            let base = try weights.matrix(name, rows: rows, columns: columns)
            tensors[name] = .init(
                shape: [rows, columns], storage: Self.sum(base, update))
        }
        for (key, name) in whole {
            let place = (try? self.name(of: name, in: weights)) ?? name
            tensors[place] = .init(
                shape: file.tensors[key]?.shape ?? [], storage: try file.floats(key))
        }
        return weights.replacing(tensors)
    }

    /// A model is saved alone or inside a bigger one, and adapted as either.
    private func name(
        of tensor: String, in weights: CheckpointWeights
    ) throws(CheckpointError) -> String {
        let own = Self.modelPrefixes.first { tensor.hasPrefix($0) } ?? ""
        let inner = String(tensor.dropFirst(own.count))
        for prefix in ["", "0.auto_model."] + Self.modelPrefixes
        where weights.contains(prefix + inner) {
            return prefix + inner
        }
        throw .adapterOfAnotherModel(path: path, module: tensor)
    }

    /// What encoders are called inside a model with a head.
    private static let modelPrefixes = ["bert.", "roberta.", "distilbert.", "mpnet."]

    /// W + scale · B · A.
    private static func sum(_ base: WeightMatrix, _ update: Update) -> WeightStorage {
        WeightStorage(count: base.rows * base.columns) { sum in
            guard let start = sum.baseAddress else { return }
            update.second.withBlock { second in
                update.first.withBlock { first in
                    MatrixProduct.multiply(second, by: first, into: start, stride: base.columns)
                }
            }
            base.withUnsafeElements { base in
                for place in sum.indices { sum[place] = base[place] + update.scale * sum[place] }
            }
        }
    }

    /// SHA-256 (lower-case hexadecimal) of the adapter on a base model of a known fingerprint.
    package func fingerprint(on base: String) throws -> String {
        var hash = FingerprintHash()
        hash.add(name: "base", Array(base.utf8))
        hash.add(
            name: Self.configurationFile,
            try MappedFile(path: path + "/" + Self.configurationFile))
        hash.add(name: String(file.path.dropFirst(path.count + 1)), file.mapping)
        return hash.hexadecimal()
    }
}
