package import Corpus

/// Turns speech into words. The place where better recognisers are put in.
package protocol Transcriber: Sendable {
    /// As notes name it.
    var name: String { get }
    /// What people should know before they trust its words: a sentence for notes; nil for nothing.
    var warning: String? { get }
    /// Whether the words before help it: then spans are heard one after another, and else several
    /// at the same time.
    var readsPrompt: Bool { get }

    /// Called for several segments at the same time, unless it reads prompts.
    /// - Parameter prompt: the last words that were recognised before; empty at the beginning.
    func transcribe(_ segment: SpeechSegment, prompt: String) throws -> Recognition
}

/// What a recogniser makes of one segment.
package struct Recognition: Sendable, Equatable {
    /// In order, times on the asset's own time line; empty when nothing was understood.
    package var words: [RecognizedWord]
    /// ISO 639 code of the words.
    package var language: String?
    /// How well the sound fits what the recogniser knows of sounds: higher is better, on a scale of
    /// its own; nil when it does not say.
    package var fit: Double?

    package init(words: [RecognizedWord], language: String? = nil, fit: Double? = nil) {
        self.words = words
        self.language = language
        self.fit = fit
    }
}

package struct RecognizedWord: Sendable, Equatable {
    /// With its punctuation, where the recogniser knows any.
    package var text: String
    package var span: TimeSpan
    /// How sure the recogniser is, 0…1.
    package var confidence: Double

    package init(text: String, span: TimeSpan, confidence: Double) {
        self.text = text
        self.span = span
        self.confidence = confidence
    }
}
