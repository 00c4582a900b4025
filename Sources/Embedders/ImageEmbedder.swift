package import Checkpoints
package import Corpus
package import Tensors
import Transformers

/// Pictures to points in the space that a model of images and texts (CLIP, SigLIP) shares between
/// the two.
package struct ImageEmbedder: Sendable {
    /// `model_type` in `config.json`, all that are read.
    package static var modelTypes: [String] { ImageTextModel.imageModelTypes }

    package let dimension: Int
    /// Tells whether a library was made with this model.
    package let modelFingerprint: String
    private let preprocessor: ImagePreprocessor
    private let model: any ImageTower
    private let path: String

    /// Enough for good products, few enough for the caches and for spreading over workers.
    private static let batchSize = 8

    /// - Parameter precision: of the network's products; the fingerprint does not depend on it.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        model = try ImageTextModel.imageTower(directory, precision: precision)
        preprocessor = try ImagePreprocessor(directory, imageSize: model.imageSize)
        dimension = model.dimension
        modelFingerprint = try directory.fingerprint()
        path = directory.path
    }

    /// Pictures × dimension, rows of unit length.
    package func embed(_ pictures: [Picture]) throws -> Matrix {
        try embed(count: pictures.count) { pictures[$0] }
    }

    /// The same for pictures that are read when it is their turn: each worker holds one of them at
    /// a time.
    /// - Parameter picture: by its place; several are asked for at the same time.
    package func embed(
        count: Int, _ picture: @Sendable (Int) throws -> Picture
    ) throws -> Matrix {
        let share = (count + Parallelism.workers - 1) / Parallelism.workers
        let batch = max(1, min(Self.batchSize, share))
        let starts = Array(stride(from: 0, to: count, by: batch))
        let parts = try Parallelism.map(starts.count) { index in
            let places = starts[index]..<min(starts[index] + batch, count)
            let pixels = try places.map { preprocessor.process([try picture($0)]) }
            return try model.encode(
                Matrix(stacking: pixels, columns: preprocessor.valuesOfPicture))
        }
        return try Matrix(stacking: parts, columns: dimension).ofUnitLength(from: path)
    }
}

extension Matrix {
    /// Rows brought to length 1. Rows that cannot be (zero, infinite, not a number) mean a damaged
    /// model and must not reach an index.
    func ofUnitLength(from model: String) throws(EmbedderError) -> Matrix {
        var matrix = self
        for (row, length) in Rows.makeUnitLength(&matrix).enumerated()
        where !length.isFinite || length == 0 {
            throw .notANumber(from: model, item: row)
        }
        return matrix
    }
}
