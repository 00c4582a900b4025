package import Corpus
internal import Foundation
internal import Synchronization

/// A library that one program uses for itself: opened when it is first needed, its models kept, and
/// opened anew when it has a new commit.
package final class StandaloneLibrary: AgentLibrary {
    private struct Opened {
        var session: SearchSession
        /// What the generation's file held.
        var mark: Data?
    }

    private let application: Application
    private let opened = Mutex<Opened?>(nil)

    package init(application: Application) { self.application = application }

    package func search(
        _ request: SearchRequest, isCancelled: @escaping () -> Bool
    ) throws -> SearchAnswer {
        try withSession { try $0.search(request) }
    }

    package func ask(_ request: AnswerRequest, isCancelled: @escaping () -> Bool) throws
        -> LibraryAnswer
    {
        try withSession {
            try LibraryAsking(library: $0, application: application)
                .answer(request, isCancelled: isCancelled)
        }
    }

    package func timeline(of asset: AssetID) throws -> AssetTimeline {
        try application.timeline(of: asset.description)
    }

    package func list() throws -> LibraryListing { try application.list() }

    /// One at a time: a session belongs to one thread.
    private func withSession<Result: Sendable>(
        _ body: (SearchSession) throws -> Result
    ) throws -> Result {
        try Failure.translating {
            try opened.withLock { opened in
                let mark = FileManager.default.contents(
                    atPath: application.configuration.indexPath + "/generation")
                if opened == nil || opened?.mark != mark {
                    // All models, whatever the first request needs.
                    var request = SearchRequest(query: "")
                    request.weights = application.configuration.weights
                    opened = Opened(
                        session: try SearchSession(application: application, for: request),
                        mark: mark)
                }
                guard let session = opened?.session else {
                    throw Failure(.defect, "The library was not opened.")
                }
                return try body(session)
            }
        }
    }
}
