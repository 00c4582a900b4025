package import Corpus

/// A library as agents may use it.
package protocol AgentLibrary: Sendable {
    func search(_ request: SearchRequest, isCancelled: @escaping () -> Bool) throws -> SearchAnswer
    func ask(_ request: AnswerRequest, isCancelled: @escaping () -> Bool) throws -> LibraryAnswer
    func timeline(of asset: AssetID) throws -> AssetTimeline
    func list() throws -> LibraryListing
}
