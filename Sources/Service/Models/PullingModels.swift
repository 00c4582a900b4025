internal import Foundation
internal import ModelHub

extension Application {
    /// Fetches a model of the hub into Hugging Face's cache: the only thing besides a language model
    /// that is ever asked for over the network, and only when somebody asks.
    package func pull(
        _ name: String, progress: (PullProgress) -> Void, isCancelled: @escaping () -> Bool
    ) throws -> PulledModel {
        try Failure.translating {
            let start = ContinuousClock.now
            let hub = configuration.hub
            let name = try ModelName(name)
            guard !hub.isOffline else { throw ModelHubError.offline(name: name.description) }
            let pull = ModelPull(
                name, from: try hub.server(), into: hub.cache, isCancelled: isCancelled)
            let outcome = try pull.run { step in
                progress(
                    PullProgress(
                        file: step.file, doneBytes: step.doneBytes, totalBytes: step.totalBytes))
            }
            return PulledModel(
                name: name.description, commit: outcome.commit, path: outcome.path,
                files: outcome.files.map(\.path), totalBytes: outcome.totalBytes,
                presentBytes: outcome.presentBytes,
                milliseconds: start.duration(to: .now) / .milliseconds(1))
        }
    }
}
