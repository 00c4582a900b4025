internal import Corpus
internal import Synchronization

/// Which file of a run reads a content that several of them share.
final class ClaimedContents: Sendable {
    private let claims = Mutex<Set<AssetID>>([])

    /// - Returns: false when another file of the run has it already.
    func claim(_ asset: AssetID) -> Bool {
        claims.withLock { $0.insert(asset).inserted }
    }
}
