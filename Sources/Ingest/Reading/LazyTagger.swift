package import Embedders
internal import Synchronization

/// Tags, once there is a picture to tag: embedding their vocabulary takes longer than a run that
/// finds nothing new.
package final class LazyTagger: Sendable {
    /// Tells one vocabulary from another.
    package let vocabularyFingerprint: String
    private let make: @Sendable () throws -> ZeroShotTagger
    private let made = Mutex<ZeroShotTagger?>(nil)

    package init(
        vocabularyFingerprint: String, make: @escaping @Sendable () throws -> ZeroShotTagger
    ) {
        self.vocabularyFingerprint = vocabularyFingerprint
        self.make = make
    }

    func tagger() throws -> ZeroShotTagger {
        try made.withLock { made in
            if let made { return made }
            let tagger = try make()
            made = tagger
            return tagger
        }
    }
}
