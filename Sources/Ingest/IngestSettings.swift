package import Corpus
internal import MediaDecoding

/// How a run reads files.
package struct IngestSettings: Sendable {
    package var keyFrameMethod = KeyFrameMethod.fast
    /// Files read at the same time, each in a process of its own.
    package var jobs = 1
    /// Cores to use in all.
    package var workers = 1
    /// Reads text that stands in the pictures.
    package var readsScreenText = true
    /// As Tesseract names its data: `eng`, `deu`.
    package var screenTextLanguages = ["eng"]
    package var listening = Listening.whereUnwritten
    /// Asks the describer, where there is one.
    package var describes = true
    /// Of subtitles, best first; empty takes all.
    package var languages: [String] = []
    /// Seconds after which nothing more is begun: first everything is looked at briefly, then
    /// file after file in full.
    package var budgetSeconds: Double?
    /// Tries files again that could not be read last time, although they have not changed.
    package var retriesFailures = false
    /// Reads files again although nothing about them has changed.
    package var readsUnchanged = false

    package init() {}

    /// Where speech is recognised.
    package enum Listening: Sendable {
        case off
        /// Where no subtitles tell what is said.
        case whereUnwritten
        case everywhere
    }

    /// How each decoder looks for key frames.
    var keyFrames: KeyFrameSettings {
        var settings = KeyFrameSettings()
        settings.method = keyFrameMethod
        return settings
    }

    /// Threads that a file's decoder and listener may use.
    /// - Parameter filesLeft: that file and those that are still to be begun.
    func threads(filesLeft: Int) -> Int {
        max(1, workers / max(1, min(jobs, filesLeft)))
    }

    /// A quick look: a few pictures of each film, and the words that cost nothing.
    var brief: IngestSettings {
        var brief = self
        brief.keyFrameMethod = .brief
        brief.readsScreenText = false
        brief.listening = .off
        brief.describes = false
        return brief
    }
}
