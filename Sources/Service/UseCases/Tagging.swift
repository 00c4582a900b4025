internal import Embedders
internal import Foundation
internal import Ingest

/// Words that a CLIP puts on what frames show.
extension Application {
    /// Nil when no folder holds a vocabulary: then frames get no tags.
    func tagger(by frames: FramesTexts) throws -> LazyTagger? {
        let folder = configuration.promptFolders.first {
            FileManager.default.fileExists(atPath: $0 + "/tags.txt")
        }
        guard let folder else { return nil }
        let vocabulary = try TagVocabulary(folder: folder)
        return LazyTagger(vocabularyFingerprint: vocabulary.fingerprint) {
            try ZeroShotTagger(
                model: frames.model, vocabulary: vocabulary,
                vectors: frames.vectors(of: vocabulary))
        }
    }
}
