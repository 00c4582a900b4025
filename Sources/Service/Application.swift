internal import Checkpoints
internal import Foundation
internal import Storage
internal import Tensors

/// The program's use cases over one configuration: what the command line, and later the server,
/// can ask for. Each lives in a file of its own under UseCases.
package struct Application: Sendable {
    package let configuration: Configuration

    package init(configuration: Configuration) {
        self.configuration = configuration
        // The one place that sets how much of the machine is used.
        InstructionSet.limit(to: configuration.instructions)
        Parallelism.configure(workers: configuration.workers)
        OpenBLAS.configure(threads: 1)
        Allocator.configure(workers: configuration.workers)
    }

    package static let version = "0.1.0"

    // MARK: Models

    /// What a default model is for, and where to get it when it is missing.
    enum ModelRole: CaseIterable {
        case frames, meaning

        var space: VectorSpace.Name {
            switch self {
            case .frames: .frames
            case .meaning: .meaning
            }
        }

        /// What cannot be done without it.
        var loss: String {
            switch self {
            case .frames: "pictures are not searched by what they show"
            case .meaning: "passages are not searched by their meaning"
            }
        }
    }

    func modelName(_ role: ModelRole) -> String {
        switch role {
        case .frames: configuration.framesModel
        case .meaning: configuration.meaningModel
        }
    }

    /// Opens a default model, or returns nil when it is not installed.
    func model(_ role: ModelRole) throws -> ModelDirectory? {
        try modelPath(modelName(role)).map { try ModelDirectory(path: $0) }
    }

    func missingModelNote(_ role: ModelRole) -> String {
        "The model \(modelName(role)) is not installed, so \(role.loss). "
            + Self.fetching(modelName(role))
    }

    /// The space of a model's vectors.
    func space(
        _ role: ModelRole, of model: ModelDirectory, fingerprint: String, dimension: Int
    ) -> VectorSpace {
        VectorSpace(
            name: role.space, model: Self.label(ofModelAt: model.path),
            fingerprint: fingerprint, dimension: dimension)
    }
}
