package import Checkpoints

/// Tells by a model's folder what kind of reranker it holds, and opens it.
package enum RerankerDirectory {
    /// - Parameter base: opens the model an adapter was trained on, by the name or path that the
    ///   adapter notes.
    package static func open(
        _ path: String, base: (String) throws -> ModelDirectory
    ) throws -> any PassageReranker {
        try LateInteraction(model: try ModelDirectory(path: path))
    }
}
