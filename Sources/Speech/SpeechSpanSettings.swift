/// How probabilities become spans. The defaults are those of Silero's `get_speech_timestamps`.
package struct SpeechSpanSettings: Sendable, Equatable {
    /// Speech begins at this probability, …
    package var threshold: Float = 0.5
    /// … and falls silent below this one: between the two, what was goes on.
    package var silenceThreshold: Float { max(threshold - 0.15, 0.01) }
    /// Shorter spans are dropped.
    package var minimumSpeechSeconds = 0.25
    /// A span ends after this much silence.
    package var minimumSilenceSeconds = 0.1
    /// Added on both sides, as far as the neighbour allows.
    package var paddingSeconds = 0.03
    /// Longer spans are cut, at the longest silence inside where there is one.
    package var maximumSpeechSeconds = Double.infinity

    package init() {}

    /// For recognition: a breath does not cut a sentence, the first sound of a word is not lost,
    /// and no span outgrows what a recogniser likes to hear at once.
    package static let transcription: SpeechSpanSettings = {
        var settings = SpeechSpanSettings()
        settings.minimumSilenceSeconds = 0.5
        settings.paddingSeconds = 0.2
        settings.maximumSpeechSeconds = 20
        return settings
    }()
}
