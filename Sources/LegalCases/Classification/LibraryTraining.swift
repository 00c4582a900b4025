/// Makes a library's classifier from its cases and keeps it in the library's folder.
package enum LibraryTraining {
    /// - Returns: what the classifier says about itself.
    package static func train(
        _ library: CaseLibrary, options: ClassifierTrainer.Options = .init(),
        progress: @escaping (ClassifierTrainer.Step) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> ClassifierDescription {
        progress(.reading)
        var ids: [Int64] = []
        var cases: [(fact: String, charges: [String])] = []
        try library.forEachCase {
            guard !isCancelled() else { throw CancellationError() }
            ids.append($0.id)
            cases.append(($0.record.fact, $0.record.charges))
        }
        let trainer = try ClassifierTrainer(
            TrainingCases(cases), options, progress: progress, isCancelled: isCancelled)
        let trained = try trainer.train(
            library: library.identity, embeddings: try library.embeddings(of: ids))
        try trained.write(to: library.paths.classifier)
        return try library.classifier().description
    }
}

extension CaseLibrary {
    /// The vectors that `cases import --encoder` made; nil when there are none.
    /// - Parameter ids: of the cases, in the order in which rows are asked for.
    fileprivate func embeddings(of ids: [Int64]) throws -> FactEmbeddings? {
        guard let encoder = try encoder(), let index = try MeaningIndex(paths) else { return nil }
        return FactEmbeddings(encoder: encoder.name, fingerprint: encoder.fingerprint) { cases in
            try index.means(of: cases.map { ids[$0] })
        }
    }

    /// The classifier that `cases train` made for this library.
    package func classifier() throws -> LinearChargeClassifier {
        try LinearChargeClassifier(path: paths.classifier, library: identity)
    }
}
