/// Says in words what a video shows: the seam for models that look at pictures.
///
/// Called by readers' threads, several at a time, and may take long.
package protocol Describer: Sendable {
    /// Tells one describer from another: a library described by another is described again.
    var name: String { get }

    /// - Parameter isCancelled: asked often; when it says yes, the call ends with
    ///   `CancellationError`.
    /// - Returns: nil when there is nothing to say.
    func description(
        of frames: [DescribedFrame], isCancelled: () -> Bool
    ) throws -> String?
}

/// A frame as a describer sees it.
package struct DescribedFrame: Sendable, Equatable {
    package var timeSeconds: Double
    /// JPEG, at most 360 × 420 pixels.
    package var picture: [UInt8]

    package init(timeSeconds: Double, picture: [UInt8]) {
        self.timeSeconds = timeSeconds
        self.picture = picture
    }
}

extension DescribedFrame {
    /// Frames at most: what models can look at together.
    private static let most = 24

    /// The key frames' small pictures, one a second at most and evenly thinned to what a model can
    /// look at together.
    static func chosen(
        times: [Double], pictures: [[UInt8]]
    ) -> [DescribedFrame] {
        var apart: [DescribedFrame] = []
        for (time, picture) in zip(times, pictures) {
            if let last = apart.last, time - last.timeSeconds < 1 { continue }
            apart.append(DescribedFrame(timeSeconds: time, picture: picture))
        }
        guard apart.count > most else { return apart }
        return (0..<most).map { apart[$0 * (apart.count - 1) / (most - 1)] }
    }
}
