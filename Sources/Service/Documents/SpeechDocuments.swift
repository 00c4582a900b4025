package import Corpus

/// A line of `reel speech`.
package struct SpeechDocument: Encodable {
    let startSeconds: Double
    let endSeconds: Double

    package init(_ span: TimeSpan) {
        startSeconds = milliseconds(span.startSeconds)
        endSeconds = milliseconds(span.endSeconds)
    }

    enum CodingKeys: String, CodingKey {
        case startSeconds = "start_seconds"
        case endSeconds = "end_seconds"
    }
}

/// A line of `reel speech --probabilities`.
package struct VoiceProbabilityDocument: Encodable {
    let timeSeconds: Double
    let probability: Double

    package init(probability: Float, timeSeconds: Double) {
        self.timeSeconds = milliseconds(timeSeconds)
        self.probability = (Double(probability) * 1e6).rounded() / 1e6
    }

    enum CodingKeys: String, CodingKey {
        case probability
        case timeSeconds = "time_seconds"
    }
}

private func milliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
