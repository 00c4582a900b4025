package import Corpus

/// A stretch of speech with its sound.
package struct SpeechSegment: Sendable {
    package var span: TimeSpan
    /// One channel, 16 000 samples a second, −1…1; the span's own, padding included.
    package var samples: [Float]

    package init(span: TimeSpan, samples: [Float]) {
        self.span = span
        self.samples = samples
    }
}
