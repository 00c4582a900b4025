internal import LegalCases
internal import Synchronization

/// The library of cases as a server holds it: the index of texts, the vectors and the classifier are
/// read once and shared by all threads that answer requests.
///
/// Who asks looks whether the library has changed, which is one small query, and reads it again if
/// so; the others wait for that, since all of them need it.
package final class LiveCases: Sendable {
    private let application: Application
    private let models = Mutex<CaseModels?>(nil)

    package init(application: Application) { self.application = application }

    /// The library as it is now, for one thread.
    /// - Throws: a failure of cause `noInput` when there is none.
    package func session() throws -> CaseSession {
        try Failure.translating {
            let library = try CaseLibrary(root: application.configuration.casesPath)
            let stamp = try library.stamp()
            let current = try models.withLock { models in
                if let known = models, known.stamp == stamp { return known }
                // The old one's memory goes before the new one's comes.
                models = nil
                let read = try CaseModels(of: library, encoder: application.installedFactEncoder)
                models = read
                return read
            }
            return CaseSession(application, library, current)
        }
    }

    /// What the library holds; nothing where there is none.
    package func library() throws -> CaseLibraryDocument {
        try Failure.translating {
            do {
                return try CaseLibraryDocument(
                    CaseLibrary(root: application.configuration.casesPath))
            } catch LegalCaseError.noLibrary {
                return CaseLibraryDocument(cases: 0, charges: [], hasClassifier: false)
            }
        }
    }
}
