package import Checkpoints
internal import Synchronization
package import Tensors
import Transformers

/// An image embedder that is opened when there is a picture: laying out a network takes longer than
/// a run that finds nothing new, and can be done while the first film is still being read.
package final class LazyImageEmbedder: Sendable {
    package let dimension: Int
    /// As the embedder's.
    package let modelFingerprint: String
    private let model: ModelDirectory
    private let precision: Precision
    private let opened = Mutex<ImageEmbedder?>(nil)

    /// Reads the model's settings, not its weights.
    package init(model directory: ModelDirectory, precision: Precision = .fp32) throws {
        model = directory
        self.precision = precision
        dimension = try ImageTextModel.imageDimension(directory)
        modelFingerprint = try directory.fingerprint()
    }

    /// Opens it at the first call.
    package func embedder() throws -> ImageEmbedder {
        try opened.withLock { opened in
            if let opened { return opened }
            let embedder = try ImageEmbedder(model: model, precision: precision)
            opened = embedder
            return embedder
        }
    }
}
