/// Vectors that compare with each other: those of one model for one channel.
package struct VectorSpace: Sendable, Equatable {
    package enum Name: String, Sendable, CaseIterable {
        /// One vector a key frame, of CLIP's image tower.
        case frames
        /// One vector a passage, of a text encoder.
        case meaning
    }

    package var name: Name
    /// Folder name of the model, for people.
    package var model: String
    /// Digest of the model's configuration and weights' headers, for comparison.
    package var fingerprint: String
    package var dimension: Int

    package init(name: Name, model: String, fingerprint: String, dimension: Int) {
        self.name = name
        self.model = model
        self.fingerprint = fingerprint
        self.dimension = dimension
    }

    /// Refuses to mix the numbers of two models.
    package func requireSame(as other: VectorSpace) throws {
        guard fingerprint == other.fingerprint, dimension == other.dimension else {
            throw StorageError.modelChanged(
                space: name.rawValue, indexed: "\(model) (\(fingerprint.prefix(8)))",
                now: "\(other.model) (\(other.fingerprint.prefix(8)))")
        }
    }
}
