import CKernels
import Foundation
import Tensors

/// Finds speech without weights: sound in the band of voices that stands out from the quietest
/// sound of the last seconds and is not spread evenly over the spectrum, as noise is.
///
/// It takes music, animals and machines with a pitch for speech; it is there so that a missing
/// model costs precision, not the transcript.
struct SpectralEnergyDetector: VoiceDetector {
    /// Frequencies looked at: 187.5…3437.5 Hz, one every 62.5 Hz.
    private static let firstFrequency = 187.5  // Hz
    private static let bins = 53
    private static let step = 62.5  // Hz
    private static let batch = 64

    /// Cosines, then sines, under a Hann window: 2 · 53 × 512.
    private static let waves: WeightMatrix = {
        let length = VoiceWindow.length
        return WeightMatrix(
            Matrix(rows: 2 * bins, columns: length) { target in
                for bin in 0..<bins {
                    let turn =
                        2 * Double.pi * (firstFrequency + step * Double(bin))
                        / Double(VoiceWindow.sampleRate)
                    for index in 0..<length {
                        let place = Double(index) + 0.5
                        let hann = 0.5 - 0.5 * cos(2 * Double.pi * place / Double(length))
                        target[bin * length + index] = Float(hann * cos(turn * place))
                        target[(bins + bin) * length + index] = Float(hann * sin(turn * place))
                    }
                }
            })
    }()

    private var pending: [Float] = []
    /// Loudness that counts as silence, in decibels; nil before the first window.
    private var floor: Double?
    /// The last windows' probabilities before smoothing, newest last.
    private var recent: [Double] = []

    mutating func probabilities(appending samples: UnsafeBufferPointer<Float>) -> [Float] {
        var found: [Float] = []
        var rest = samples[...]
        let full = Self.batch * VoiceWindow.length
        while !rest.isEmpty {
            let part = rest.prefix(full - pending.count)
            pending.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if pending.count == full { found += listen() }
        }
        return found
    }

    mutating func finish() -> [Float] {
        let over = pending.count % VoiceWindow.length
        if over > 0 {
            pending.append(contentsOf: repeatElement(0, count: VoiceWindow.length - over))
        }
        let found = listen()
        self = SpectralEnergyDetector()
        return found
    }

    private mutating func listen() -> [Float] {
        let windows = pending.count / VoiceWindow.length
        guard windows > 0 else { return [] }
        let samples = Matrix(rows: windows, columns: VoiceWindow.length, elements: pending)
        pending.removeAll(keepingCapacity: true)
        var spectra = Matrix.room(rows: windows, columns: 2 * Self.bins)
        MatrixProduct.apply(Self.waves, bias: nil, to: samples, into: &spectra)
        let magnitudes = Matrix(rows: windows, columns: Self.bins) { target in
            spectra.withUnsafeElements {
                reel_magnitudes($0.baseAddress, windows, Self.bins, target.baseAddress, Self.bins)
            }
        }
        return (0..<windows).map { judge(magnitudes[$0]) }
    }

    /// - Parameter magnitudes: of one window's frequencies.
    private mutating func judge(_ magnitudes: ArraySlice<Float>) -> Float {
        var total = 0.0
        var logarithms = 0.0
        for magnitude in magnitudes {
            let power = Double(magnitude) * Double(magnitude) + 1e-9
            total += power
            logarithms += log(power)
        }
        let mean = total / Double(Self.bins)
        let loudness = 10 * log10(mean)
        // 0 for a single tone, about .56 for white noise, 1 for a flat spectrum.
        let flatness = exp(logarithms / Double(Self.bins)) / mean
        // Down at once, up by 3 dB a second: louder surroundings are learnt in a few seconds.
        let before = floor ?? loudness
        let rise = 3 * Double(VoiceWindow.length) / Double(VoiceWindow.sampleRate)
        // Digital silence is no surrounding to stand out from.
        let silence = -45.0
        floor = max(silence, min(before + rise, loudness))
        let standsOut = logistic((loudness - (floor ?? loudness) - 10) / 2)
        let isPitched = logistic((0.3 - flatness) / 0.05)
        recent.append(standsOut * isPitched)
        if recent.count > 5 { recent.removeFirst() }
        // Consonants are flat and stops are quiet; the vowels around them speak for them.
        let strongest = recent.max() ?? 0
        return Float(0.5 * strongest + 0.5 * recent.reduce(0, +) / Double(recent.count))
    }

    private func logistic(_ value: Double) -> Double { 1 / (1 + exp(-value)) }
}
