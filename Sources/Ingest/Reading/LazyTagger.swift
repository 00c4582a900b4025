package import Embedders
internal import Foundation
internal import Synchronization

/// Tags, once there is a picture to tag: embedding their vocabulary takes longer than a run that
/// finds nothing new, and can be done while the first film is still being read.
package final class LazyTagger: Sendable {
    /// Tells one vocabulary from another.
    package let vocabularyFingerprint: String
    private let make: @Sendable () throws -> ZeroShotTagger
    private let made = Mutex<ZeroShotTagger?>(nil)
    private let isBegun = Atomic(false)

    package init(
        vocabularyFingerprint: String, make: @escaping @Sendable () throws -> ZeroShotTagger
    ) {
        self.vocabularyFingerprint = vocabularyFingerprint
        self.make = make
    }

    /// Begins to embed the vocabulary on a thread of its own; what goes wrong is told by `tagger`.
    func prepare() {
        guard !isBegun.exchange(true, ordering: .relaxed) else { return }
        Thread { [self] in _ = try? tagger() }.start()
    }

    /// Returns when what was begun is done, and the vocabulary's model let go.
    func waitUntilPrepared() { _ = try? tagger() }

    func tagger() throws -> ZeroShotTagger {
        try made.withLock { made in
            if let made { return made }
            let tagger = try make()
            made = tagger
            return tagger
        }
    }
}
