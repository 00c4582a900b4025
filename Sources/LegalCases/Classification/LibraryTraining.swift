/// Makes a library's classifier from its cases and keeps it in the library's folder.
package enum LibraryTraining {
    /// - Returns: what the classifier says about itself.
    package static func train(
        _ library: CaseLibrary, options: ClassifierTrainer.Options = .init(),
        progress: @escaping (ClassifierTrainer.Step) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> ClassifierDescription {
        progress(.reading)
        var cases: [(fact: String, charges: [String])] = []
        try library.forEachCase {
            guard !isCancelled() else { throw CancellationError() }
            cases.append(($0.record.fact, $0.record.charges))
        }
        let trainer = try ClassifierTrainer(
            TrainingCases(cases), options, progress: progress, isCancelled: isCancelled)
        let trained = try trainer.train(library: library.identity)
        try trained.write(to: library.paths.classifier)
        return try library.classifier().description
    }
}

extension CaseLibrary {
    /// The classifier that `cases train` made for this library.
    package func classifier() throws -> LinearChargeClassifier {
        try LinearChargeClassifier(path: paths.classifier, library: identity)
    }
}
