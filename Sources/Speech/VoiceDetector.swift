/// Tells how likely each 32 ms of a sound hold speech. Kept for one sound, fed in order.
package protocol VoiceDetector {
    /// - Parameter samples: one channel, 16 000 samples a second, −1…1; any count.
    /// - Returns: one probability, 0…1, for each window that is complete by now and was not told
    ///   before. A detector may hold windows back to work on many at a time.
    mutating func probabilities(appending samples: UnsafeBufferPointer<Float>) -> [Float]

    /// The windows held back and the last one, filled up with silence; then starts anew.
    mutating func finish() -> [Float]
}

/// What every detector agrees on.
package enum VoiceWindow {
    package static let sampleRate = 16_000  // Hz
    /// Samples of a window: 32 ms.
    package static let length = 512
}

/// Which detector listens, loaded once and shared: each sound gets a detector of its own.
package enum VoiceModel: Sendable {
    /// Silero's network.
    case silero(SileroNetwork)
    /// Loudness and shape of the spectrum: what is left without weights.
    case spectralEnergy

    /// As notes name it.
    package var name: String {
        switch self {
        case .silero: "Silero VAD"
        case .spectralEnergy: "a simple detector by spectral energy"
        }
    }

    package func makeDetector() -> any VoiceDetector {
        switch self {
        case .silero(let network): SileroDetector(network: network)
        case .spectralEnergy: SpectralEnergyDetector()
        }
    }
}
