import Corpus
import Foundation
import Synchronization

/// American English by CMU's PocketSphinx: the last resort, poor but at hand.
///
/// Each thread borrows a decoder of its own (about 90 MB and a third of a second to make); a
/// decoder keeps nothing from one segment to the next, so a segment's words do not depend on what
/// was heard before it, or on which decoder hears it.
package final class PocketSphinxTranscriber: Transcriber {
    package let name = "PocketSphinx"
    package let warning: String? =
        "The words are machine-made by PocketSphinx and of low quality: expect a third of them to "
        + "be wrong, and more in noise."
    package let readsPrompt = false

    private let files: Files
    private let idle: Mutex<[PocketSphinxDecoder]>

    /// The files of a model: `en-us/mdef` and its companions, `en-us.lm.bin`, `cmudict-en-us.dict`.
    struct Files: Sendable {
        var acoustics: String
        var language: String
        var dictionary: String
        var folder: String
    }

    /// Makes the first decoder, so that a broken model is known at once.
    package init(folder: String) throws {
        files = Files(
            acoustics: folder + "/en-us", language: folder + "/en-us.lm.bin",
            dictionary: folder + "/cmudict-en-us.dict", folder: folder)
        idle = Mutex([try PocketSphinxDecoder(files)])
    }

    /// Whether a folder holds the model.
    package static func hasModel(in folder: String) -> Bool {
        ["/en-us/mdef", "/en-us.lm.bin", "/cmudict-en-us.dict"].allSatisfy {
            FileManager.default.fileExists(atPath: folder + $0)
        }
    }

    package func transcribe(_ segment: SpeechSegment, prompt: String) throws -> Recognition {
        let decoder = try idle.withLock { $0.popLast() } ?? PocketSphinxDecoder(files)
        let recognition = try decoder.recognize(segment)
        idle.withLock { $0.append(decoder) }
        return recognition
    }
}
