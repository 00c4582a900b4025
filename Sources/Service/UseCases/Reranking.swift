internal import Checkpoints
internal import Embedders
internal import Foundation

/// A passage with what a reranker makes of it.
package struct RerankedPassage: Sendable, Equatable, Encodable {
    /// Place among the passages given, from 0.
    package var index: Int
    /// As those who published the model state it; larger is better.
    package var score: Float
    package var text: String
}

extension Application {
    /// Opens the model that reads the best hits again, or returns nil when it is not installed.
    func reranker() throws -> (any PassageReranker)? {
        let name = configuration.rerankModel
        guard !name.isEmpty, let path = try rerankerPath(name) else { return nil }
        // An adapter is of no use before its base has been fetched.
        if RerankerDirectory.isAdapter(path),
            try modelPath(baseName(LowRankAdapter(path: path).baseModel)) == nil
        {
            return nil
        }
        return try openReranker(path)
    }

    /// Why results are not read again.
    var missingRerankerNote: String {
        "The model \(configuration.rerankModel) is not installed, so the best hits are not read "
            + "again. "
            + (configuration.rerankModel.contains("/")
                ? Self.fetching(configuration.rerankModel)
                : "Name a cross-encoder, such as cross-encoder/ms-marco-MiniLM-L6-v2, in "
                    + "REEL_RERANK_MODEL or reel.json (rerank_model).")
    }

    /// Passages by how well they answer a query, best first; equal ones in the order given.
    /// - Parameter precision: nil for single precision.
    package func rerank(
        _ passages: [String], query: String, model name: String?,
        precision: PrecisionChoice? = nil
    ) throws -> [RerankedPassage] {
        try Failure.translating {
            let name = name ?? configuration.rerankModel
            guard let path = try rerankerPath(name) else {
                throw try missingModel(
                    name, wanted: "a config.json or an \(LowRankAdapter.configurationFile)")
            }
            let reranker = try openReranker(path, precision: precision ?? .fp32)
            let scores = try reranker.scores(query: query, passages: passages)
            return scores.indices
                .sorted { (scores[$0], $1) > (scores[$1], $0) }
                .map {
                    RerankedPassage(
                        index: $0, score: reranker.published(scores[$0]), text: passages[$0])
                }
        }
    }

    func openReranker(
        _ path: String, precision: PrecisionChoice = .fp32
    ) throws -> any PassageReranker {
        try RerankerDirectory.open(path, precision: precision.resolved) {
            try requireModel(baseName($0))
        }
    }

    /// An adapter notes its base by name, by the hub's owner/name, or by a path of the machine it
    /// was trained on: the last part is what it is called here.
    private func baseName(_ noted: String) throws -> String {
        try modelPath(noted) != nil ? noted : URL(fileURLWithPath: noted).lastPathComponent
    }
}
