package import Tensors

/// All weights of a model by name, from one file or from several shards.
package struct CheckpointWeights: Sendable {
    /// In the order of their names.
    package let files: [any TensorFile]
    private let fileOfTensor: [String: Int]
    /// In place of the files' tensors, or besides them.
    private var replacements: [String: Replacement] = [:]
    /// Where a missing tensor was looked for, for the error.
    private let source: String

    /// A tensor that was computed, or comes from elsewhere.
    struct Replacement: Sendable {
        var shape: [Int]
        var storage: WeightStorage
    }

    init(files: [any TensorFile], source: String) throws(CheckpointError) {
        var fileOfTensor: [String: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.tensors.keys {
                guard fileOfTensor.updateValue(index, forKey: name) == nil else {
                    throw .repeatedTensor(name: name, path: file.path)
                }
            }
        }
        self.files = files
        self.fileOfTensor = fileOfTensor
        self.source = source
    }

    func replacing(_ tensors: [String: Replacement]) -> CheckpointWeights {
        var weights = self
        weights.replacements.merge(tensors) { _, new in new }
        return weights
    }

    package func contains(_ name: String) -> Bool {
        fileOfTensor[name] != nil || replacements[name] != nil
    }

    package func shape(of name: String) throws(CheckpointError) -> [Int] {
        if let replacement = replacements[name] { return replacement.shape }
        return try tensor(name).tensor.shape
    }

    /// A weight of the shape rows × columns. Trailing sides may be folded into columns, as with a
    /// convolution's outputs × (channels × height × width).
    package func matrix(
        _ name: String, rows: Int, columns: Int, shape: [Int]? = nil
    ) throws(CheckpointError) -> WeightMatrix {
        let storage = try storage(name, shape: shape ?? [rows, columns])
        return WeightMatrix(rows: rows, columns: columns, storage: storage)
    }

    package func vector(_ name: String, count: Int) throws(CheckpointError) -> WeightVector {
        WeightVector(storage: try storage(name, shape: [count]))
    }

    /// The same with every number looked at: vectors are small.
    package func finiteVector(
        _ name: String, count: Int
    ) throws(CheckpointError) -> WeightVector {
        let vector = try vector(name, count: count)
        guard vector.withUnsafeElements({ $0.allSatisfy(\.isFinite) }) else {
            throw notFinite(name)
        }
        return vector
    }

    /// What is wrong with a tensor that holds NaN or infinity.
    package func notFinite(_ name: String) -> CheckpointError {
        let file = fileOfTensor[name].map { files[$0].path }
        return .notFinite(name: name, path: file ?? source)
    }

    /// The first of the prefixes under which the tensor exists: models are saved alone
    /// ("embeddings…") or inside a bigger one ("bert.embeddings…").
    package func prefix(
        among prefixes: [String], for name: String
    ) throws(CheckpointError) -> String {
        for prefix in prefixes where contains(prefix + name) { return prefix }
        throw .missingTensor(name: name, path: source)
    }

    private func storage(_ name: String, shape: [Int]) throws(CheckpointError) -> WeightStorage {
        if let replacement = replacements[name] {
            guard replacement.shape == shape else {
                throw .wrongShape(
                    name: name, path: source, expected: shape, found: replacement.shape)
            }
            return replacement.storage
        }
        let (file, tensor) = try tensor(name)
        guard tensor.shape == shape else {
            throw .wrongShape(name: name, path: file.path, expected: shape, found: tensor.shape)
        }
        return try file.floats(name)
    }

    private func tensor(
        _ name: String
    ) throws(CheckpointError) -> (file: any TensorFile, tensor: StoredTensor) {
        guard let index = fileOfTensor[name], let tensor = files[index].tensors[name] else {
            throw .missingTensor(name: name, path: source)
        }
        return (files[index], tensor)
    }
}
