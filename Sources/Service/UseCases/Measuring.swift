package import Corpus
internal import Foundation
internal import Storage

/// Which models stand behind the channels; nil where a channel cannot run.
package struct ModelsInUse: Sendable, Equatable {
    package var frames: String?
    package var meaning: String?
    package var rerank: String?
}

/// What a library holds, for a page that opens with it.
package struct LibraryOverview: Sendable {
    /// 0 when there is no library yet.
    package var generation: Int64
    package var counts: LibraryCounts
    package var models: ModelsInUse
    /// Whether hits come with a confidence.
    package var isCalibrated: Bool
}

/// What a library holds and what it takes, in all detail.
package struct LibraryMeasurement: Sendable {
    package var path: String
    package var overview: LibraryOverview
    package var files: FileCounts
    package var passagesBySource: [PassageSource: Int]
    package var spaces: [SpaceStatistics]
    package var sizes: StoreSizes
    /// What opening the library and counting took.
    package var milliseconds: Double
}

extension Application {
    package func measure() throws -> LibraryMeasurement {
        try Failure.translating {
            let start = ContinuousClock.now
            let library = try LibraryReader(root: configuration.indexPath)
            let overview = try overview(of: library)
            let milliseconds = start.duration(to: .now) / .milliseconds(1)
            return LibraryMeasurement(
                path: configuration.indexPath, overview: overview,
                files: try library.fileCounts(),
                passagesBySource: try library.passagesBySource(),
                spaces: try library.spaceStatistics(), sizes: library.storeSizes(),
                milliseconds: milliseconds)
        }
    }

    func overview(of library: LibraryReader) throws -> LibraryOverview {
        LibraryOverview(
            generation: library.generation, counts: try library.counts(),
            models: try modelsInUse(library.spaces()),
            isCalibrated: try library.calibration() != nil)
    }

    /// A library's vectors need the model that made them; the others only have to be there.
    func modelsInUse(_ spaces: [VectorSpace]) throws -> ModelsInUse {
        func name(_ role: ModelRole) throws -> String? {
            let installed = try modelPath(modelName(role)).map(Self.label)
            guard !spaces.isEmpty else { return installed }
            return installed == nil ? nil : spaces.first { $0.name == role.space }?.model
        }
        return ModelsInUse(
            frames: try name(.frames), meaning: try name(.meaning),
            rerank: configuration.rerankModel.isEmpty
                ? nil : try rerankerPath(configuration.rerankModel).map(Self.label))
    }
}
