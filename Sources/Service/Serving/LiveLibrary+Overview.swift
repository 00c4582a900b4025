internal import Corpus
internal import Storage

extension LiveLibrary {
    /// Of a library that is not there yet, nothing.
    package func overview() throws -> LibraryOverview {
        try Failure.translating {
            do {
                return try readingLatest(application.overview(of:))
            } catch StorageError.noLibrary {
                return LibraryOverview(
                    generation: 0, counts: LibraryCounts(), models: try application.modelsInUse([]),
                    isCalibrated: false)
            }
        }
    }
}
